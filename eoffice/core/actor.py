"""Who is acting, as a value. Built by `employee_master`, handed to every service (design 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Roles beside a charge. They open pages, never papers (design 9)."""

    REGISTRY_CLERK = "registry_clerk"
    AUDITOR = "auditor"
    RECORDS_OFFICER = "records_officer"
    EMD_MANAGER = "emd_manager"
    SUPER_ADMIN = "super_admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting on a post under a charge; all ids may be None only for the system.

    `superior_post_ids` runs from the next post up to the top of the channel of submission.
    `may_confidential` is false for a link officer whose arrangement does not name confidential papers; `is_link` says
    that the charge is only a stand-in.
    """

    employee_id: int | None
    post_id: int | None
    charge_id: int | None
    office_id: int | None = None
    section_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    superior_post_ids: tuple[int, ...] = ()
    may_confidential: bool = True
    is_link: bool = False
    is_system: bool = False

    @classmethod
    def system(cls) -> Actor:
        """The worker: acts for nobody, and no rule of access lets it decide anything."""
        return cls(employee_id=None, post_id=None, charge_id=None, is_system=True)

    @property
    def desk(self) -> int:
        """The id of the post acted on, where a rule has already let only holders of a charge pass."""
        if self.post_id is None:
            raise ValueError("this actor holds no post")
        return self.post_id

    @property
    def person(self) -> int:
        """The id of the employee acting, where a rule has already refused the system and strangers."""
        if self.employee_id is None:
            raise ValueError("this actor is nobody")
        return self.employee_id

    def has_role(self, role: Role) -> bool:
        return role in self.roles
