"""Uploads that never touch a disk: the verifier promises that nothing of them is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest


class InMemoryHandler(FileUploadHandler):
    """Takes one file up to the limit of uploads into memory; a larger one is read away and not given on.

    Django's own handlers write what is larger than 2.5 MB to a temporary file.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._content: BytesIO | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._content is None:
            return
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self._content = None
            if self.request is not None:
                self.request.META[TOO_LARGE] = True
            raise StopUpload(connection_reset=False)
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        if self._content is None:
            return None
        self._content.seek(0)
        return InMemoryUploadedFile(
            file=self._content, field_name=self.field_name, name=self.file_name, content_type=self.content_type,
            size=file_size, charset=self.charset, content_type_extra=self.content_type_extra,
        )  # fmt: skip


TOO_LARGE = "eoffice.upload_too_large"


def in_memory(request: HttpRequest) -> None:
    """Have the files of this request in memory only. To be called before anything reads the request's body."""
    request.upload_handlers = [InMemoryHandler(request)]


def was_too_large(request: HttpRequest) -> bool:
    return bool(request.META.get(TOO_LARGE))
