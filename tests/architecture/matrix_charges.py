"""The access matrix of relieving, joining, link officers and vacant desks; letters and answers as in `matrix`."""

from __future__ import annotations

from tests.architecture.rows import get, post

ALL = "*=200"
# The auditor's post heads an office of its own (people.py), and whoever heads one relieves there.
# A relieving in GAD, whose desk the secretary takes over: the master of the office and the taker see it.
RELIEF = "CEW=200 *=404"
ORDER = {"reason": "{reason}", "order_number": "9", "order_on": "{today}", "on": "{today}", "half": "afternoon"}

CHARGES = [
    # join and relieve, link officers, vacant desks
    get("employee_master:relieving", ALL),
    get("employee_master:relieving_new", "EW=200 *=404", "charge free"),
    post("employee_master:relieving_new", "EW=400 *=404", "charge free"),
    post("employee_master:relieving_new", "EW=302 *=404", "charge free", **ORDER),
    get("employee_master:relieving_detail", RELIEF, "relieving prepared"),
    get("employee_master:relieving_detail", RELIEF, "relieving given"),
    get("employee_master:relieving_detail", RELIEF, "relieving completed"),
    get("employee_master:relieving_change", "EW=200 C=403 *=404", "relieving prepared"),
    post("employee_master:relieving_change", "EW=400 C=403 *=404", "relieving prepared"),
    post("employee_master:relieving_change", "EW=302 C=403 *=404", "relieving prepared", **ORDER),
    post("employee_master:relieving_change", "EW=409 C=403 *=404", "relieving listed", **ORDER),
    post("employee_master:relieving_assign", "EW=400 C=403 *=404", "relieving prepared"),
    post(
        "employee_master:relieving_assign",
        "EW=302 C=403 *=404",
        "relieving prepared",
        to="{secretary_post}",
        which="all",
    ),
    post("employee_master:relieving_successor", "EW=400 C=403 *=404", "relieving prepared", kind="additional"),
    post(
        "employee_master:relieving_successor",
        "EW=302 C=403 *=404",
        "relieving prepared",
        kind="additional",
        successor="{newcomer}",
    ),
    post("employee_master:relieving_draw", "EW=302 C=403 *=404", "relieving prepared", language="en"),
    post("employee_master:relieving_draw", "EW=409 C=403 *=404", "relieving listed"),
    post("employee_master:relieving_again", "EW=302 C=403 *=404", "relieving listed"),
    get("employee_master:relieving_sign", "C=200 W=409 E=403 *=404", "relieving given"),
    post(
        "employee_master:relieving_sign",
        "C=400 W=409 E=403 *=404",
        "relieving given",
        shown="{list_given}",
        pin="wrong-pin-1",
    ),
    post("employee_master:relieving_complete", "EW=302 C=403 *=404", "relieving listed"),
    post("employee_master:relieving_complete", "EW=409 C=403 *=404", "relieving given"),
    post("employee_master:relieving_withdraw", "EW=400 C=403 *=404", "relieving listed"),
    post("employee_master:relieving_withdraw", "EW=302 C=403 *=404", "relieving listed", why="Cancelled"),
    get("employee_master:relieving_correct", "EW=200 C=403 *=404", "relieving completed"),
    post("employee_master:relieving_correct", "EW=400 C=403 *=404", "relieving completed"),
    post("employee_master:relieving_correct", "EW=302 C=403 *=404", "relieving completed", why="Wrong officer"),
    get("employee_master:relieving_pdf", "CE=200 *=404", "relieving listed"),
    get("employee_master:relieving_export", "EW=200 *=403", "relief sheet"),
    get("employee_master:relieving_awaiting", "ERW=200 *=403"),
    get("employee_master:relieving_reasons", "ERW=200 *=403"),
    post("employee_master:relieving_reasons", "W=400 *=403"),
    post("employee_master:relieving_reasons", "W=302 *=403", code="study", name_en="Study", name_hi="अध्ययन"),
    get("employee_master:joining", "ERW=200 *=403"),
    get("employee_master:joining_new", "ERW=200 *=403"),
    post("employee_master:joining_new", "ERW=400 *=403"),
    post(
        "employee_master:joining_new",
        "EW=302 *=403",
        employee="{newcomer}",
        post="{vacant_post}",
        kind="look_after",
        from_on="{today}",
        half="forenoon",
        order_number="10",
        order_on="{today}",
    ),
    post("employee_master:joining_now", "EW=409 *=404", "joining waiting"),
    post("employee_master:joining_withdraw", "EW=302 *=404", "joining waiting"),
    get("employee_master:links", ALL),
    get("employee_master:link_new", "SEW=200 *=404", "desk own"),
    post("employee_master:link_new", "SEW=400 *=404", "desk own"),
    post("employee_master:link_end", "W=302 E=403 *=404", "link running"),
    get("employee_master:retirement", "ERW=200 *=403"),
    get("employee_master:vacant", "ERW=200 *=403"),
    post("employee_master:vacant_move", "EW=302 *=404", "desk vacant", to="{secretary_post}"),
    post("employee_master:vacant_move", "EW=409 *=404", "desk own", to="{secretary_post}"),
    get("employee_master:hand_over", "EW=200 *=404", "desk free"),
    post("employee_master:hand_over", "EW=400 *=404", "desk free"),
    post("employee_master:hand_over", "EW=302 *=404", "desk vacant", to="{secretary_post}", which="all", why="Absent"),
]
