"""All kinds of acts that are driven."""

from __future__ import annotations

from tests.properties.acts import Act
from tests.properties.acts_charges import EndCharge, StartCharge
from tests.properties.acts_posts import AbolishPost, CorrectMarking, CreatePost, PlacePost
from tests.properties.acts_things import Forward, Note, Open, OpenFile, Park, PullBack, PutInFile, Resume, SendBack

THINGS: list[type[Act]] = [OpenFile, Forward, SendBack, PullBack, Open, Park, Resume, Note, PutInFile]
MASTER: list[type[Act]] = [StartCharge, EndCharge, CreatePost, PlacePost, CorrectMarking, AbolishPost]
ACTS: list[type[Act]] = [*MASTER, *THINGS]
