"""What may be asked of the employee master."""

from employee_master.queries.acting import active_charges, active_on, actor_for
from employee_master.queries.posts import (
    channel_of,
    charges_of,
    holder_of,
    link_of,
    next_held_up,
    posts_to_send_to,
    receiving_post,
    require_holder,
    require_seat,
)

__all__ = [
    "active_charges",
    "active_on",
    "actor_for",
    "channel_of",
    "charges_of",
    "holder_of",
    "link_of",
    "next_held_up",
    "posts_to_send_to",
    "receiving_post",
    "require_holder",
    "require_seat",
]
