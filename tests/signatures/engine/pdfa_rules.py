"""Rules of ISO 19005-2 and -3 that pikepdf's checker leaves to others: syntax, forms, signatures, attachments, XMP.

Numbers are the clauses of ISO 19005-3; those of part 2 are the same but for attachments. Each function gives what is
wrong in words, so that an empty list means conformance in that respect. Nothing here is ours or pyHanko's code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

import pikepdf
from asn1crypto import cms
from pikepdf import Array, Dictionary, Name, Stream

NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "extension": "http://www.aiim.org/pdfa/ns/extension/",
    "schema": "http://www.aiim.org/pdfa/ns/schema#",
    "property": "http://www.aiim.org/pdfa/ns/property#",
}
OWN_NAMESPACE = "urn:open-eoffice:pdf:1#"


def problems(pdf: bytes, *, part: int) -> list[str]:
    found = list(syntax(pdf))
    with pikepdf.open(BytesIO(pdf)) as opened:
        found += catalog(opened)
        found += form(opened)
        found += signatures(opened, pdf)
        found += attachments(opened, part=part)
        found += identification(opened, part=part)
        found += extension_schemas(opened)
    return found


def syntax(pdf: bytes) -> Iterator[str]:
    """6.1.2 to 6.1.9, over every revision."""
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", pdf):
        yield "6.1.2 header"
    if not re.search(rb"%%EOF(\r\n|\r|\n)?\Z", pdf):
        yield "6.1.3 data after the end"
    if not re.search(rb"/ID\s*\[", pdf.rpartition(b"trailer")[2]):
        yield "6.1.3 no ID in the last trailer"
    for table in re.finditer(rb"(?<!start)xref([^0-9]{0,9})\d", pdf):
        if table[1] not in {b"\n", b"\r\n", b"\r"}:
            yield "6.1.4 xref keyword"
    yield from _keywords(pdf)
    for digits in re.finditer(rb"<([0-9A-Fa-f\s]*)>", pdf):
        if len(re.sub(rb"\s", b"", digits[1])) % 2:
            yield "6.1.6 odd hexadecimal string"


def _keywords(pdf: bytes) -> Iterator[str]:
    for keyword in re.finditer(rb"(?<!end)stream", pdf):
        if pdf[keyword.end() : keyword.end() + 1] != b"\n" and pdf[keyword.end() : keyword.end() + 2] != b"\r\n":
            yield "6.1.7.1 stream keyword"
    for keyword in re.finditer(rb"endstream", pdf):
        if pdf[keyword.start() - 1 : keyword.start()] not in {b"\n", b"\r"}:
            yield "6.1.7.1 endstream keyword"
    for keyword in re.finditer(rb"(?<!\d)\d{1,10}(\s{1,9})\d{1,5}(\s{1,9})obj(.)", pdf, re.DOTALL):
        before = pdf[keyword.start() - 1 : keyword.start()]
        if keyword[1] != b" " or keyword[2] != b" " or before not in {b"\n", b"\r"} or keyword[3] not in b"\r\n":
            yield "6.1.9 obj keyword"


def catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.12 permissions, and the version: nothing of PDF 2.0."""
    root = pdf.Root
    if "/Version" in root and str(root.Version) > "/1.7":
        yield "6.1.2 the catalog raises the version"
    for name, extension in root.get("/Extensions", Dictionary()).items():
        entries = extension if isinstance(extension, Array) else [extension]
        if name in {"/ISO_", "/PBAD"} or any(str(one.BaseVersion) != "/1.7" for one in entries):
            yield f"extension {name} is of PDF 2.0"
    permissions = root.get("/Perms", Dictionary())
    if set(permissions.keys()) - {"/UR3", "/DocMDP"}:
        yield "6.1.12 permissions"
    if "/DocMDP" in permissions:
        for reference in permissions.DocMDP.get("/Reference", Array()):
            if {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.keys()):
                yield "6.1.12 digest in a signature reference"
    if "/Encrypt" in pdf.trailer:
        yield "6.1.3 encrypted"


def form(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.3 annotations and 6.4 forms: what a signature field may look like."""
    widgets = [one for page in pdf.pages for one in page.obj.get("/Annots", Array())]
    acro = pdf.Root.get("/AcroForm")
    if acro is None:
        return
    if "/XFA" in acro or bool(acro.get("/NeedAppearances", False)):
        yield "6.4.1 or 6.4.2 the form"
    for one in [*widgets, *acro.Fields]:
        if one.get("/Subtype") not in {None, Name.Widget}:
            yield "6.3.1 kind of annotation"
        if "/A" in one or "/AA" in one:
            yield "6.4.1 an action"
        flags = int(one.get("/F", 0))
        if not flags & 4 or flags & (1 | 2 | 32 | 256):  # print; hidden, invisible, no view, toggle
            yield "6.3.2 flags"
        left, low, right, high = (float(number) for number in one.Rect)
        if not (left == right and low == high) and "/AP" not in one:
            yield "6.3.3 no appearance"


def signatures(pdf: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    """6.4.3: the digest over the whole revision, one signer, with the certificate."""
    for field in pdf.Root.get("/AcroForm", Dictionary()).get("/Fields", Array()):
        value = field.get("/V")
        if value is None:
            continue
        first_start, first, second, length = (int(number) for number in value.ByteRange)
        hole = content[first:second]
        ends = content[: second + length].rstrip(b"\r\n").endswith(b"%%EOF")
        if first_start != 0 or not re.fullmatch(rb"<[0-9A-Fa-f]+>", hole) or not ends:
            yield "6.4.3 byte range"
        signed = cms.ContentInfo.load(bytes(value.Contents))["content"]
        if len(signed["signer_infos"]) != 1 or len(signed["certificates"]) < 1:
            yield "6.4.3 the CMS"


def attachments(pdf: pikepdf.Pdf, *, part: int) -> Iterator[str]:
    """6.8: in part 3, described, typed, dated and associated; in part 2, none of ours."""
    specs = [one for one in pdf.objects if isinstance(one, Dictionary) and "/EF" in one]
    associated = [one.objgen for one in pdf.Root.get("/AF", Array())]
    if part == 2 and specs:
        yield "6.8 an attachment in PDF/A-2"
    for one in specs:
        if not {"/F", "/UF", "/AFRelationship"} <= set(one.keys()):
            yield "6.8 file specification"
        if str(one.get("/AFRelationship")) not in {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}:
            yield "6.8 relationship"
        if one.objgen not in associated:
            yield "6.8 not associated"
        stream = one.EF.F
        if not re.fullmatch(r"/[\w.+-]+/[\w.+-]+", str(stream.get("/Subtype", ""))):
            yield "6.8 media type"
        if "/ModDate" not in stream.get("/Params", Dictionary()):
            yield "6.8 date of the attachment"


def packet(pdf: pikepdf.Pdf) -> bytes:
    metadata = pdf.Root.Metadata
    assert isinstance(metadata, Stream)
    return metadata.read_bytes()


def identification(pdf: pikepdf.Pdf, *, part: int) -> Iterator[str]:
    """6.6.4."""
    tree = ET.fromstring(packet(pdf))
    if [one.text for one in tree.iter(f"{{{NS['pdfaid']}}}part")] != [str(part)]:
        yield "6.6.4 part"
    if [one.text for one in tree.iter(f"{{{NS['pdfaid']}}}conformance")] != ["B"]:
        yield "6.6.4 conformance"
    if "/Filter" in pdf.Root.Metadata:
        yield "6.6.2.1 the packet is filtered"


def _description(one: ET.Element) -> Iterator[str]:
    if one.findtext("property:valueType", "", NS) != "Text":
        yield "6.6.2.3.3 type"
    if one.findtext("property:category", "", NS) not in {"internal", "external"}:
        yield "6.6.2.3.3 category"
    if not one.findtext("property:description", "", NS):
        yield "6.6.2.3.3 description"


def extension_schemas(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6.2.3: each property of ours is described, with the prefixes that the standard asks for."""
    text = packet(pdf)
    tree = ET.fromstring(text)
    used = {one.tag.partition("}")[2] for one in tree.iter() if one.tag.startswith(f"{{{OWN_NAMESPACE}}}")}
    described: set[str] = set()
    for schema in tree.iterfind(".//extension:schemas/rdf:Bag/rdf:li", NS):
        if schema.findtext("schema:namespaceURI", namespaces=NS) != OWN_NAMESPACE:
            yield "6.6.2.3.3 namespace"
        if schema.findtext("schema:prefix", namespaces=NS) != "eoffice" or not schema.findtext("schema:schema", "", NS):
            yield "6.6.2.3.3 prefix or name"
        for one in schema.iterfind("schema:property/rdf:Seq/rdf:li", NS):
            described.add(one.findtext("property:name", "", NS))
            yield from _description(one)
    if used != described:
        yield "6.6.2.3.1 a property that is not described"
    for prefix, uri in re.findall(rb'xmlns:(pdfa\w+)="([^"]+)"', text):
        expected = {b"pdfaExtension": NS["extension"], b"pdfaSchema": NS["schema"], b"pdfaProperty": NS["property"]}
        if prefix in expected and uri.decode() != expected[prefix]:
            yield "6.6.2.3.3 prefix of the container"
