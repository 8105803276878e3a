"""All kinds of acts that are driven."""

from __future__ import annotations

from tests.properties.acts import Act
from tests.properties.acts_charges import EndCharge, StartCharge
from tests.properties.acts_imports import (
    ApplySheet,
    BeginCertificate,
    GiveUpSheet,
    ImportSheet,
    ReturnSheet,
    SendSheet,
    SignCertificate,
    TakeBackSheet,
    UndoSheet,
    UploadSheet,
)
from tests.properties.acts_joining import (
    EndLink,
    Guard,
    HandOver,
    Join,
    Leave,
    NameLink,
    TryJoining,
    WithdrawJoining,
)
from tests.properties.acts_night import Night
from tests.properties.acts_posts import AbolishPost, CorrectMarking, CreatePost, PlacePost
from tests.properties.acts_relieving import (
    AssignDesk,
    BeginRelieving,
    CompleteRelieving,
    CorrectRelieving,
    DrawList,
    NameSuccessor,
    OpenListAgain,
    PrepareRelieving,
    WithdrawRelieving,
)
from tests.properties.acts_reorganising import ApplyOrder, PrepareOrder, Reorganise, WithdrawOrder
from tests.properties.acts_things import Forward, Note, Open, OpenFile, Park, PullBack, PutInFile, Resume, SendBack

ACTS: list[type[Act]] = [
    StartCharge, EndCharge, Join, TryJoining, WithdrawJoining, NameLink, EndLink, Leave,
    BeginRelieving, PrepareRelieving, AssignDesk, NameSuccessor, DrawList, OpenListAgain, WithdrawRelieving,
    CompleteRelieving, CorrectRelieving, HandOver, Guard,
    CreatePost, PlacePost, CorrectMarking, AbolishPost,
    OpenFile, Forward, SendBack, PullBack, Open, Park, Resume, Note, PutInFile,
    UploadSheet, SendSheet, TakeBackSheet, ReturnSheet, GiveUpSheet, BeginCertificate, SignCertificate, ApplySheet,
    ImportSheet, UndoSheet,
    PrepareOrder, ApplyOrder, WithdrawOrder, Reorganise,
    Night,
]  # fmt: skip
