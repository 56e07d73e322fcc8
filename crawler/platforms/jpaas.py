"""Hanweb JPaaS: a shell whose blocks are asked for at a gateway, which answers with mark-up inside JSON."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

from crawler.links import resolve
from crawler.platforms.base import Call, Page, sign_of

NAME = "hanweb_jpaas"
API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
sign = sign_of(r"/api-gateway/jpaas-[\w-]+/", r"queryData=")
_DATA = re.compile(r"""queryData\s*=\s*(["'])(\{.*?\})\1""", re.DOTALL)
_URL = re.compile(r"""\burl\s*=\s*["']([^"']*jpaas-publish-server[^"']*)["']""")
_PARAMETERS = ("parseType", "webId", "tplSetId", "pageType", "tagId", "editType", "pageId")


def calls(page: Page) -> list[Call]:
    """One call for each block of the page; the parameters are the page's own, nothing is added but the page number."""
    if not page.in_column and len(page.facts.links) > 8:
        return []  # a page with a menu of its own; its blocks are news
    found: dict[str, Call] = {}
    address = _URL.search(page.html)
    base = resolve(page.url, address[1] if address else API)
    for quoted in _DATA.finditer(page.html):
        try:
            data = json.loads(quoted[2].replace("&quot;", '"').replace("'", '"'))
        except ValueError:
            continue
        if not data.get("pageId") or base is None:
            continue
        pairs = [(name, str(data[name])) for name in _PARAMETERS if name in data]
        pairs += [(name, str(value)) for name, value in data.items() if name not in _PARAMETERS and name != "paramJson"]
        pairs.append(("paramJson", json.dumps({"pageNo": 1, "pageSize": 15}, separators=(",", ":"))))
        url = f"{base}?{urlencode(pairs)}"
        found[url] = Call(url, turn="paramJson:pageNo")
    return list(found.values())[:6]
