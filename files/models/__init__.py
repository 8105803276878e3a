"""Files with their notes, papers and drafts."""

from files.models.batch import Batch, BatchItem
from files.models.decision import APPROVALS, Decision, DecisionAct
from files.models.draft import Draft, DraftKind, DraftVersion
from files.models.file import File, FileGlance, FileReader, Head
from files.models.note import Note
from files.models.note_signature import NoteAct, NoteSignature
from files.models.paper import Paper, PaperKind
from files.models.practice import Practised
from files.models.signed_act import SignedAct
from files.models.withdrawal import EndKind, Withdrawal
from files.workflow import DecisionState

__all__ = [
    "APPROVALS",
    "Batch",
    "BatchItem",
    "Decision",
    "DecisionAct",
    "DecisionState",
    "Draft",
    "DraftKind",
    "DraftVersion",
    "EndKind",
    "File",
    "FileGlance",
    "FileReader",
    "Head",
    "Note",
    "NoteAct",
    "NoteSignature",
    "Paper",
    "PaperKind",
    "Practised",
    "SignedAct",
    "Withdrawal",
]
