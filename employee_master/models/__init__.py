"""The employee master of one instance: offices, posts, people, charges, roles."""

from employee_master.models.account import Account, SignedIn
from employee_master.models.change import (
    ChangeEvidence,
    ChangeField,
    ChangeLine,
    ChangeRequest,
    EvidenceKind,
    Objection,
)
from employee_master.models.charge import FULL_KINDS, Charge, ChargeKind, RoleGrant
from employee_master.models.employee import Employee, Gender, LeavingReason, NameWord, PostWord
from employee_master.models.namelist import Finding, ListKind, NameList, NameListRow, Settlement
from employee_master.models.organisation import (
    Area,
    Designation,
    Office,
    OfficeKind,
    Post,
    PostMarking,
    PostSenior,
    Sanction,
    Section,
    SectionKind,
)

__all__ = [
    "FULL_KINDS",
    "Account",
    "Area",
    "ChangeEvidence",
    "ChangeField",
    "ChangeLine",
    "ChangeRequest",
    "Charge",
    "ChargeKind",
    "Designation",
    "Employee",
    "EvidenceKind",
    "Finding",
    "Gender",
    "LeavingReason",
    "ListKind",
    "NameList",
    "NameListRow",
    "NameWord",
    "Objection",
    "Office",
    "OfficeKind",
    "Post",
    "PostMarking",
    "PostSenior",
    "PostWord",
    "RoleGrant",
    "Sanction",
    "Section",
    "SectionKind",
    "Settlement",
    "SignedIn",
]
