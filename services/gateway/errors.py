"""The facts that stop sign-in, enrolment, and what people do with their accounts."""

from services.errors import CitizenError, Invalid
from services.web.declare import StepUp
from services.words import msgid


class SignInRefused(CitizenError):
    """Unknown person or wrong password: which of the two is told nowhere."""

    code = "gateway.sign_in_refused"
    status = 401
    title = msgid("号码或密码不对，请再试；忘了密码打 12345，我们帮您重设")
    keeps_effects = True


class SecondFactorRefused(CitizenError):
    """The code is wrong, from another half minute, or spent."""

    code = "gateway.second_factor_refused"
    status = 401
    title = msgid("验证码不对，或已经用过。等下一个出来再输")
    keeps_effects = True


class TooManyAttempts(CitizenError):
    """Too many mistakes lately; nothing is looked at until the wait is over."""

    code = "gateway.too_many_attempts"
    status = 429
    title = msgid("试得太快了，%(seconds)d 秒后再试")
    keeps_effects = True

    def __init__(self, *, seconds: int) -> None:
        super().__init__(retry_after=seconds, seconds=seconds)


class SignInExpired(CitizenError):
    """Between password and code more time passed than we wait."""

    code = "gateway.sign_in_expired"
    status = 401
    title = msgid("等得太久，这次登录已过期。请从密码重新开始")


class PasskeyRefused(CitizenError):
    """The passkey proved nothing: unknown, another account's, altered, replayed or too late. Told apart nowhere."""

    code = "gateway.passkey_refused"
    status = 401
    title = msgid("这把通行密钥没有通过。请再试一次，或用密码登录")
    keeps_effects = True


class PasskeyUnknown(PasskeyRefused):
    """No such passkey here. The answer is the same, but leaves no row: made-up keys must not fill the log."""

    keeps_effects = False


class PasskeyNeedsPassword(CitizenError):
    """The passkey is right, but did not say by whom it was touched, and this account always needs two factors."""

    code = "gateway.passkey_needs_password"
    status = 401
    title = msgid("这把通行密钥没有查验是您本人，这个账户还要密码。请先输密码，再用通行密钥代替验证码")
    keeps_effects = True


class PasskeyNotTaken(CitizenError):
    """What came back from the authenticator is no new passkey for this account."""

    code = "gateway.passkey_not_taken"
    status = 422
    title = msgid("没有加上这把通行密钥。请回到安全页再加一次")
    keeps_effects = True


class PasskeyHeld(CitizenError):
    """This passkey is registered already."""

    code = "gateway.passkey_held"
    status = 409
    title = msgid("这把通行密钥已经登记过，直接用它登录就行")


class TooManyPasskeys(CitizenError):
    """More than anybody needs."""

    code = "gateway.too_many_passkeys"
    status = 409
    title = msgid("最多 20 把通行密钥。先删掉不用的，再加新的")


class LastWayIn(CitizenError):
    """Without it nobody could sign in to this account any more."""

    code = "gateway.last_way_in"
    status = 409
    title = msgid("这是登录这个账户的最后一种办法，不能删。先加一种别的")


class CrossSiteRequest(CitizenError):
    """The browser says that another site sent this."""

    code = "gateway.cross_site_request"
    status = 403
    title = msgid("这个请求不是从我们的页面来的，没有办")


class CodeAlreadySet(CitizenError):
    """The account has an authenticator; it is removed before another is set."""

    code = "gateway.code_already_set"
    status = 409
    title = msgid("验证码已经在用。要换验证器，先停用再重新设置")


class SecretExpired(CitizenError):
    """The page with the authenticator's secret was opened too long ago, or by another account."""

    code = "gateway.secret_expired"
    status = 409
    title = msgid("此页已过期。重新打开设置验证码，再扫一次")


class CodeNotSet(CitizenError):
    """The account has no authenticator, so there is nothing to remove or to print codes for."""

    code = "gateway.code_not_set"
    status = 409
    title = msgid("还没有设置验证码")


class CodeNeeded(CitizenError):
    """A member of staff always signs in with a second factor."""

    code = "gateway.code_needed"
    status = 409
    title = msgid("工作人员登录一定要验证码，不能停用。要换，请找管理员")


class StepUpNeeded(CitizenError):
    """A page that needs to know more surely who is there; `services.app` answers with the way to the step-up page."""

    code = "gateway.step_up_needed"
    status = 401
    title = msgid("这一步要再确认是您本人")

    def __init__(self, step_up: StepUp) -> None:
        super().__init__()
        self.step_up = step_up


class AlreadyEnrolled(CitizenError):
    """Somebody already signs in under this number or name."""

    code = "gateway.already_enrolled"
    status = 409
    title = msgid("这个号码已有账户。直接登录；忘了密码打 12345")


class RelationNotPossible(CitizenError):
    """The rule of this relation does not hold, for example: a guardian acts for children under 14."""

    code = "gateway.relation_not_possible"
    status = 409
    title = msgid("监护人只能替 14 岁以下的孩子办事。请本人登录，或办理代办")


class PasswordTooShort(Invalid):
    """Length is the one rule that helps."""

    code = "gateway.password_too_short"
    title = msgid("密码至少 %(shortest)d 个字符")


class StaffUsernameWrong(Invalid):
    """Not a staff user name."""

    code = "gateway.staff_username_wrong"
    title = msgid("用户名要用小写字母开头，由 2 到 64 个字母、数字、点、横线组成")


class StaffRoleUnknown(Invalid):
    """No such role."""

    code = "gateway.staff_role_unknown"
    title = msgid("没有这个岗位，请从岗位表里选")


class PhoneNumberWrong(Invalid):
    """Not a mobile number of the mainland."""

    code = "gateway.phone_number_wrong"
    title = msgid("手机号要 11 位，以 1 开头")


class EmailWrong(Invalid):
    """Not an e-mail address that mail could be sent to."""

    code = "gateway.email_wrong"
    title = msgid("电子邮箱写成 name@example.com 这样")


class IdNumberLength(Invalid):
    """Not 18 characters."""

    code = "gateway.id_number_length"
    title = msgid("身份证号要 18 位，现在是 %(length)d 位")


class IdNumberCharacters(Invalid):
    """Something else than 17 digits and a digit or X."""

    code = "gateway.id_number_characters"
    title = msgid("身份证号是 17 个数字，末位是数字或 X")


class IdNumberCheck(Invalid):
    """The last character does not belong to the others."""

    code = "gateway.id_number_check"
    title = msgid("身份证号对不上，请逐位核对一遍")


class IdNumberRegion(Invalid):
    """The first digits belong to no issuing place."""

    code = "gateway.id_number_region"
    title = msgid("身份证号开头的地区不对，请逐位核对一遍")


class IdNumberBirthDate(Invalid):
    """The birth date inside does not exist, lies ahead, or is out of reach."""

    code = "gateway.id_number_birth_date"
    title = msgid("身份证号里的出生日期不对，请逐位核对一遍")
