"""The front door of e-bills."""

from ebills import access, context, demo, home, jobs, models, pages, routes
from ebills.rules.bills import TRANSITIONS
from services.manifest import AuditEvent, AuthorizationDetailType, Desk, DetailField, Job, Manifest, Scope
from services.words import msgid

manifest = Manifest(
    name="ebills",
    slug="ebills",
    title=msgid("水电燃气账单"),
    metadata=models.metadata,
    blueprints=(routes.blueprint, pages.blueprint),
    scopes=(
        Scope(access.READ, msgid("看您的水电燃气账单和户号"), frozenset({"resident"})),
        Scope(access.CLAIM, msgid("替您绑定户号"), frozenset({"resident"})),
        Scope(access.IMPORT, msgid("导入本单位的账单"), frozenset({"biller", "client"})),
    ),
    authorization_details=(
        AuthorizationDetailType(
            name=access.DETAIL_TYPE,
            title=msgid("部分水电燃气账单"),
            actions={"read": access.READ},
            fields=(
                DetailField(name="biller", title=msgid("单位"), pattern=r"[A-Za-z0-9-]{1,32}"),
                DetailField(name="account_number", title=msgid("户号"), pattern=r"[0-9A-Za-z-]{1,32}"),
            ),
        ),
    ),
    audit_events=(
        AuditEvent("ebills.bills.read", msgid("看了账单列表"), frozenset({"fields", "count"})),
        AuditEvent("ebills.bill.read", msgid("看了一张账单"), frozenset({"bill_id", "fields"})),
        AuditEvent("ebills.accounts.read", msgid("看了户号"), frozenset({"fields", "count"})),
        AuditEvent("ebills.account.claimed", msgid("绑定了户号"), frozenset({"account_id", "biller"})),
        AuditEvent("ebills.claim.refused", msgid("绑定户号时没有对上")),
        AuditEvent(
            "ebills.bills.imported", msgid("导入了账单文件"), frozenset({"import_id", "biller", "count"})
        ),
    ),
    jobs=(Job("ebills.announce_bills", jobs.announce_bills),),
    home_cards=home.home_cards,
    home_line=home.home_line,
    desks=(Desk("ebills:import", "/console/bills", msgid("账务")),),
    demo=demo.seed,
    transitions=TRANSITIONS,
    caller_context=context.BillsInContext(),
)
