"""The demo's people as actors: by the key that `people` gives them."""

from __future__ import annotations

from employee_master.models import Employee, Post
from employee_master.queries import actor_for
from eoffice.core.actor import Actor
from eoffice.demo import people


def employee_code(key: str) -> str:
    number = [person.key for person in people.PEOPLE].index(key) + 1
    return f"SS{number:05d}"


def employee(key: str) -> Employee:
    """The person of the cast."""
    return Employee.objects.get(code=employee_code(key))


def actor(key: str) -> Actor:
    """The person of the cast acting on their own post."""
    return actor_for(employee(key))


def post(key: str) -> Post:
    """The post that the person fills."""
    return Post.objects.get(marking=people.by_key(key).marking)
