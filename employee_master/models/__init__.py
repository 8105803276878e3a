"""The employee master of one instance: offices, posts, people, charges, roles."""

from employee_master.models.account import Account
from employee_master.models.charge import FULL_KINDS, Charge, ChargeKind, RoleGrant
from employee_master.models.employee import Employee
from employee_master.models.organisation import Designation, Office, Post, PostSenior, Section

__all__ = [
    "FULL_KINDS",
    "Account",
    "Charge",
    "ChargeKind",
    "Designation",
    "Employee",
    "Office",
    "Post",
    "PostSenior",
    "RoleGrant",
    "Section",
]
