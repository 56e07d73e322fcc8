"""Opening zip files that may be bombs: sizes, ratios and counts are checked before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

from parsers.readers.errors import LIMITS, UnreadableDocument

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def open_zip(data: bytes, what: str) -> zipfile.ZipFile:
    """Open ``data`` as a zip file; ``what`` names it in errors. Names of old archives are decoded as GBK.

    Raises UnreadableDocument where it is damaged, or where its directory promises more than the limits allow.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gb18030")
    except (*_DAMAGED, UnicodeDecodeError) as error:
        raise UnreadableDocument(f"The {what} is damaged or cut short; fetch it again.") from error
    infos = archive.infolist()
    if len(infos) > LIMITS.max_members * 10:
        raise UnreadableDocument(f"The {what} holds {len(infos)} members, more than a document has.")
    if sum(info.file_size for info in infos) > LIMITS.max_unpacked:
        raise UnreadableDocument(f"The {what} unpacks to more than {LIMITS.max_unpacked >> 20} MB; it is not read.")
    for info in infos:
        if info.file_size > LIMITS.ratio_from and info.file_size > LIMITS.max_ratio * max(info.compress_size, 1):
            raise UnreadableDocument(f"The {what} is packed like a bomb (more than {LIMITS.max_ratio} to 1).")
    return archive


def read_member(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo, most: int, what: str) -> bytes:
    """Unpack one member of at most ``most`` bytes, whatever the directory says of its size."""
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except KeyError as error:
        raise UnreadableDocument(f"The {what} lacks its part {name}; it is damaged.") from error
    except _DAMAGED as error:
        locked = isinstance(error, RuntimeError) and "password" in str(error)
        reason = "is locked with a password" if locked else "is damaged or cut short; fetch it again"
        raise UnreadableDocument(f"The {what} {reason}.") from error
    if len(data) > most:
        raise UnreadableDocument(f"A part of the {what} is larger than {most >> 20} MB; it is not read.")
    return data


def parse_xml(data: bytes, what: str) -> etree._Element:
    """Parse an XML part with no entities, no network and no huge trees. A document type is refused outright."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument(f"The XML inside the {what} is damaged.") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableDocument(f"The XML inside the {what} declares a document type, which no such file needs.")
    return root
