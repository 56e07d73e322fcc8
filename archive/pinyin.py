"""Chinese names in Latin letters, so that 岚县 is also found as ``lanxian`` and ``lx``."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def letters(name: str | None) -> str | None:
    """The name in pinyin without tones or spaces, lower case; None stays None."""
    return None if name is None else "".join(lazy_pinyin(name)).lower()


def initials(name: str | None) -> str | None:
    """The first letter of each syllable, lower case; None stays None."""
    return None if name is None else "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
