"""Addresses that stand in a page's scripts: redirects, menus kept as data, shown documents, list calls. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from crawler.functions import Function, read_changes, read_functions, read_handlers

MAX_SCRIPT = 600_000  # characters of one script that are looked at
MAX_PAIRS = 400

_REDIRECT = re.compile(
    r"""(?:(?:window|document|top|self|parent)\.)?location(?:\.href)?\s*=\s*['"]([^'"]+)['"](?!\s*\+)"""
    r"""|location\.(?:replace|assign)\(\s*['"]([^'"]+)['"](?!\s*\+)"""
)
_MOBILE = re.compile(r"^(?:https?:)?//(?:m|wap|mobile|3g)\.|(?:^|/)(?:m|wap|mobile|phone)(?:/|$)", re.IGNORECASE)
_PDF = re.compile(r"""show\w*pdf\w*\(\s*['"]([^'"]+\.pdf)['"]|pdfurl\s*[:=]\s*['"]([^'"]+\.pdf)['"]""", re.IGNORECASE)
# A document that a script names, e.g. in the settings of a flip book.
_LITERAL = re.compile(r"""['"]([^'"<>\s]{3,300}\.(?:pdf|docx?|wps|ofd))['"]""", re.IGNORECASE)
# One flat object, {"name":"政府信息公开年报","url":"/nb/"}; nested ones are met from the inside.
_OBJECT = re.compile(r"\{[^{}]{5,600}\}")
_NAME = re.compile(
    r"""['"]?(?:name|title|text|label|showName|channelName|columnName|menuName|doctitle|bt)['"]?\s*:\s*(['"])(.+?)\1"""
)
_ADDRESS = re.compile(
    r"""['"]?(?:url|link|href|path|linkUrl|channelUrl|columnUrl|menuUrl|docpuburl|chnldocurl|pc)['"]?\s*:\s*(['"])([^'"\s]{2,500})\1"""
)
# d.add(31, 3, '县政府', 'lm.jsp?lmid=131'): a tree that calls build; an entry without an address is a heading.
_ENTRY = re.compile(
    r"""\(\s*[\w.'"-]{1,40}\s*,\s*[\w.'"-]{1,40}\s*,\s*(['"])([^'"\n]{0,60}[\u3400-\u9fff][^'"\n]{0,60})\1\s*"""
    r"""(?:,\s*(['"])([^'"\s]{0,300})\3)?"""
)
_CALL = re.compile(
    r"""(?:fetch|\.get|\.getJSON|\.load)\(\s*(['"])([^'"]{4,500})\1\s*[,)]"""
    r"""|\burl\s*:\s*(['"])([^'"]{4,500})\3\s*[,}]"""
)
_API = re.compile(
    r"(?:\.s?html?$|\.jspx?$|api|list|json|data|query|search|select|get|page|ajax|dataproxy|\.do\b|\?)", re.IGNORECASE
)
_STATIC = re.compile(r"\.(?:js|css|png|jpe?g|gif|ico|svg|woff2?|vue|map)(?:$|\?)", re.IGNORECASE)
_SUBMIT = re.compile(r"(?:login|submit|save|upload|captcha|verify|count|click|visit|hits?|stat|log)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What scripts hold: a redirect, named addresses, shown documents, addresses that look like list calls, mark-up.

    ``named`` are names with addresses in their order; a name with none is a heading of those that follow.
    ``literals`` are documents that are only named; whether they are shown is not told. ``functions`` are those that
    lead to an address, by name; ``handlers`` are selectors with what a click on what they select leads to;
    ``changes`` are what a choice leads to, by the selection's id.
    """

    redirect: str | None
    named: tuple[tuple[str, str], ...]
    documents: tuple[str, ...]
    calls: tuple[str, ...]
    markup: tuple[str, ...]
    literals: tuple[str, ...] = ()
    functions: dict[str, Function] = field(default_factory=dict)
    handlers: tuple[tuple[str, Function], ...] = ()
    changes: dict[str, Function] = field(default_factory=dict)


def read_scripts(scripts: list[str]) -> ScriptFacts:
    """Read the texts of a page's script elements. Addresses come back as written, to be resolved by the caller."""
    redirect: str | None = None
    named: dict[tuple[str, str], None] = {}
    documents: dict[str, None] = {}
    calls: dict[str, None] = {}
    literals: dict[str, None] = {}
    markup: list[str] = []
    functions: dict[str, Function] = {}
    handlers: list[tuple[str, Function]] = []
    changes: dict[str, Function] = {}
    for script in scripts:
        text = script[:MAX_SCRIPT]
        if "<record" in text:
            markup.append(text)
            continue
        if re.search(r"<(?:li|a|td|option)[ >]", text[:200_000], re.IGNORECASE):
            markup.append(text[:200_000])
        bound = read_handlers(text)
        if redirect is None and len(text) < 2000:
            redirect = _redirect(text, {piece for _, made in bound for piece, _ in made.pieces})
        for pdf in _PDF.finditer(text):
            documents[pdf[1] or pdf[2]] = None
        functions |= read_functions(text)
        changes |= read_changes(text)
        handlers += bound
        literals |= dict.fromkeys(found[1].replace("\\/", "/") for found in _LITERAL.finditer(text))
        for name, address in _pairs(text):
            named[name, address] = None
        for call in _calls(text):
            calls[call] = None
    return ScriptFacts(redirect, tuple(named)[:MAX_PAIRS], tuple(documents), tuple(calls), tuple(markup),
                       tuple(u for u in literals if u not in documents)[:5], functions, tuple(handlers),
                       changes)  # fmt: skip


def _redirect(text: str, clicked: set[str]) -> str | None:
    """Where a script sends the reader by itself; of several places the one that is not for telephones."""
    found = [url for m in _REDIRECT.finditer(text) if (url := m[1] or m[2]) not in clicked]
    return next((url for url in found if not _MOBILE.search(url)), found[0] if found else None)


def _pairs(text: str) -> list[tuple[str, str]]:
    out = []
    for found in _OBJECT.finditer(text):
        name, address = _NAME.search(found[0]), _ADDRESS.search(found[0])
        if name and not (address and _STATIC.search(address[2])):
            out.append((_unescaped(name[2]), _unescaped(address[2]) if address else ""))
        if len(out) >= MAX_PAIRS:
            break
    out += [(_unescaped(found[2]), _unescaped(found[4] or "")) for found in _ENTRY.finditer(text)]
    return out[:MAX_PAIRS]


def _calls(text: str) -> list[str]:
    """Whole addresses that a script loads; one that is put together from parts cannot be known from here."""
    out = []
    for found in _CALL.finditer(text):
        url = found[2] or found[4]
        if (
            url.startswith(("/", "./", "http"))
            and _API.search(url)
            and not (_STATIC.search(url) or _SUBMIT.search(url))
        ):
            out.append(html.unescape(url))
    return out[:6]


def _unescaped(text: str) -> str:
    r"""A JavaScript string's text: \/ and \u653f as they are meant."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return html.unescape(plain.replace("\\/", "/"))
