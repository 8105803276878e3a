"""What a PDF/A file says about itself: the XMP packet, the sRGB profile."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from PIL import ImageCms

CREATOR = "Open e-Office"
PRODUCER = "Open e-Office (ReportLab, HarfBuzz, pikepdf)"
NAMESPACE = "urn:open-eoffice:pdf:1#"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")


def digest_number(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


def info_key(key: str) -> str:
    """`manifest_hash` as `ManifestHash`."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a metadata key: {key!r}")
    return "".join(part.capitalize() for part in key.split("_"))


@cache
def srgb_profile() -> bytes:
    """An sRGB ICC profile, the same bytes every day: the library writes the time of day into it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = (2000).to_bytes(2, "big") + b"\0\x01\0\x01" + bytes(6)
    profile[84:100] = bytes(16)  # the profile id is a checksum over the header; zero means not calculated
    return bytes(profile)


def _extension(keys: list[str]) -> str:
    """PDF/A wants own properties described in the file (ISO 19005-2, 6.6.2.3.3)."""
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{info_key(key)}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        f"<pdfaProperty:description>{key.replace('_', ' ')}</pdfaProperty:description>"
        "</rdf:li>"
        for key in keys
    )
    return (
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Open e-Office</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>eoffice</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )


def xmp(
    *,
    title: str,
    author: str,
    subject: str,
    language: str,
    made_at: datetime,
    extra: Mapping[str, str],
    seed: bytes,
    part: int,
) -> bytes:
    """The packet; it says the same as the Info dictionary, as PDF/A wants. ``made_at`` is in UTC."""
    when = made_at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    keys = sorted(extra)
    facts = "".join(f"<eoffice:{info_key(k)}>{escape(extra[k])}</eoffice:{info_key(k)}>" for k in keys)
    known = hashlib.sha256(seed + repr((title, author, subject, when, sorted(extra.items()))).encode()).digest()
    document = uuid.UUID(bytes=known[:16], version=5)
    about = (
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(subject)}</rdf:li></rdf:Alt></dc:description>'
        if subject
        else ""
    )
    own = f' xmlns:eoffice="{NAMESPACE}"' if keys else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        f"{own}>"
        f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        "<dc:format>application/pdf</dc:format>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>"
        f"{about}<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
        f"<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>"
        f"<xmp:MetadataDate>{when}</xmp:MetadataDate><xmp:CreatorTool>{CREATOR}</xmp:CreatorTool>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
        f"<xmpMM:DocumentID>uuid:{document}</xmpMM:DocumentID>"
        f"{facts}</rdf:Description>{_extension(keys) if keys else ''}"
        "</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    ).encode()
