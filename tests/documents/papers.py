"""Papers to try the store with: good ones, and those somebody made to hurt."""

import io
import struct
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from eoffice.documents.pdf.letter import draw_letter
from tests.documents.pdf.samples import LETTER


def letter_pdf() -> bytes:
    return draw_letter(LETTER)


def blank_pdf(pages: int = 1) -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        return saved_pdf(pdf)


def saved_pdf(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (620, 877), **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size)
    image.save(out, kind, **options)
    return out.getvalue()


def encrypted_pdf(user: str = "secret") -> bytes:
    with pikepdf.open(io.BytesIO(blank_pdf())) as pdf:
        return saved_pdf(pdf, encryption=pikepdf.Encryption(user=user, owner="owner"))


def pdf_with_script() -> bytes:
    with pikepdf.open(io.BytesIO(blank_pdf())) as pdf:
        action = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.Root.OpenAction = pdf.make_indirect(action)
        pdf.attachments["a.txt"] = b"inside"
        return saved_pdf(pdf)


def page_tree_loop() -> bytes:
    """A page tree whose node is its own child."""
    with pikepdf.open(io.BytesIO(blank_pdf(2))) as pdf:
        tree = pdf.Root.Pages
        tree.Kids = Array([tree, tree, tree.Kids[0]])
        tree.Count = 100_000_000
        return saved_pdf(pdf)


def deep_page_tree(depth: int = 20_000) -> bytes:
    """Page tree nodes nested so deep that a recursive reader runs out of stack."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    objects += [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 3) for number in range(depth)]
    objects.append(b"<</Type/Page/MediaBox[0 0 9 9]/Parent %d 0 R>>" % (depth + 1))
    return plain_pdf(objects)


def plain_pdf(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(entries: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(body), body)


def inflating(size: int, start: bytes = b"") -> bytes:
    """A zlib stream of `size` spaces in no time: a flushed block may be repeated as it is."""
    head = zlib.compressobj(9)
    out = head.compress(start) + head.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(9, wbits=-15)
    spaces = block.compress(b" " * (1 << 24)) + block.flush(zlib.Z_FULL_FLUSH)
    return out + spaces * (size >> 24) + b"\x03\0" + b"\0\0\0\0"


def flate_bomb(rounds: int = 3, size: int = 1 << 32) -> bytes:
    """A page whose content grows from a few kilobytes to gigabytes, through nested filters."""
    body = inflating(size)
    for _ in range(rounds - 1):
        body = zlib.compress(body, 9)
    filters = b"/Filter[" + b"/FlateDecode" * rounds + b"]"
    return plain_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/MediaBox[0 0 595 842]/Parent 2 0 R/Contents 4 0 R/Resources<<>>>>",
            stream(filters, body),
        ]
    )


def object_stream_bomb() -> bytes:
    """Objects in a stream that unpacks to four gigabytes: it must be unpacked to count the pages."""
    head = b"2 0 3 40 "
    first = len(head)
    body = inflating(1 << 32, start=head + b"<</Type/Pages/Count 1/Kids[3 0 R]>>".ljust(40))
    table = b"".join(
        struct.pack(">BIH", *row) for row in ((0, 0, 65535), (1, 9, 0), (2, 4, 0), (2, 4, 1), (1, 0, 0), (1, 0, 0))
    )
    out = bytearray(b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
    fourth = len(out)
    out += b"4 0 obj\n" + stream(b"/Type/ObjStm/N 2/First %d/Filter/FlateDecode" % first, body) + b"\nendobj\n"
    fifth = len(out)
    table = table[: 7 * 4] + struct.pack(">BIH", 1, fourth, 0) + struct.pack(">BIH", 1, fifth, 0)
    out += b"5 0 obj\n" + stream(b"/Type/XRef/Size 6/W[1 4 2]/Root 1 0 R", table) + b"\nendobj\n"
    out += b"startxref\n%d\n%%%%EOF\n" % fifth
    return bytes(out)
