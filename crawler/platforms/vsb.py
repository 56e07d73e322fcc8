"""VSB: plain pages whose numbers count down; its twins and shown documents are read with every page's links."""

from __future__ import annotations

from crawler.platforms.base import Call, Page, sign_of

NAME = "vsb"
sign = sign_of(r"/system/resource/js/", r"_simple_list_gotopage_fun", r"vsb_content", r"/info/\d+/\d+\.htm")


def calls(page: Page) -> list[Call]:
    """None: its lists are links."""
    return []
