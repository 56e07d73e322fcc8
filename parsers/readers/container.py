"""Files that hold other documents: zip, rar and 7z archives, mails, and web pages saved as one MIME file."""

from __future__ import annotations

import email
import email.policy
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from itertools import islice

from parsers import sniff as kinds
from parsers.document import Document
from parsers.readers.embedded import has_table, with_pictures
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import in_part
from parsers.readers.zipsafe import open_zip, read_member

_WHAT = "archive"


def read_members(data: bytes, kind: str, depth: int = 1) -> list[Document]:
    """Read every readable member of an archive, in the archive's order, archives inside it too; pictures are one.

    Members that cannot be read become warnings of the first document. Raises UnreadableDocument where none can.
    """
    documents: list[Document] = []
    problems: list[str] = []
    pages: list[tuple[str, Document]] = []
    for name, content in _members(data, kind):
        shown = _shown_name(name)
        try:
            found = _read_member(content, depth)
        except UnreadableDocument as error:
            problems.append(f"{shown}: {error}")
        else:
            for document in found:
                if document.media_type in kinds.IMAGES:
                    pages.append((shown, document))
                else:
                    documents.append(_with_part(document, shown))
    documents.extend(_one_document(pages))
    if not documents:
        raise UnreadableDocument(problems[0] if problems else "The archive holds no files.")
    first = documents[0]
    documents[0] = replace(first, warnings=(*first.warnings, *problems[:20]))
    return documents


def _one_document(pages: list[tuple[str, Document]]) -> list[Document]:
    """Pictures in an archive are pages of one document, in the order of the numbers in their names."""
    if not pages:
        return []
    pages.sort(key=lambda page: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", page[0])])
    documents = [_with_part(document, name) for name, document in pages]
    first = documents[0]
    blocks = tuple(block for document in documents for block in document.blocks)
    warnings = tuple(note for document in documents for note in document.warnings)
    return [replace(first, blocks=blocks, warnings=warnings)]


def _read_member(content: bytes, depth: int) -> list[Document]:
    from parsers.readers import read_all

    kind = kinds.sniff(content)
    if kind not in kinds.ARCHIVES:
        return read_all(content)
    if depth >= LIMITS.max_nesting:
        raise UnreadableDocument("Archives are packed too deep in each other; they are not read.")
    return read_members(content, kind, depth + 1)


def _members(data: bytes, kind: str) -> Iterable[tuple[str, bytes]]:
    if kind == kinds.ZIP:
        return _zip_members(data)
    if kind == kinds.MAIL:
        return _mail_parts(data)
    from parsers.readers.office import unpack_foreign

    return unpack_foreign(data, kind)


def _zip_members(data: bytes) -> Iterator[tuple[str, bytes]]:
    with open_zip(data, _WHAT) as archive:
        wanted = [info for info in archive.infolist() if _is_document(info)]
        for info in wanted[: LIMITS.max_members]:
            yield info.filename, read_member(archive, info, LIMITS.max_bytes, _WHAT)


def _mail_parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What a mail says and what is attached to it; pictures that belong to its text are left out."""
    for part, content in _filled(data):
        name = part.get_filename()
        if name or (part.get_content_maintype() == "text" and not part.get("Content-ID")):
            yield _decoded(name) if name else part.get_content_type(), content


def _decoded(name: str) -> str:
    """A file's name as a mail's header spells it."""
    try:
        return str(make_header(decode_header(name)))
    except (LookupError, ValueError, HeaderParseError):
        return name


def _filled(data: bytes) -> list[tuple[Message, bytes]]:
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    parts = [(part, part.get_payload(decode=True)) for part in islice(message.walk(), LIMITS.max_members)]
    return [(part, content) for part, content in parts if isinstance(content, bytes) and content]


def _is_document(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.replace("\\", "/").split("/")
    return not info.is_dir() and info.file_size > 0 and "__MACOSX" not in parts and not parts[-1].startswith(".")


def _shown_name(name: str) -> str:
    """A member's name to show, never to use as a path."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in name)[-200:]


def _with_part(document: Document, name: str) -> Document:
    """The document with the member's name in every place."""
    blocks = tuple(in_part(block, name) for block in document.blocks)
    return replace(document, blocks=blocks, meta={**document.meta, "part": name})


def read_mhtml(data: bytes, url: str | None = None) -> Document:
    """Read a web page saved as one MIME file (.mht; also Word's "single file web page" under the name .doc).

    Pictures that are saved with it are read where the page has no table of its own.
    """
    from parsers.readers.html import read_html

    filled = _filled(data)
    for part, content in filled:
        if part.get_content_type() == kinds.HTML:
            charset = part.get_param("charset")
            document = read_html(content, charset if isinstance(charset, str) else None, url)
            pictures = ((_location(other), body) for other, body in filled if other.get_content_maintype() == "image")
            found = document if has_table(document) else with_pictures(document, pictures)
            return replace(found, media_type=kinds.MHTML)
    raise UnreadableDocument("The saved web page holds no HTML; save the page again.")


def _location(part: Message) -> str:
    """How a saved part is called, to show."""
    return _shown_name(str(part.get("Content-Location") or part.get("Content-ID") or "picture"))
