"""Rows of the access matrix: lists, second signers, ends of letters, signed notes; read `matrix` first."""

from __future__ import annotations

from tests.architecture.rows import get, post

POST_ONLY_LISTS = {
    "files:batch_new",
    "files:batch_start",
    "files:batch_go_on",
    "files:batch_stop",
    "files:batch_give_up",
    "files:draft_second",
    "files:countersign",
}

# A file of the dealing assistant, and one on the secretary's desk: the seniors of the channel see both.
SEEN = "ASULC=200 *=404"

LISTS = [
    get("files:to_sign", "*=200"),
    post("files:batch_new", "ASULC=302 *=404", pick="{file_up}"),
    get("files:batch", "C=200 *=404", "list"),
    post("files:batch_start", "C=403 *=404", "list", line="Yes.", pin="wrong-pin-1"),
    post("files:batch_go_on", "C=409 *=404", "list"),
    post("files:batch_stop", "C=409 *=404", "list"),
    post("files:batch_give_up", "C=302 *=404", "list"),
    post("files:draft_second", "A=302 SULC=403 *=404", "draft editing", post=""),
    post("files:countersign", "A=409 SULC=403 *=404", "draft editing"),
    get("files:countersign_sign", "A=409 SULC=403 *=404", "draft editing"),
    post("files:countersign_sign", "A=409 SULC=403 *=404", "draft editing", pin="wrong-pin-1"),
    get("files:letter_end", SEEN, "draft signed"),
    post("files:letter_end", "ASULC=403 *=404", "draft signed", kind="withdrawn", why="Wrong amount"),
    get("files:letter_end_sign", "C=200 *=404", "end begun"),
    post("files:letter_end_sign", "C=409 *=404", "end begun", pin="wrong-pin-1"),
    get("files:letter_end_record", SEEN, "end signed"),
    get("files:note_sign", "C=200 *=404", "note begun"),
    post("files:note_sign", "C=409 *=404", "note begun", pin="wrong-pin-1"),
    get("files:note_record", SEEN, "note signed"),
]  # fmt: skip
