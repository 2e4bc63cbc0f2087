"""The roles staff may hold, as data; which scopes a role carries is declared by each service."""

from dataclasses import dataclass

from services.words import msgid


@dataclass(frozen=True, slots=True)
class StaffRole:
    """One role: its name in scopes and tokens, and what people read."""

    name: str
    title: str


ROLES = {
    role.name: role
    for role in (
        StaffRole("operator", msgid("热线话务员")),
        StaffRole("officer", msgid("部门经办人")),
        StaffRole("supervisor", msgid("督办主管")),
        StaffRole("practitioner", msgid("医务人员")),
        StaffRole("biller", msgid("账单单位工作人员")),
        StaffRole("admin", msgid("门户管理员")),
    )
}
