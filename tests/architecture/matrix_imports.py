"""The access matrix of the staff import; letters and answers as in `matrix`, things in `imports_things`."""

from __future__ import annotations

from tests.architecture.rows import get, post

# A sheet of GAD: its manager and the super admin. One of the office that the auditor heads: he and the super admin.
MANAGED = "EW=200 *=404"
MANAGED_ACT = "EW=302 *=404"
HEADED = "RW=200 *=404"

POST_ONLY_IMPORTS = {
    "employee_master:import_correct",
    "employee_master:import_suggestions",
    "employee_master:import_leave_out",
    "employee_master:import_send",
    "employee_master:import_take_back",
    "employee_master:import_certify",
    "employee_master:import_apply",
    "employee_master:import_give_up",
}

IMPORTS = [
    get("employee_master:imports", "EWR=200 *=404"),
    get("employee_master:import_new", "EW=200 *=403"),
    post("employee_master:import_new", "EW=400 *=403"),
    get("employee_master:import_template", MANAGED, "template"),
    get("employee_master:import_detail", MANAGED_ACT, "import fresh"),
    get("employee_master:import_detail", MANAGED, "import uploaded"),
    get("employee_master:import_detail", HEADED, "import validated"),
    get("employee_master:import_detail", HEADED, "import applied"),
    get("employee_master:import_columns", MANAGED, "import fresh"),
    post("employee_master:import_columns", MANAGED_ACT, "import fresh"),
    post("employee_master:import_columns", "W=409 R=403 *=404", "import validated"),
    post("employee_master:import_correct", MANAGED_ACT, "import uploaded"),
    post("employee_master:import_correct", "W=409 R=403 *=404", "import validated"),
    post("employee_master:import_suggestions", MANAGED_ACT, "import uploaded"),
    post("employee_master:import_leave_out", MANAGED_ACT, "import uploaded"),
    get("employee_master:import_sheet", MANAGED, "import uploaded"),
    # GAD has no head, who would have to certify.
    post("employee_master:import_send", "EW=409 *=404", "import uploaded"),
    post("employee_master:import_send", "W=409 R=403 *=404", "import validated"),
    post("employee_master:import_take_back", "W=302 R=403 *=404", "import validated"),
    post("employee_master:import_take_back", "EW=409 *=404", "import uploaded"),
    get("employee_master:import_return", "R=200 W=403 *=404", "import validated"),
    post("employee_master:import_return", "R=302 W=403 *=404", "import validated", why="Row 2 is not ours"),
    post("employee_master:import_return", "R=400 W=403 *=404", "import validated"),
    # Nobody signs what was not on the screen; who made it does not certify it at all.
    post("employee_master:import_certify", "R=409 W=403 *=404", "import validated", shown="other"),
    post("employee_master:import_certify", "R=409 W=403 *=404", "import applied", shown="other"),
    get("employee_master:import_sign", "*=404", "import validated"),
    post("employee_master:import_sign", "*=404", "import validated", pin="12345678"),
    get("employee_master:import_certificate", HEADED, "import applied"),
    get("employee_master:import_certificate", "*=404", "import validated"),
    post("employee_master:import_apply", "RW=302 *=404", "import certified"),
    post("employee_master:import_apply", "RW=409 *=404", "import applied"),
    get("employee_master:import_undo", HEADED, "import applied"),
    post("employee_master:import_undo", "RW=302 *=404", "import applied"),
    post("employee_master:import_undo", "RW=409 *=404", "import certified"),
    post("employee_master:import_give_up", MANAGED_ACT, "import uploaded"),
    post("employee_master:import_give_up", "W=409 R=403 *=404", "import applied"),
]
