"""Pages that say what went wrong, in the language of the address."""

from __future__ import annotations

import traceback
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Response

from archive.plugins import bilingual
from archive.plugins.rendering import page
from archive.plugins.web import language


async def page_of(datasette: Any, request: Any, exception: Exception) -> Response:
    """The error page of an exception. What we did not expect is told to the log, not to the visitor."""
    from datasette.views.base import DatasetteError  # loads all plugins, this one too

    lang, title, message = language(request), None, ""
    if isinstance(exception, Base400):
        status, message = exception.status, str(exception.args[0] if exception.args else "")
    elif isinstance(exception, DatasetteError):
        status, message, title = exception.status, str(exception.message), exception.title
    elif isinstance(exception, QueryInterrupted):
        status, message, title = 400, "took too long", "SQL Interrupted"
    else:
        status = 500
        traceback.print_exception(exception)
    said = bilingual.error_words(message, lang) if status != 500 else ""
    return await page(datasette, request, "error.html", {
        "status": status, "title": bilingual.error_title(title, lang), "error": said,
    }, status)  # fmt: skip
