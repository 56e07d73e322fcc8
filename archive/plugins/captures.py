"""The facts of one capture, and the archived bytes as a download."""

from __future__ import annotations

import asyncio
import mimetypes
import sqlite3
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response

from archive.plugins.rendering import page
from archive.plugins.web import DATABASE, attachment
from archive.warc import Payload, read_payload
from archive.workdb import ArchiveError

_SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "cache-control": "no-store"}


async def _capture(datasette: Any, request: Any) -> dict[str, Any]:
    number_text = request.url_vars["capture_id"]
    db = datasette.get_database(DATABASE)
    row = (await db.execute("SELECT * FROM captures WHERE capture_id = ?", [int(number_text)])).first()
    if row is None:
        raise NotFound(f"没有编号为 {number_text} 的抓取记录。｜There is no such capture.")
    return dict(row)


async def capture(datasette: Any, request: Any) -> Response:
    """The facts of one exchange."""
    row = await _capture(datasette, request)
    db = datasette.get_database(DATABASE)
    carried = await db.execute(
        "SELECT DISTINCT e.report_id, e.ordinal, e.title FROM documents AS d JOIN editions AS e"
        " ON e.edition_id = d.edition_id WHERE d.sha256 = ? ORDER BY 1, 2 LIMIT 20", [row["sha256"]],
    )  # fmt: skip
    at_hand = row["warc_file"] is not None and archive_dir(datasette) is not None
    return await page(datasette, request, "capture.html", {"c": row, "editions": carried.rows, "at_hand": at_hand})


async def capture_payload(datasette: Any, request: Any) -> Response:
    """The archived bytes, always as a download: nothing from outside is shown as a page of this site."""
    row = await _capture(datasette, request)
    root = archive_dir(datasette)
    if row["warc_file"] is None or root is None:
        raise NotFound("这次访问没有存下内容，或原始存档不在本机。｜The archived bytes are not at hand.")
    try:
        payload = await asyncio.to_thread(_read, root, row)
    except (ArchiveError, sqlite3.Error) as error:
        raise NotFound("原始存档无法读取，请运行 nianbao verify 检查。｜The archived bytes cannot be read.") from error
    name = f"capture-{row['capture_id']}{_suffix(payload.media_type)}"
    return Response(payload.body, headers={**_SANDBOX, "content-disposition": attachment(name)},
                    content_type="application/octet-stream")  # fmt: skip


def _read(root: Path, row: dict[str, Any]) -> Payload:
    return read_payload(root, row["warc_file"], row["warc_offset"], row["warc_length"])


def archive_dir(datasette: Any) -> Path | None:
    """Where the captures are: the ``archive`` of the plugin's configuration, or the folder of the database."""
    configured = (datasette.plugin_config("nianbao") or {}).get("archive")
    path = datasette.get_database(DATABASE).path
    root = Path(configured) if configured else Path(path).parent if path else None
    return root if root and (root / "warc").is_dir() else None


def _suffix(media_type: str) -> str:
    return mimetypes.guess_extension(media_type or "") or ".bin"
