"""Garbage collection in processes that work in the background."""

from __future__ import annotations

import gc


def settle() -> None:
    """To be called once, when everything is imported: what stands now stays, and is not looked through any more.

    Otherwise the collector goes through all classes of Django after every few papers, a sixth of a time stamp's cost.
    """
    gc.freeze()
    gc.set_threshold(10_000, 50, 100)
