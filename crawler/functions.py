"""Functions and click handlers of a page's own scripts that lead to an address, read without running them. Pure.

``function info(a) { location.href = 'show.aspx?id=' + a; }`` tells where ``onclick="info('7')"`` leads; so do a
handler that a script binds to ``#nb``, a variable that is put together first, and a template in back quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

MAX_FUNCTIONS = 50
MAX_LOOKS = 400  # of one script
MAX_BODY = 3000  # characters of one function that are looked at
MAX_INNER = 3  # variables within variables
MAX_PIECES = 30  # of one address

_NAMES = r"[\w\s,$]{0,200}"
_DECLARED = re.compile(
    rf"function\s+(?P<a>\w{{1,40}})\s*\((?P<an>{_NAMES})\)\s*\{{"
    rf"|\b(?P<b>\w{{1,40}})\s*[=:]\s*(?:async\s+)?(?:function\s*\((?P<bn>{_NAMES})\)|\((?P<cn>{_NAMES})\)\s*=>)\s*\{{"
)
# Where a script sends the reader or a frame, or what it loads into the page.
GOES = re.compile(
    r"(?:location(?:\.href)?\s*=(?!=)|location\.(?:replace|assign)\s*\(|\bopen\s*\(|\.src\s*=(?!=)"
    r"|\.attr\(\s*['\"](?:src|href)['\"]\s*,|\bfetch\s*\(|\.(?:get|getJSON|load)\s*\()\s*([^;{}\n]{1,400})"
)
_PIECE = re.compile(
    r"""\s*(?:'([^']*)'|"([^"]*)"|(?:encodeURI(?:Component)?|escape|String)\s*\(\s*([\w$]+)\s*\)|([\w$]+))\s*(\+|$|[,;)])"""
)
_ASSIGNED = re.compile(r"\b([\w$]{1,40})\s*=(?!=)\s*([^;\n]{2,400})")
_GLOBAL = re.compile(r"""\b(?:var|let|const)\s+([\w$]{1,40})\s*=\s*(['"][^'"\n]{1,300}['"])\s*(?:;|,|\n|$)""")
_TEMPLATE = re.compile(r"`([^`\n]{1,300})`")
_SELECTOR = r"[#.\[][\w-]{1,60}(?:[ >.#\[\]='\"-][\w.# >\[\]=-]{0,60})?"
_CALLED = r"(?:function\s*\([^)]{0,40}\)|\(?[\w$, ]{0,40}\)?\s*=>)\s*\{"
# $('#nb').click(function () {; $(document).on('click', '.card', function () {
# document.querySelectorAll('.card').forEach(function (c) { c.onclick = function () {
_BOUND = re.compile(
    rf"""(?:\$|jQuery)\(\s*['"](?P<a>{_SELECTOR})['"]\s*\)\s*\.\s*"""
    rf"""(?:click\s*\(|on\s*\(\s*['"]click['"]\s*,(?!\s*['"])|each\s*\()\s*{_CALLED}"""
    rf"""|\.(?:on|delegate)\s*\(\s*['"]click['"]\s*,\s*['"](?P<b>{_SELECTOR})['"]\s*,\s*{_CALLED}"""
    rf"""|querySelectorAll\(\s*['"](?P<c>{_SELECTOR})['"]\s*\)\s*\.\s*forEach\s*\(\s*{_CALLED}"""
    rf"""|querySelector\(\s*['"](?P<d>{_SELECTOR})['"]\s*\)\s*\.\s*"""
    rf"""(?:onclick\s*=|addEventListener\(\s*['"]click['"]\s*,)\s*{_CALLED}"""
    rf"""|getElementById\(\s*['"](?P<e>[\w-]{{1,60}})['"]\s*\)\s*\.\s*"""
    rf"""(?:onclick\s*=|addEventListener\(\s*['"]click['"]\s*,)\s*{_CALLED}"""
)
# c.dataset.id, $(this).data('id'), o.getAttribute('data-id')
_ATTRIBUTE = re.compile(
    r"""[\w$.()]{0,60}?\.(?:getAttribute\(\s*['"](?P<a>[\w-]+)['"]\s*\)|dataset\.(?P<b>\w+)|dataset\[\s*['"](?P<c>\w+)['"]\s*\]"""
    r"""|data\(\s*['"](?P<d>[\w-]+)['"]\s*\)|attr\(\s*['"](?P<e>[\w-]+)['"]\s*\)(?!\s*,))"""
)
# $('#dept').change(function () { location.href = '/gk/' + $(this).val() + '/' })
_CHANGED = re.compile(
    r"""(?:(?:\$|jQuery)\(\s*['"](?:select)?#|getElementById\(\s*['"])([\w-]{1,60})['"]\s*\)\s*\.\s*"""
    r"""(?:change\s*\(|on\s*\(\s*['"]change['"]\s*,|onchange\s*=|addEventListener\(\s*['"]change['"]\s*,)\s*"""
    r"""(?:function\s*\([^)]{0,40}\)|\(?[\w$]{0,20}\)?\s*=>)\s*\{"""
)
_CHOSEN = re.compile(r"[\w.$\[\]()'\"#:]{0,80}?(?:\.value\b|\.val\(\))")
CHOSEN = "@"  # stands for what was chosen in a selection
OWN = "@@"  # before the name of an attribute of the element that was clicked
Pieces = tuple[tuple[str, bool], ...]  # a text, or a parameter's name and True


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a page that leads to an address: its parameters, and the address as texts and parameters' names."""

    parameters: tuple[str, ...]
    pieces: Pieces

    def address(
        self, arguments: list[str], chosen: str | None = None, own: Mapping[str, str | None] | None = None
    ) -> str | None:
        """Where a call leads; None if something is lacking.

        Args:
            arguments: of the call.
            chosen: what was chosen, where it asks a selection.
            own: the attributes of the element that was clicked.
        """
        given = dict(zip(self.parameters, arguments, strict=False))
        given |= {CHOSEN: chosen} if chosen is not None else {}
        given |= {OWN + name: value.strip() for name, value in (own or {}).items() if value}
        if any(named and text not in given for text, named in self.pieces):
            return None
        return "".join(quote(given[text], safe="/:?&=.%-_#") if named else text for text, named in self.pieces)


def read_functions(text: str) -> dict[str, Function]:
    """The functions of a script that lead somewhere, by name."""
    out: dict[str, Function] = {}
    known = dict(_GLOBAL.findall(text))
    for found in islice(_DECLARED.finditer(text), MAX_LOOKS):
        if len(out) >= MAX_FUNCTIONS:
            break
        given = found["an"] or found["bn"] or found["cn"] or ""
        names = tuple(name.strip() for name in given.split(",") if name.strip())
        if pieces := _leads_to(_body(text, found.end()), names, known):
            out[found["a"] or found["b"]] = Function(names, pieces)
    return out


def read_handlers(text: str) -> list[tuple[str, Function]]:
    """What scripts bind to clicks: a selector, and where a click on what it selects leads to."""
    out: list[tuple[str, Function]] = []
    known = dict(_GLOBAL.findall(text))
    for found in islice(_BOUND.finditer(text), MAX_LOOKS):
        pieces = _leads_to(_body(text, found.end()), (), known)
        if pieces and len(out) < MAX_FUNCTIONS:
            selector = next((found[k] for k in "abcd" if found[k]), f"#{found['e']}")
            out.append((selector, Function((), pieces)))
    return out


def read_changes(text: str) -> dict[str, Function]:
    """What scripts bind to the change of a selection, by its id."""
    known = dict(_GLOBAL.findall(text))
    found = ((m[1], _leads_to(_body(text, m.end()), (), known)) for m in islice(_CHANGED.finditer(text), MAX_LOOKS))
    return {name: Function((), pieces) for name, pieces in found if pieces}


def _body(text: str, start: int) -> str:
    """What stands between a brace that was opened before ``start`` and the one that closes it."""
    depth = 1
    for at in range(start, min(len(text), start + MAX_BODY)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return text[start:at]
    return text[start : start + MAX_BODY]


def _attribute(found: re.Match[str]) -> str:
    """One name for an attribute, however it is asked for: ``dataset.infoId`` is ``data-info-id``."""
    if plain := found["a"] or found["e"]:
        name = plain
    else:
        name = "data-" + re.sub("([A-Z])", r"-\1", found["b"] or found["c"] or found["d"]).lower()
    return "OWN_" + name.replace("-", "_")


def _leads_to(body: str, names: tuple[str, ...], known: dict[str, str]) -> Pieces | None:
    plain = _TEMPLATE.sub(lambda m: "'" + re.sub(r"\$\{\s*([\w$]+)\s*\}", r"'+\1+'", m[1]) + "'", body)
    plain = _ATTRIBUTE.sub(_attribute, _CHOSEN.sub("CHOSEN_", plain))
    inner = {name: text for name, text in _ASSIGNED.findall(plain) if name not in names}
    for goes in GOES.finditer(plain):
        if pieces := _concatenated(goes[1], names, known | inner, 0):
            return pieces
    return None


def _concatenated(text: str, names: tuple[str, ...], known: dict[str, str], depth: int) -> Pieces | None:
    """``'a?id=' + x + '&b'`` in pieces; None if it is anything else than texts, parameters and variables of these."""
    pieces: list[tuple[str, bool]] = []
    at, ahead = 0, "+"
    while ahead == "+":
        if (found := _PIECE.match(text, at)) is None or len(pieces) > MAX_PIECES:
            return None
        name = found[3] or found[4]
        if name is None:
            pieces.append((found[1] or found[2] or "", False))
        elif name == "CHOSEN_":
            pieces.append((CHOSEN, True))
        elif name.startswith("OWN_"):
            pieces.append((OWN + name[4:].replace("_", "-"), True))
        elif name in names:
            pieces.append((name, True))
        elif name in known and depth < MAX_INNER:
            if (inner := _concatenated(known[name], names, known, depth + 1)) is None:
                return None
            pieces += inner
        else:
            return None
        at, ahead = found.end(), found[5]
    return tuple(pieces) if depth or any(text and not named for text, named in pieces) else None
