"""Acts on the employee master: one act, one service (style)."""

from employee_master.services.account import (
    INVITE,
    account_found,
    account_open,
    account_signed_in,
    government_address,
    sessions_end,
)
from employee_master.services.charge import charge_end, charge_start
from employee_master.services.founding import BadPlan, organisation_load
from employee_master.services.organisation import post_place
from employee_master.services.role import role_grant, role_revoke, super_admin_found

__all__ = [
    "INVITE",
    "BadPlan",
    "account_found",
    "account_open",
    "account_signed_in",
    "charge_end",
    "charge_start",
    "government_address",
    "organisation_load",
    "post_place",
    "role_grant",
    "role_revoke",
    "sessions_end",
    "super_admin_found",
]
