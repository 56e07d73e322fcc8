"""When a site is due: the one rule, for the crawl that picks sites and for the status that announces them."""

from __future__ import annotations

import sqlite3
from datetime import datetime

# Reports come out from January to April (due 31 January and 31 March): then a site is looked at every week.
SEASON = range(1, 5)
DAYS = {"season": 7, "rest": 30}

# A run that was killed leaves tasks of its sites open. After a rebuild nobody knows which, so none of its sites counts.
_DONE = """
SELECT site_id, max(at) FROM (
  SELECT run_id, site_id, max(fetched_at) AS at FROM captures
  WHERE outcome IN ('ok', 'not_modified') AND role IN ('page', 'list') AND site_id IS NOT NULL AND fetched_at <= :now
  GROUP BY run_id, site_id
) AS visit JOIN runs USING (run_id)
WHERE runs.state = 'finished' OR (
  EXISTS (SELECT 1 FROM frontier AS f WHERE f.run_id = visit.run_id AND f.site_id = visit.site_id)
  AND NOT EXISTS (SELECT 1 FROM frontier AS f WHERE f.run_id = visit.run_id AND f.site_id = visit.site_id
                  AND f.state IN ('waiting', 'leased'))
) GROUP BY site_id
"""


def days_between_visits(now: datetime) -> int:
    """Days after its last visit from which a site is due; one that was not seen to the end since stays due."""
    return DAYS["season" if now.month in SEASON else "rest"]


def last_visits(conn: sqlite3.Connection, now: datetime) -> dict[str, str]:
    """When each site answered last in a run that looked at all of it (times as in ``fetched_at``).

    A site whose visit broke off (killed, stopped, still going on) does not count as looked at, nor does an answer
    from the future, which a wrong clock wrote.
    """
    return dict(conn.execute(_DONE, {"now": now.strftime("%Y-%m-%dT%H:%M:%SZ")}).fetchall())
