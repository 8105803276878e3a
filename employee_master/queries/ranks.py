"""The order in which posts are listed: by rank, and DA2 before DA10."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Length

from employee_master.models import Post


def by_rank(posts: QuerySet[Post]) -> QuerySet[Post]:
    """The highest designation first; markings of one designation count up, a shorter one being a smaller number."""
    return posts.order_by("designation__rank", Length("marking"), "marking")
