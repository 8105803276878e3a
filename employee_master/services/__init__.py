"""Acts on the employee master: one act, one service (style)."""

from employee_master.services.account import (
    INVITE,
    account_found,
    account_open,
    account_signed_in,
    government_address,
    sessions_end,
)
from employee_master.services.charge import charge_end, charge_start
from employee_master.services.employee import (
    employee_correct,
    employee_enter,
    employee_leave,
    name_words,
    name_words_write,
)
from employee_master.services.exporting import list_export
from employee_master.services.founding import BadPlan, organisation_load
from employee_master.services.holiday import holiday_remove, holiday_set
from employee_master.services.offices import OfficeFacts, OfficeReach, office_correct, office_enter, office_reach
from employee_master.services.organisation import post_place
from employee_master.services.post_changes import post_abolish, post_correct
from employee_master.services.posts import NewPost, marking_for, markings_taken, post_create, posts_create_many
from employee_master.services.reorganisation import (
    reorganisation_apply,
    reorganisation_prepare,
    reorganisation_withdraw,
    reorganisations_carry_out_due,
)
from employee_master.services.role import role_grant, role_revoke, super_admin_found
from employee_master.services.sections import (
    DesignationFacts,
    SectionFacts,
    designation_correct,
    designation_enter,
    sanction_set,
    section_close,
    section_correct,
    section_enter,
)

__all__ = [
    "INVITE",
    "BadPlan",
    "DesignationFacts",
    "NewPost",
    "OfficeFacts",
    "OfficeReach",
    "SectionFacts",
    "account_found",
    "account_open",
    "account_signed_in",
    "charge_end",
    "charge_start",
    "designation_correct",
    "designation_enter",
    "employee_correct",
    "employee_enter",
    "employee_leave",
    "government_address",
    "holiday_remove",
    "holiday_set",
    "list_export",
    "marking_for",
    "markings_taken",
    "name_words",
    "name_words_write",
    "office_correct",
    "office_enter",
    "office_reach",
    "organisation_load",
    "post_abolish",
    "post_correct",
    "post_create",
    "post_place",
    "posts_create_many",
    "reorganisation_apply",
    "reorganisation_prepare",
    "reorganisation_withdraw",
    "reorganisations_carry_out_due",
    "role_grant",
    "role_revoke",
    "sanction_set",
    "section_close",
    "section_correct",
    "section_enter",
    "sessions_end",
    "super_admin_found",
]
