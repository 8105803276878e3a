"""The access matrix: every address, in the states that matter, for everybody of the cast (design 9, style: Who may).

A row: method, name of the address, thing (world.py), form, and who is answered how. Letters: D diarist, A dealing
assistant, S section officer, U under secretary, L link officer acting on the under secretary's post, C secretary,
E EMD manager, W super admin, R auditor, O outsider, N nobody (302 to sign in unless said otherwise), * the others.
302 on a POST is an act that was done; 400 one that the person may do and whose form was empty.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    method: str
    name: str
    thing: str
    form: dict[str, str]
    rule: str


def get(name: str, rule: str, thing: str = "") -> Row:
    return Row("get", name, thing, {}, rule)


def post(name: str, rule: str, thing: str = "", **form: str) -> Row:
    return Row("post", name, thing, form, rule)


# Addresses that take nothing but POST: GET is refused whoever asks.
POST_ONLY = {
    "employee_master:sign_out",
    "employee_master:switch_charge",
    "employee_master:sessions_end",
    "employee_master:session_end",
    "employee_master:factor_begin",
    "employee_master:factor_codes",
    "employee_master:accounts_invite",
    "employee_master:account_invite",
    "employee_master:factor_reset",
    "employee_master:account_close",
    "employee_master:account_reopen",
    "employee_master:role_revoke",
    "employee_master:role_confirm",
    "employee_master:role_withdraw",
    "employee_master:review_record",
    "signatures:request",
    "signatures:activate",
    "signatures:approve",
    "signatures:resume",
    "signatures:retire",
    "dak:preview",
    "dak:acknowledge",
    "dak:reopen",
    "dak:pull_back",
    "dak:note",
    "dak:dispatch_print",
    "dak:dispatch_send",
    "dak:dispatch_deliver",
    "dak:dispatch_undelivered",
    "files:practice_open",
    "files:return",
    "files:pull_back",
    "files:resume",
    "files:note_save",
    "files:dispose",
    "files:draft_cancel",
    "files:draft_issue",
    "files:decision_take",
}

ALL = "*=200"
# A receipt marked by the diarist to the dealing assistant: both, and the seniors of the assistant's channel.
RECEIPT = "DASULC=200 *=404"
RECEIPT_HOLDER = "A=200 DSULC=403 *=404"
# A file of the dealing assistant: the holder and the seniors of the channel.
FILE = "ASULC=200 *=404"
FILE_ACT = "A=302 SULC=403 *=404"
# A letter of the dealing assistant on its way out: the registry of the office sees and enters it too.
DISPATCH = "DASULC=200 *=404"
DISPATCH_ACT = "DA=302 SULC=403 *=404"

LETTER = {
    "kind": "letter",
    "language": "hi",
    "addressee": "DM",
    "subject": "Repair",
    "body": "Sanctioned.",
}

MATRIX = [
    # the desk
    get("desk:inbox", ALL),
    get("desk:awaiting", ALL),
    get("desk:parked", ALL),
    get("desk:search", ALL),
    get("desk:audit", "R=200 *=404"),
    get("desk:help_index", "*=200 N=200"),
    get("desk:help", "*=200 N=200", "help"),
    # open to all
    get("healthz", "*=200|503 N=200|503"),
    get("set_language", "*=302"),
    post("set_language", "*=302", language="en"),
    get("signatures:verify", "*=200 N=200"),
    post("signatures:verify", "*=400 N=400"),
    get("signatures:look_up", "*=400 N=400"),
    get("signatures:reference", "*=200 N=200", "reference"),
    get("signatures:reference_short", "*=200 N=200", "reference"),
    # oneself
    get("employee_master:sign_in", "N=200 *=302"),
    post("employee_master:sign_in", "N=400 *=400"),
    post("employee_master:sign_out", "*=302"),
    post("employee_master:switch_charge", "A=302 *=403", charge="{own_charge}"),
    get("employee_master:people", ALL),
    # accounts, second factor, roles, access review
    get("employee_master:factor_ask", "*=302"),
    post("employee_master:factor_ask", "*=302", code="123456"),
    get("employee_master:account_forgot", "*=200 N=200"),
    post("employee_master:account_forgot", "*=400 N=400"),
    get("employee_master:account_link", "*=403 N=403"),
    post("employee_master:account_link", "*=403 N=403", password="x"),
    get("employee_master:account", ALL),
    get("employee_master:account_again", ALL),
    post("employee_master:account_again", "*=403"),
    get("employee_master:account_password", ALL),
    post("employee_master:account_password", "*=400"),
    post("employee_master:sessions_end", "*=302"),
    post("employee_master:session_end", "A=302 *=404", "session"),
    get("employee_master:factor", ALL),
    post("employee_master:factor_begin", "*=302"),
    get("employee_master:factor_set_up", "*=302"),
    post("employee_master:factor_set_up", "*=302", code="123456"),
    post("employee_master:factor_codes", "*=409"),
    get("employee_master:accounts", "EW=200 *=403"),
    post("employee_master:accounts_invite", "EW=302 *=403", "office"),
    post("employee_master:account_invite", "EW=302 *=403", "person open"),
    post("employee_master:account_invite", "EW=409 *=403", "person closed"),
    post("employee_master:factor_reset", "EW=302 *=403", "person open"),
    post("employee_master:factor_reset", "EW=409 *=403", "person closed"),
    post("employee_master:account_close", "EW=302 *=403", "person open"),
    post("employee_master:account_close", "EW=409 *=403", "person closed"),
    post("employee_master:account_reopen", "EW=302 *=403", "person closed"),
    get("employee_master:roles", "EW=200 *=403"),
    get("employee_master:roles_export", "EW=200 *=403", "sheet"),
    get("employee_master:role_grant", "EW=200 *=403"),
    post("employee_master:role_grant", "EW=400 *=403"),
    post("employee_master:role_grant", "E=302 W=400 *=403", role="registry_clerk", employee="{assistant}",
         from_on="{today}"),
    post("employee_master:role_revoke", "EW=302 *=404", "grant clerk"),
    post("employee_master:role_revoke", "W=302 *=404", "grant auditor"),
    get("employee_master:role_propose", "W=200 *=403"),
    post("employee_master:role_propose", "W=400 *=403"),
    post("employee_master:role_confirm", "W=302 *=404", "proposal"),
    post("employee_master:role_withdraw", "W=302 *=404", "proposal"),
    get("employee_master:reviews", "W=200 E=302 *=403"),
    get("employee_master:review", "EW=200 *=403", "office"),
    get("employee_master:review", "W=200 *=403", "instance"),
    post("employee_master:review_record", "EW=409 *=403", "office", confirmed="1"),
    post("employee_master:review_record", "EW=302 *=403", "office", confirmed="1", shown="{review_shown}"),
    get("employee_master:review_export", "EW=200 *=403", "office sheet"),
    get("signatures:mine", ALL),
    post("signatures:request", "CS=409 *=302"),
    post("signatures:activate", "CS=400 *=404"),
    get("signatures:requests", "EW=200 *=403"),
    post("signatures:approve", "EW=302 *=404", "credential asked"),
    post("signatures:approve", "EW=409 *=404", "credential active"),
    post("signatures:resume", "EW=409 *=404", "credential active"),
    post("signatures:retire", "EW=302 *=404", "credential active", kind="lost"),
    # the registry
    get("dak:new", "D=200 *=403"),
    post("dak:new", "D=400 *=403"),
    post("dak:preview", "D=400 *=403"),
    get("dak:preview_page", "D=200 *=404", "stored"),
    get("dak:diary", ALL),
    get("dak:receipt", RECEIPT, "receipt marked"),
    get("dak:page_image", RECEIPT, "page marked"),
    get("dak:original", RECEIPT, "original marked"),
    get("dak:acknowledgement", RECEIPT, "receipt marked"),
    post("dak:acknowledge", "DASULC=302 *=404", "receipt marked"),
    get("dak:dispose", RECEIPT_HOLDER, "receipt marked"),
    post("dak:dispose", "A=302 DSULC=403 *=404", "receipt marked", kind="filed"),
    post("dak:dispose", "A=409 DSULC=403 *=404", "receipt disposed", kind="filed"),
    post("dak:reopen", "A=409 DSULC=403 *=404", "receipt marked"),
    post("dak:reopen", "A=302 DSULC=403 *=404", "receipt disposed"),
    get("dak:mark", RECEIPT_HOLDER, "copy marked"),
    post("dak:mark", "A=302 DSULC=403 *=404", "copy marked", to="{section_officer}"),
    post("dak:mark", "A=302 DSULC=403 *=404", "copy marked", section="{receiving}"),
    post("dak:mark", "A=409 DSULC=403 *=404", "copy disposed", to="{section_officer}"),
    get("dak:forward", RECEIPT_HOLDER, "copy marked"),
    post("dak:forward", "A=302 DSULC=403 *=404", "copy marked", to="{section_officer}"),
    get("dak:return", RECEIPT_HOLDER, "copy marked"),
    post("dak:return", "A=302 DSULC=403 *=404", "copy marked", remarks="Not ours"),
    post("dak:pull_back", "D=302 ASULC=403 *=404", "copy marked"),
    post("dak:pull_back", "D=409 ASULC=403 *=404", "copy seen"),
    post("dak:note", "A=409 DSULC=403 *=404", "copy marked"),
    get("files:open_for_receipt", RECEIPT, "for receipt"),
    post("files:open_for_receipt", "A=302 DS=403 ULC=400 *=404", "for receipt", subject="X", free_number="X/1",
         priority="ordinary", classification="ordinary"),
    get("dak:dispatch_register", ALL),
    get("dak:dispatch", DISPATCH, "dispatch queued"),
    get("dak:dispatch_letter", DISPATCH, "dispatch queued"),
    get("dak:dispatch_page", DISPATCH, "dispatch page queued"),
    post("dak:dispatch_print", DISPATCH_ACT, "dispatch queued"),
    post("dak:dispatch_send", DISPATCH_ACT, "dispatch queued", evidence="RL 2"),
    post("dak:dispatch_send", "DA=409 SULC=403 *=404", "dispatch sent", evidence="RL 2"),
    post("dak:dispatch_deliver", "DA=409 SULC=403 *=404", "dispatch queued", evidence="RL 2"),
    post("dak:dispatch_deliver", DISPATCH_ACT, "dispatch sent", evidence="RL 2"),
    post("dak:dispatch_undelivered", DISPATCH_ACT, "dispatch sent", why="Moved away"),
    # files
    get("files:list", ALL),
    get("files:open", ALL),
    post("files:open", "*=400", subject=""),
    post("files:open", "UCL=400 *=302", subject="X", free_number="X/1", priority="ordinary", classification="ordinary"),
    get("files:practice", ALL),
    post("files:practice_open", "*=302", subject="Practice"),
    get("files:detail", FILE, "file held"),
    get("files:detail", "A=200 *=404", "file confidential"),
    get("files:history", "ASULCR=200 *=404", "file held"),
    get("files:history", "AR=200 *=404", "file confidential"),
    get("files:forward", FILE, "file held"),
    post("files:forward", FILE_ACT, "file held", to="{section_officer}"),
    post("files:forward", "S=400 AULC=403 *=404", "file sent", to="{section_officer}"),
    post("files:forward", "A=409 SULC=403 *=404", "file parked", to="{section_officer}"),
    post("files:return", "S=302 AULC=403 *=404", "file sent"),
    post("files:return", "A=409 SULC=403 *=404", "file held"),
    post("files:pull_back", "A=302 SULC=403 *=404", "file sent"),
    post("files:pull_back", "ASULC=403 *=404", "file held"),
    get("files:park", FILE, "file held"),
    post("files:park", FILE_ACT, "file held", until="{tomorrow}", why="Wait"),
    post("files:resume", FILE_ACT, "file parked"),
    post("files:resume", "A=409 SULC=403 *=404", "file held"),
    get("files:brief", FILE, "file held"),
    post("files:brief", FILE_ACT, "file held", gist="Gist", points="One"),
    post("files:note_save", FILE_ACT, "file held", note="Words", version="0"),
    get("files:print_notes", FILE, "file held"),
    get("files:paper_add", FILE, "file held"),
    post("files:paper_add", "A=400 SULC=403 *=404", "file held", title=""),
    post("files:paper_add", FILE_ACT, "file held", title="Reference", upload="@letter"),
    get("files:page_image", FILE, "paper page"),
    get("files:paper_download", FILE, "paper"),
    post("files:dispose", FILE_ACT, "paper", kind="replied"),
    get("files:draft_new", FILE, "file held"),
    post("files:draft_new", FILE_ACT, "file held", **LETTER),
    get("files:draft", FILE, "draft editing"),
    get("files:draft_correct", FILE, "draft editing"),
    post("files:draft_correct", FILE_ACT, "draft editing", base="1", **LETTER),
    post("files:draft_correct", "S=302 AULC=403 *=404", "draft sent", base="1", **LETTER),
    post("files:draft_correct", "A=409 SULC=403 *=404", "draft signed", base="1", **LETTER),
    post("files:draft_cancel", FILE_ACT, "draft editing", why="Not needed"),
    post("files:draft_issue", FILE_ACT, "draft signed"),
    post("files:draft_issue", "A=409 SULC=403 *=404", "draft editing"),
    get("files:letter_pdf", FILE, "draft signed"),
    get("files:letter_pdf", "*=404", "draft editing"),
    get("files:decide", FILE, "file held"),
    get("files:decide", FILE, "file up"),
    post("files:decision_take", "C=302 ASUL=403 *=404", "file up", act="discuss", line="Discuss"),
    post("files:decision_take", "C=302 ASUL=403|409 *=404", "file up", act="approve", line="Yes", shown="{shown}"),
    post("files:decision_take", "A=409 SULC=403 *=404", "file held", act="discuss", line="Discuss"),
    get("files:decision_sign", "C=200 *=404", "decision"),
    post("files:decision_sign", "C=400 *=404", "decision", pin="wrong-pin-1"),
    get("files:decision_record", FILE, "decision done"),
]  # fmt: skip
