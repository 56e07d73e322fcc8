"""Bytes to the document model, one reader a format. Readers know grids and paragraphs, nothing of any form.

``read`` and ``read_all`` are the doors; every reader behind them is imported only when its format turns up.
"""

from __future__ import annotations

from collections.abc import Callable

from parsers import sniff as kinds
from parsers.document import Document
from parsers.readers.errors import LIMITS, Limits, UnreadableDocument

__all__ = ["LIMITS", "Limits", "UnreadableDocument", "read", "read_all"]

Reader = Callable[[bytes, str, str | None, str | None], Document]  # data, kind, declared type, address


def read(data: bytes, media_type: str | None = None, url: str | None = None) -> Document:
    """Read one document from its bytes.

    ``media_type`` is the declared Content-Type; it never outweighs the content. ``url`` resolves addresses inside
    the document. Raises UnreadableDocument, whose text is one plain sentence, for everything that cannot be read,
    and for an archive that holds several documents (``read_all`` reads those).
    """
    documents = read_all(data, media_type, url)
    if len(documents) > 1:
        raise UnreadableDocument(f"The archive holds {len(documents)} documents; read them one by one.")
    return documents[0]


def read_all(data: bytes, media_type: str | None = None, url: str | None = None) -> list[Document]:
    """Read all documents in ``data``: one, or for an archive one a readable member.

    Places in members carry the member's name as ``part``. Raises UnreadableDocument where nothing can be read.
    """
    if not data:
        raise UnreadableDocument("The file is empty; fetch it again.")
    if len(data) > LIMITS.max_bytes:
        raise UnreadableDocument(f"The file is larger than {LIMITS.max_bytes >> 20} MB; it is not read.")
    kind = kinds.UNKNOWN
    try:
        kind = kinds.sniff(data, media_type)
        if kind in kinds.ARCHIVES:
            from parsers.readers.container import read_members

            return read_members(data, kind)
        return [reader_of(kind)(data, kind, media_type, url)]
    except UnreadableDocument:
        raise
    except ImportError as error:
        raise UnreadableDocument(
            f"Reading this kind of file ({kind}) needs the package {error.name}; install nianbao[read]."
        ) from error
    except (Exception, RecursionError) as error:  # a library met bytes it did not expect: the document's fault
        raise UnreadableDocument(f"The document ({kind}) is damaged: {type(error).__name__}.") from error


def reader_of(kind: str) -> Reader:
    """The reader of a media type. Raises UnreadableDocument for a kind that none reads."""
    if kind in kinds.IMAGES:
        return _image
    if kind in (kinds.DOC, kinds.RTF, kinds.ODT):
        return _office
    if kind in (kinds.XLSX, kinds.XLS):
        return _sheet
    if kind == kinds.ENCRYPTED:
        raise UnreadableDocument("The document is locked with a password; save a copy without it.")
    simple: dict[str, Reader] = {
        kinds.HTML: _html, kinds.TEXT: _text, kinds.PDF: _pdf, kinds.DOCX: _docx, kinds.MHTML: _mhtml,
        kinds.OFD: _ofd, kinds.MARKDOWN: _markdown,
    }  # fmt: skip
    if kind not in simple:
        raise UnreadableDocument("The file is no HTML, PDF, Word, Excel, picture or text file; it is not read.")
    return simple[kind]


def _html(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.html import read_html

    return read_html(data, declared, url)


def _text(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.text import read_text

    return read_text(data, declared)


def _markdown(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.markdown import read_markdown

    return read_markdown(data, declared)


def _pdf(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.pdf import read_pdf

    return read_pdf(data)


def _docx(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.word import read_docx

    return read_docx(data)


def _sheet(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.sheet import read_sheet

    return read_sheet(data, kind)


def _office(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.office import read_office

    return read_office(data, kind)


def _image(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.image import read_image

    return read_image(data, kind)


def _mhtml(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.container import read_mhtml

    return read_mhtml(data, url)


def _ofd(data: bytes, kind: str, declared: str | None, url: str | None) -> Document:
    from parsers.readers.ofd import read_ofd

    return read_ofd(data)
