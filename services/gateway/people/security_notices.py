"""What the owner of an account is told when somebody changes how it is entered: on every channel, with a way to act."""

from services.notices.kinds import NoticeKind, declare
from services.words import msgid

PASSKEY_ADDED = NoticeKind(
    name="gateway.passkey_added",
    service="gateway",
    sentence=msgid("您的账户加了一把通行密钥。不是您加的，马上打开这里删掉，再全部退出"),
)
PASSKEY_REMOVED = NoticeKind(
    name="gateway.passkey_removed",
    service="gateway",
    sentence=msgid("您的账户删了一把通行密钥。不是您删的，马上打开这里看看，再打 12345"),
)
PASSKEY_COUNTER = NoticeKind(
    name="gateway.passkey_suspected",
    service="gateway",
    sentence=msgid("您的一把通行密钥可能被复制了，这次没有让它登录。打开这里，删掉它再加新的"),
)
CODE_SET = NoticeKind(
    name="gateway.code_set",
    service="gateway",
    sentence=msgid("您的账户以后登录要验证码了。不是您设的，马上打 12345"),
)
CODE_REMOVED = NoticeKind(
    name="gateway.code_removed",
    service="gateway",
    sentence=msgid("您的账户登录不再要验证码。不是您停的，马上打开这里看看，再打 12345"),
)
RECOVERY_CODES_MADE = NoticeKind(
    name="gateway.recovery_codes_made",
    service="gateway",
    sentence=msgid("您的账户有了一套新的备用码，以前的都作废了。不是您要的，马上打开这里看看"),
)
RECOVERY_CODE_USED = NoticeKind(
    name="gateway.recovery_code_used",
    service="gateway",
    sentence=msgid("有人用一个备用码登录了您的账户。不是您，马上打开这里，再全部退出"),
)
declare(
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    PASSKEY_COUNTER,
    CODE_SET,
    CODE_REMOVED,
    RECOVERY_CODES_MADE,
    RECOVERY_CODE_USED,
)
