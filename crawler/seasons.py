"""Coming again: conditional requests, what an answer 304 stands for, and the pages that are looked at once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scrapy.http import Headers, HtmlResponse, Response
from scrapy.responsetypes import responsetypes

from archive import warc
from archive.frontier import Task
from archive.ledger import Ledger
from archive.store import Store
from archive.workdb import ArchiveError
from crawler.platforms import Call
from crawler.recipes import from_recipe
from crawler.tasks import known_task


def conditions(ledger: Ledger, task: Task) -> dict[str, str]:
    """Headers that let the server answer "not modified", if this address was kept before and it gave a mark."""
    if task.meta.get("method") == "POST":
        return {}
    kept = ledger.last_kept(task.url)
    if kept is None:
        return {}
    marks = {"If-None-Match": kept["etag"], "If-Modified-Since": kept["last_modified"]}
    return {name: value for name, value in marks.items() if value}


def kept_answer(store: Store, response: Response) -> Response:
    """The page that an answer 304 stands for, from the archive; the empty answer itself if it cannot be read."""
    kept = store.ledger.last_kept(response.url)
    if kept is None or kept["warc_file"] is None:
        return response
    store.commit()
    try:
        payload = warc.read_payload(store.archive_dir, kept["warc_file"], kept["warc_offset"], kept["warc_length"])
    except ArchiveError:
        return response
    headers = Headers({name: value for name, value in payload.headers.items() if name == "content-type"})
    kind = responsetypes.from_args(headers=headers, url=response.url, body=payload.body[:5000])
    made = kind if issubclass(kind, Response) else HtmlResponse
    return made(response.url, headers=headers, body=payload.body, request=response.request)


def known_pages(ledger: Ledger, site_ids: list[str]) -> Iterator[Task]:
    """The pages of earlier runs that held documents or listed some: they are asked for again, linked to or not."""
    for row in ledger.known_addresses(site_ids):
        yield known_task(row["site_id"], row["url"], row["role"])


def known_recipes(ledger: Ledger, site_ids: Iterable[str]) -> Iterator[tuple[str, str, Call]]:
    """The list calls that earlier runs saw in the browser: site, key of the page that the call fills, call."""
    for site_id in site_ids:
        for page_key, noted in ledger.learnt_calls(site_id):
            if call := from_recipe(noted):
                yield site_id, page_key, call
