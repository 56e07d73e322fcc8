"""Off-peak hours: fetching only at certain hours of the day, in China's time, as small servers like it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def parse_hours(value: str) -> tuple[int, int] | None:
    """``20-7`` as first hour and the hour at which it ends; None if the text is no such range."""
    found = re.fullmatch(r"(\d{1,2})\s*-\s*(\d{1,2})", value.strip())
    first, last = (int(found[1]), int(found[2])) if found else (24, 24)
    return (first, last) if first < 24 and last <= 24 and first != last else None


def is_open(hours: tuple[int, int] | None, now: datetime | None = None) -> bool:
    """True if fetching is allowed at this time; the range may run over midnight."""
    if hours is None:
        return True
    hour = (now or datetime.now(UTC)).astimezone(CHINA).hour
    first, last = hours
    return first <= hour < last if first < last else hour >= first or hour < last
