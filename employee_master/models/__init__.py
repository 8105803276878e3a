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
from employee_master.models.exemption import Exemption, ExemptionAct, ExemptionSigning
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
from employee_master.models.readiness import (
    Nomination,
    NominationKind,
    ReadinessFigure,
    ReadinessItem,
    ReadinessSnapshot,
    ReadinessStanding,
    ReadinessTick,
)
from employee_master.models.relieving import DeskHandOver, Half, Joining, Relieving, RelievingLine, RelievingReason
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
    "DeskHandOver",
    "Employee",
    "EvidenceKind",
    "Exemption",
    "ExemptionAct",
    "ExemptionSigning",
    "Factor",
    "Finding",
    "Gender",
    "Half",
    "ImportBatch",
    "ImportDeed",
    "ImportRow",
    "ImportStage",
    "Joining",
    "LeavingReason",
    "ListKind",
    "NameList",
    "NameListRow",
    "NameWord",
    "Nomination",
    "NominationKind",
    "Objection",
    "Office",
    "OfficeKind",
    "Post",
    "PostMarking",
    "PostSenior",
    "PostWord",
    "ReadinessFigure",
    "ReadinessItem",
    "ReadinessSnapshot",
    "ReadinessStanding",
    "ReadinessTick",
    "RecoveryCode",
    "Relieving",
    "RelievingLine",
    "RelievingReason",
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
