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
SIZE = 100
_CONFIG = re.compile(r"_CONFIG\s*=\s*(\{.*?\})\s*;?\s*(?:</script>|\n|$)", re.DOTALL)
_SID = re.compile(r"""["']?SID["']?\s*:\s*["']?(\d+)""")
_TREE = re.compile(r"""["']?TREE["']?\s*:\s*""")


def calls(page: Page) -> list[Call]:
    """A call for each column of the tree that is called like the one of the annual reports."""
    sid, tree = _SID.search(page.html), _TREE.search(page.html)
    if "/gkmlpt/" not in urlsplit(page.url).path or sid is None or tree is None:
        return []
    try:
        nodes, _ = json.JSONDecoder().raw_decode(page.html, tree.end())
    except ValueError:
        return []
    parts = urlsplit(page.url)
    root = f"{parts.scheme}://{parts.netloc}/gkmlpt/api/all/"
    return [
        Call(f"{root}{node['id']}?page=1&sid={sid[1]}", turn="page", label=str(node["name"]))
        for node in _nodes(nodes, 0)
        if judge_title(str(node.get("name", ""))).kind == "column" and str(node.get("id", "")).isdigit()
    ][:10]


def _nodes(nodes: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 8 or not isinstance(nodes, list):
        return
    for node in nodes[:500]:
        if isinstance(node, dict):
            yield node
            yield from _nodes(node.get("children"), depth + 1)
