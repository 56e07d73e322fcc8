"""When a site is due: the one rule, for the crawl that picks sites and for the status that announces them."""

from __future__ import annotations

from datetime import datetime

# Reports come out from January to April (due 31 January and 31 March): then a site is looked at every week.
SEASON = range(1, 5)
DAYS = {"season": 7, "rest": 30}


def days_between_visits(now: datetime) -> int:
    """Days after its last answer from which a site is due; one that did not answer since stays due."""
    return DAYS["season" if now.month in SEASON else "rest"]
