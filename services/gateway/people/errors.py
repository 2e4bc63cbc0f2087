"""The facts that stop people who open an account, recover it, or change how they are reached."""

from services.errors import CitizenError, Invalid
from services.words import msgid


class CodeRefused(CitizenError):
    """The code is wrong, spent, expired, guessed at too often, or was sent for another request."""

    code = "gateway.code_refused"
    status = 401
    title = msgid("验证码不对、用过了，或已过期。请再看一眼短信，或要一个新的")
    keeps_effects = True


class StepExpired(CitizenError):
    """The steps were begun too long ago, or in another browser."""

    code = "gateway.step_expired"
    status = 401
    title = msgid("等得太久，这几步已过期，什么也没有改。请从第一步重新开始")


class SignUpClosed(CitizenError):
    """This city does not open accounts over the web, or cannot reach phones at all."""

    code = "gateway.sign_up_closed"
    status = 403
    title = msgid("这里现在不能自己开户。带上身份证到就近的服务窗口，或打 12345")


class TooYoungToSignUp(Invalid):
    """Children under 14 have no account of their own: a guardian acts for them."""

    code = "gateway.too_young_to_sign_up"
    title = msgid("不满 14 岁由监护人代办。请监护人登录，在“账户”里打开孩子的档案")


class SignUpNotPossible(CitizenError):
    """With these particulars no account can be opened; why is told to the account's owner alone."""

    code = "gateway.sign_up_not_possible"
    status = 409
    title = msgid("用这些资料没有开成。已有账户就直接登录，忘了密码就找回；都不行打 12345")
    keeps_effects = True


class NameWrong(Invalid):
    """No name, or something that no name holds."""

    code = "gateway.name_wrong"
    title = msgid("姓名按身份证上的写，最多 64 个字")


class CurrentPasswordWrong(CitizenError):
    """The present password, asked for once more before something that matters, is wrong."""

    code = "gateway.current_password_wrong"
    status = 401
    title = msgid("现在的密码不对，请再试。忘了就退出登录，用“找回账户”")
    keeps_effects = True


class RecoveryNotReady(CitizenError):
    """There is no recovery whose waiting time is over, or it was stopped, used, or is too old."""

    code = "gateway.recovery_not_ready"
    status = 409
    title = msgid("现在还不能设新密码，或这次找回已经停了。请从“找回账户”重新看")


class CarerServicesMissing(Invalid):
    """An offer names no service."""

    code = "gateway.carer_services_missing"
    title = msgid("至少选一项服务")


class CarerLastDayWrong(Invalid):
    """The last day of an offer is missing, past, today, or more than a year ahead."""

    code = "gateway.carer_last_day_wrong"
    title = msgid("最后一天要在今天以后、一年以内")
