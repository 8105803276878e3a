"""A store of its own for every test."""

import pytest


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "documents")},
        },
    }
    settings.RENDERED_DIR = tmp_path / "rendered"
