"""Why a request was not made."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class OffSiteError(IgnoreRequest):
    """The request would leave the official hosts or reach a private address."""


class RobotsUnavailableError(IgnoreRequest):
    """robots.txt could not be had, so that nothing may be fetched for now; its cause says why, where it is known."""
