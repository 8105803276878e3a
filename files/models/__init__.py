"""Files with their notes, papers and drafts."""

from files.models.batch import Batch, BatchItem
from files.models.decision import APPROVALS, Decision, DecisionAct, DecisionState
from files.models.draft import Draft, DraftKind, DraftVersion
from files.models.file import File, FileGlance, FileReader, Head
from files.models.note import Note
from files.models.paper import Paper, PaperKind
from files.models.practice import Practised

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
    "File",
    "FileGlance",
    "FileReader",
    "Head",
    "Note",
    "Paper",
    "PaperKind",
    "Practised",
]
