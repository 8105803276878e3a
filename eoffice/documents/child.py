"""What reads uploads: a program of its own, started for one question, with little time and memory.

Uploads are hostile until proven otherwise, and the readers of PDF and pictures are large programs in C. So this file
is run as a script by `sandbox`, sets its own limits before it looks at a byte, imports neither Django nor our
settings, and answers in JSON on standard output, larger results as files in the folder it was given.
"""

from __future__ import annotations

import ctypes
import io
import json
import re
import resource
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

MIB = 1024 * 1024
TEXT_LIMIT = 200_000  # characters kept of one page
TEXT_LOOKED_AT = 5  # pages looked at for deciding whether a PDF has text
RENDER_PIXELS = 24_000_000
RENDER_SIDE = 8_000  # WebP ends at 16,383
END_WINDOW = 2048
NO_NEW_PRIVILEGES = 38  # prctl(2)


class Refused(Exception):
    """The paper can't be taken; `code` says why."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def limit(*, memory: int, seconds: int, output: int) -> None:
    """Irrevocable for this process: address space, processor time, size of files, no core, no more rights."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)


# Checking


def check_pdf(path: Path, *, max_pages: int) -> dict[str, Any]:
    import pikepdf  # noqa: PLC0415 - after the limits

    tail = _tail(path)
    if b"%%EOF" not in tail:
        raise Refused("truncated")
    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
            flags = sorted(_flags(pdf))
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise Refused("damaged") from error
    if not pages:
        raise Refused("no_pages")
    if pages > max_pages:
        raise Refused("too_many_pages", pages=pages, limit=max_pages)
    return {"pages": pages, "flags": flags, "has_text": _has_text(path, pages)}


def _tail(path: Path) -> bytes:
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - END_WINDOW))
        return handle.read()


def _flags(pdf: Any) -> Iterator[str]:
    """What a reader should know. Nothing of it is ever run: papers are shown as page pictures."""
    root = pdf.Root
    names = root.get("/Names")
    starts = [action for action in (root.get("/OpenAction"), root.get("/AA")) if _is_dictionary(action)]
    if (names is not None and "/JavaScript" in names) or any("/JS" in action for action in starts):
        yield "javascript"
    if names is not None and "/EmbeddedFiles" in names:
        yield "embedded_files"
    form = root.get("/AcroForm")
    if _is_dictionary(form):
        if int(form.get("/SigFlags", 0)) & 1:
            yield "signed"
        if "/XFA" in form:
            yield "xfa"
    if pdf.is_encrypted:  # opens without a password, but its maker restricts printing or copying
        yield "restricted"


def _is_dictionary(obj: Any) -> bool:
    import pikepdf  # noqa: PLC0415

    return isinstance(obj, pikepdf.Dictionary)


def _has_text(path: Path, pages: int) -> bool:
    """Whether one of the first pages has words; a scan has none."""
    import pypdfium2  # noqa: PLC0415

    try:
        with _closing(pypdfium2.PdfDocument(path)) as pdf:
            return any(_page_text(pdf, number).strip() for number in range(min(pages, TEXT_LOOKED_AT)))
    except pypdfium2.PdfiumError as error:
        raise Refused("damaged") from error


def check_picture(path: Path, *, max_pages: int, max_pixels: int) -> dict[str, Any]:
    images, errors = _drawing()
    count = 0
    try:
        for _frame in images.frames(path.read_bytes(), max_pixels=max_pixels):
            count += 1
            if count > max_pages:
                raise Refused("too_many_pages", pages=count, limit=max_pages)
    except errors.BadPicture as error:
        raise Refused(error.code) from error
    return {"pages": count, "flags": [], "has_text": False}


# Reading


def render(path: Path, out: Path, *, pages: list[int], width: int, picture: bool, max_pixels: int) -> dict[str, Any]:
    """Page pictures as WebP files named after the page, the wanted one first; what failed is missing."""
    done = []
    for number in pages:
        image = _picture_page(path, number, max_pixels) if picture else _pdf_page(path, number, width)
        if image.width > width:
            image = image.resize((width, max(1, round(image.height * width / image.width))))
        part = out / f"{number}.part"
        image.save(part, "WEBP", quality=80, method=2)
        part.rename(out / f"{number}.webp")
        done.append(number)
    return {"pages": done}


def _pdf_page(path: Path, number: int, width: int) -> Any:
    import pypdfium2  # noqa: PLC0415

    try:
        with _closing(pypdfium2.PdfDocument(path)) as pdf:
            pdf.init_forms()  # so that filled fields and signatures are seen
            page = pdf[number - 1]
            wide, high = page.get_size()
            scale = width / max(wide, 1)
            # A page may be a kilometre long.
            scale = min(scale, RENDER_SIDE / max(wide, high, 1), (RENDER_PIXELS / max(wide * high, 1)) ** 0.5)
            return page.render(scale=scale).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Refused("damaged") from error


def _picture_page(path: Path, number: int, max_pixels: int) -> Any:
    images, errors = _drawing()
    try:
        for count, frame in enumerate(images.frames(path.read_bytes(), max_pixels=max_pixels), start=1):
            if count == number:
                return frame.convert("RGB")
    except errors.BadPicture as error:
        raise Refused(error.code) from error
    raise Refused("damaged")


def text(path: Path, out: Path, *, first: int, last: int) -> dict[str, Any]:
    """The words of the pages, a JSON line each, written as they come: what was read before a limit hit is kept."""
    import pypdfium2  # noqa: PLC0415

    try:
        with _closing(pypdfium2.PdfDocument(path)) as pdf, (out / "text.jsonl").open("w", encoding="utf-8") as lines:
            for number in range(first, min(last, len(pdf)) + 1):
                lines.write(json.dumps({"page": number, "text": _page_text(pdf, number - 1)}) + "\n")
                lines.flush()
    except pypdfium2.PdfiumError as error:
        raise Refused("damaged") from error
    return {}


def _page_text(pdf: Any, index: int) -> str:
    import pypdfium2  # noqa: PLC0415

    try:
        page = pdf[index]
        with _closing(page.get_textpage()) as words:
            found = str(words.get_text_bounded())
        page.close()
    except pypdfium2.PdfiumError:  # one bad page does not hide the others
        return ""
    # U+FFFE is PDFium's mark for a hyphen at a line end; NUL can't be stored in PostgreSQL.
    return re.sub("[\x00\ufffe]", "", found)[:TEXT_LIMIT]


def join_pictures(paths: list[Path], out: Path, *, max_pixels: int) -> dict[str, Any]:
    images, errors = _drawing()
    try:
        made = images.images_to_pdf([path.read_bytes() for path in paths], max_pixels=max_pixels)
    except errors.BadPicture as error:
        raise Refused(error.code) from error
    (out / "joined.pdf").write_bytes(made)
    return {}


# Running


class _closing:  # noqa: N801 - reads as contextlib.closing does
    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __enter__(self) -> Any:
        return self.thing

    def __exit__(self, *_about: object) -> None:
        self.thing.close()


def _drawing() -> tuple[Any, Any]:
    """Our own picture module, which is plain Python; found from this file, because the path is isolated."""
    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.append(root)
    from eoffice.documents.pdf import errors, images  # noqa: PLC0415

    return images, errors


def _commands(request: dict[str, Any]) -> dict[str, Callable[[], dict[str, Any]]]:
    path, out = Path(request["path"]), Path(request["out"])
    pages, pixels = request.get("max_pages", 0), request.get("max_pixels", 0)
    return {
        "check_pdf": lambda: check_pdf(path, max_pages=pages),
        "check_picture": lambda: check_picture(path, max_pages=pages, max_pixels=pixels),
        "render": lambda: render(
            path,
            out,
            pages=request["pages"],
            width=request["width"],
            picture=request["picture"],
            max_pixels=pixels,
        ),
        "text": lambda: text(path, out, first=request["first"], last=request["last"]),
        "join_pictures": lambda: join_pictures([Path(p) for p in request["paths"]], out, max_pixels=pixels),
    }


def main() -> NoReturn:
    request = json.loads(sys.stdin.read())
    limit(memory=request["memory"], seconds=request["seconds"], output=request["output"])
    warnings.simplefilter("ignore")
    answer = io.StringIO()
    try:
        json.dump({"ok": _commands(request)[request["command"]]()}, answer)
    except Refused as refused:
        json.dump({"refused": refused.code, "facts": refused.facts}, answer)
    except MemoryError:
        json.dump({"refused": "too_complex", "facts": {}}, answer)
    sys.stdout.write(answer.getvalue())
    sys.stdout.flush()
    sys.exit(0)


if __name__ == "__main__":
    main()
