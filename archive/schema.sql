-- The work database (work.db in an archive folder). Rebuildable from the captures, the forms and the corrections.
-- Times are UTC, ISO 8601 with seconds and "Z". Booleans are 0/1. JSON columns say so.

-- ---- fetching (written by the crawler through archive/ledger.py, and by `nianbao add`) ----
CREATE TABLE IF NOT EXISTS runs (
  run_id TEXT PRIMARY KEY,           -- 20261120T111757Z-crawl-1f3a
  kind TEXT NOT NULL,                -- crawl | add | ingest
  started_at TEXT NOT NULL, finished_at TEXT,
  state TEXT NOT NULL,               -- running | finished | interrupted | failed
  args TEXT NOT NULL,                -- JSON: the options of the run
  vantage TEXT,                      -- where from: host name or the operator's label, never an address
  summary TEXT                       -- JSON: counts by outcome, reports found, comparison with the last good run
);
CREATE TABLE IF NOT EXISTS sites (
  site_id TEXT PRIMARY KEY,          -- site record's id, or the host of a bare homepage URL
  homepage TEXT NOT NULL, name TEXT, area_code TEXT,
  hosts TEXT NOT NULL,               -- JSON list
  platform TEXT, browser TEXT,       -- browser: never | auto | needed (learnt), see checked_at
  checked_at TEXT
);
CREATE TABLE IF NOT EXISTS list_calls (  -- seen in the browser, made again over plain HTTP
  call_id TEXT PRIMARY KEY,          -- site_id, a colon, and a hash of page_key
  site_id TEXT NOT NULL, page_key TEXT NOT NULL,   -- page_key: of the page whose list the call fills
  call TEXT NOT NULL                 -- JSON
);
CREATE TABLE IF NOT EXISTS captures (
  capture_id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs, site_id TEXT,
  url TEXT NOT NULL, final_url TEXT NOT NULL, referrer TEXT, anchor TEXT,  -- anchor: text of the link that led here
  role TEXT NOT NULL,                -- page | list | document | api | robots | asset
  fetched_at TEXT NOT NULL, outcome TEXT NOT NULL, http_status INTEGER, media_type TEXT,
  sha256 TEXT, size INTEGER,         -- of the decoded payload
  payload_sha256 TEXT,               -- of the payload as stored (still compressed): what a revisit must repeat
  -- Every row has a record: a response, revisit or resource, or, for an attempt that brought nothing, a metadata
  -- record that says so.
  warc_file TEXT, warc_offset INTEGER, warc_length INTEGER, record_type TEXT, record_id TEXT,
  via TEXT NOT NULL,                 -- http | browser | local
  vantage TEXT, etag TEXT, last_modified TEXT, detail TEXT,
  coding TEXT,                       -- content coding of the payload as stored, e.g. gzip
  truncated TEXT,                    -- why the body is not whole: length | time | disconnect
  refers_to TEXT                     -- of a revisit: record_id of the response whose payload it repeats
);
CREATE INDEX IF NOT EXISTS captures_final_url ON captures(final_url);
CREATE INDEX IF NOT EXISTS captures_file ON captures(warc_file);
DROP INDEX IF EXISTS captures_url;      -- of an earlier version: nearly every row twice in it
CREATE INDEX IF NOT EXISTS captures_moved ON captures(url) WHERE url <> final_url;
CREATE INDEX IF NOT EXISTS captures_sha256 ON captures(sha256);
DROP INDEX IF EXISTS captures_payload;  -- of an earlier version: what captures_sha256 does not find is rare
CREATE INDEX IF NOT EXISTS captures_undecoded ON captures(payload_sha256)
  WHERE sha256 IS NULL AND payload_sha256 IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS captures_record ON captures(record_id) WHERE record_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS frontier (
  url_key TEXT NOT NULL, run_id TEXT NOT NULL, url TEXT NOT NULL, site_id TEXT,
  depth INTEGER NOT NULL, priority INTEGER NOT NULL, role TEXT NOT NULL,
  referrer TEXT, anchor TEXT, meta TEXT,                                   -- meta: JSON
  state TEXT NOT NULL,               -- waiting | leased | done | failed | dropped (not needed any more)
  leased_until TEXT, attempts INTEGER NOT NULL DEFAULT 0, outcome TEXT,
  PRIMARY KEY (run_id, url_key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS frontier_site ON frontier(run_id, site_id, state, priority DESC, depth);

-- ---- reading (written by archive/ingest.py) ----
CREATE TABLE IF NOT EXISTS documents (
  sha256 TEXT PRIMARY KEY, media_type TEXT, size INTEGER,
  stamp TEXT NOT NULL,               -- parser version + hash of forms and headings
  is_report INTEGER NOT NULL, reason TEXT,
  result TEXT NOT NULL,              -- JSON: what `nianbao read --json` prints
  further TEXT,                      -- JSON list: the document's other reports (two years, two organs), each as result
  pictures TEXT,                     -- which of the page's pictures were read with it (hash); NULL for none
  read_at TEXT NOT NULL,
  -- What joins it with others to one report, so that nobody has to open every result for that.
  area_code TEXT, organ TEXT, organ_kind TEXT, year INTEGER, scope TEXT,
  row_sha256 TEXT                    -- over all columns above: `nianbao verify` sees a bit that flipped
);
-- What `nianbao ingest --all` has still to read again; empty but while it runs or after it was interrupted.
CREATE TABLE IF NOT EXISTS rereading (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (
  report_id TEXT PRIMARY KEY,        -- 141127-2023-government_office-1f3a9c
  area_code TEXT, province TEXT, prefecture TEXT, county TEXT,
  organ TEXT, organ_kind TEXT, admin_level TEXT, scope TEXT NOT NULL, year INTEGER,
  signature TEXT NOT NULL DEFAULT '' -- hash of the readings and sightings it was put together from
);
CREATE TABLE IF NOT EXISTS editions (
  edition_id TEXT PRIMARY KEY,       -- <report_id>@1
  report_id TEXT NOT NULL REFERENCES reports, ordinal INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES documents,       -- the document it is read from
  form TEXT, title TEXT, signatory TEXT, signed_on TEXT, published_on TEXT, index_no TEXT, document_no TEXT,
  url TEXT, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, gone_since TEXT
);
CREATE INDEX IF NOT EXISTS editions_report ON editions(report_id, ordinal);
CREATE TABLE IF NOT EXISTS edition_documents (
  edition_id TEXT NOT NULL REFERENCES editions, sha256 TEXT NOT NULL, url TEXT NOT NULL, media_type TEXT,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  part INTEGER NOT NULL DEFAULT 0,   -- which report of the document: 0 is its result, n the n-th of its further ones
  PRIMARY KEY (edition_id, sha256, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cells (
  edition_id TEXT NOT NULL REFERENCES editions, key TEXT NOT NULL,
  value REAL, raw TEXT, status TEXT NOT NULL, place TEXT, proof TEXT,     -- place: JSON
  PRIMARY KEY (edition_id, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sections (
  edition_id TEXT NOT NULL REFERENCES editions, number INTEGER NOT NULL, title TEXT, text TEXT,
  PRIMARY KEY (edition_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (
  edition_id TEXT NOT NULL REFERENCES editions, n INTEGER NOT NULL,
  kind TEXT NOT NULL, value REAL, approx INTEGER NOT NULL, unit TEXT, sentence TEXT, section INTEGER,
  PRIMARY KEY (edition_id, n)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (
  edition_id TEXT NOT NULL REFERENCES editions, n INTEGER NOT NULL,
  rule TEXT NOT NULL, severity TEXT, verdict TEXT NOT NULL, doubt TEXT, cells TEXT,   -- cells: JSON
  left_value REAL, right_value REAL, message_zh TEXT, message_en TEXT,
  ground_zh TEXT, ground_en TEXT,    -- on what the doubt rests
  evidence TEXT,                     -- JSON: pairs of what is quoted (a key, "sentence") and its raw text
  other_report_id TEXT,              -- the report that this one is compared with
  PRIMARY KEY (edition_id, n)
) WITHOUT ROWID;

-- ---- what the numbers say against each other (written by archive/assess.py and archive/copies.py) ----
-- Up to which capture the reports have been put together; later ones wait for an ingest.
CREATE TABLE IF NOT EXISTS assembled (one INTEGER PRIMARY KEY CHECK (one = 1), capture_id INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS assessments (
  report_id TEXT PRIMARY KEY, signature TEXT NOT NULL  -- hash of all that its findings rest on
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts (
  report_id TEXT NOT NULL, rule_id TEXT NOT NULL,
  passed INTEGER NOT NULL, failed INTEGER NOT NULL, not_assessable INTEGER NOT NULL,
  PRIMARY KEY (report_id, rule_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text_marks (
  report_id TEXT PRIMARY KEY, signature TEXT NOT NULL,
  marks BLOB NOT NULL,               -- of each clause its mark, then of each its finer mark (archive/clauses.py)
  clauses BLOB NOT NULL DEFAULT x''  -- the clauses, numbers and names masked, a line each; zlib
) WITHOUT ROWID;
-- A report that is written anew or goes takes its assessment with it, so that findings never outlive what they rest on.
CREATE TRIGGER IF NOT EXISTS reports_forgotten AFTER DELETE ON reports BEGIN
  DELETE FROM assessments WHERE report_id = OLD.report_id;
  DELETE FROM verdicts WHERE report_id = OLD.report_id;
  DELETE FROM text_marks WHERE report_id = OLD.report_id;
END;
CREATE TABLE IF NOT EXISTS copies (
  report_id TEXT NOT NULL, other_report_id TEXT NOT NULL,
  kind TEXT NOT NULL,                -- last_year | other_body
  rate REAL NOT NULL,                -- share of the report's text that stands in the other one
  n_shared INTEGER NOT NULL, n_edited INTEGER NOT NULL DEFAULT 0, n_changed INTEGER NOT NULL,  -- sentences
  -- JSON: examples; edited and changed are pairs [here, there]
  shared TEXT NOT NULL, edited TEXT NOT NULL DEFAULT '[]', changed TEXT NOT NULL,
  PRIMARY KEY (report_id, other_report_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text_pairs (
  report_id TEXT NOT NULL, other_report_id TEXT NOT NULL,
  signature TEXT NOT NULL,           -- hash of all that the comparison of the two texts rests on
  PRIMARY KEY (report_id, other_report_id)
) WITHOUT ROWID;
