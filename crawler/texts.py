"""Texts of links and headings as they are compared."""

from __future__ import annotations

import re
import unicodedata


def squash(text: str) -> str:
    """Text without any blanks, in compatibility form: link texts break anywhere, even inside a word."""
    return re.sub(r"[\s\u200b\ufeff\u00ad]+", "", unicodedata.normalize("NFKC", text))
