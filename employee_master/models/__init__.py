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
from employee_master.models.factor import Factor, RecoveryCode
from employee_master.models.imports import Attention, ImportBatch, ImportDeed, ImportRow, ImportStage, RowOutcome
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
from employee_master.models.proposal import RoleProposal
from employee_master.models.reorganisation import Reorganisation, ReorganisationKind, SectionCode
from employee_master.models.review import AccessReview

__all__ = [
    "FULL_KINDS",
    "AccessReview",
    "Account",
    "Area",
    "Attention",
    "ChangeEvidence",
    "ChangeField",
    "ChangeLine",
    "ChangeRequest",
    "Charge",
    "ChargeKind",
    "Designation",
    "Employee",
    "EvidenceKind",
    "Factor",
    "Finding",
    "Gender",
    "ImportBatch",
    "ImportDeed",
    "ImportRow",
    "ImportStage",
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
    "RecoveryCode",
    "Reorganisation",
    "ReorganisationKind",
    "RoleGrant",
    "RoleProposal",
    "RowOutcome",
    "Sanction",
    "Section",
    "SectionCode",
    "SectionKind",
    "Settlement",
    "SignedIn",
]
