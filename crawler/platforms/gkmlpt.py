"""The disclosure catalogue of Guangdong: the tree of columns lies in a script, the lists are JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.platforms.base import Call, Page, sign_of
from parsers.titles import judge_title

NAME = "gkmlpt"
sign = sign_of(r"/gkmlpt/", r"window\._CONFIG\s*=")
_SID = re.compile(r"""["']?SID["']?\s*:\s*["']?(\d+)""")
_FLAT = re.compile(
    r"""\bid['"]?\s*:\s*['"]?(\d+)['"]?[^{}\[\]]*?\bname['"]?\s*:\s*['"]([^'"]+)['"]"""
    r"""|\bname['"]?\s*:\s*['"]([^'"]+)['"][^{}\[\]]*?\bid['"]?\s*:\s*['"]?(\d+)"""
)
_TREE = re.compile(r"""["']?TREE["']?\s*:\s*""")


def calls(page: Page) -> list[Call]:
    """A call for each column of the tree that is called like the one of the annual reports."""
    sid, tree = _SID.search(page.html), _TREE.search(page.html)
    if "/gkmlpt/" not in urlsplit(page.url).path or sid is None or tree is None:
        return []
    try:
        nodes, _ = json.JSONDecoder().raw_decode(page.html, tree.end())
        named = [(str(node.get("id", "")), str(node.get("name", ""))) for node in _nodes(nodes, 0)]
    except ValueError:
        text = page.html[tree.end() : tree.end() + 400_000]
        named = [(a or d, b or c) for a, b, c, d in _FLAT.findall(text)]
    parts = urlsplit(page.url)
    own = parts.path.partition("/gkmlpt/")[0]
    roots = dict.fromkeys(f"{parts.scheme}://{parts.netloc}{path}/gkmlpt/api/all/" for path in ("", own))
    out = []
    for number, name in named:
        if number.isdigit() and judge_title(name).kind == "column":
            urls = [f"{root}{number}?page=1&sid={sid[1]}" for root in roots]
            out.append(Call(urls[0], turn="page", label=name, instead=tuple(urls[1:])))
    return out[:10]


def _nodes(nodes: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 8 or not isinstance(nodes, list):
        return
    for node in nodes[:500]:
        if isinstance(node, dict):
            yield node
            yield from _nodes(node.get("children"), depth + 1)
