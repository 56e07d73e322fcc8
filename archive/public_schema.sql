-- The public database (public.db), rebuilt for each publication and opened immutable. What each table and column
-- means is said in data/tables.yml. Integer keys (…_no) are of this publication only: cite report_id and key.
-- `_cells` is the narrow storage behind the view `cells`; everything that people filter by is a real table.

CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

-- Counted once: Datasette would count at every start.
CREATE TABLE _row_counts (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE divisions (
  area_code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT, province TEXT, prefecture TEXT, parent_code TEXT,
  valid_from TEXT, valid_to TEXT, succeeded_by TEXT, former_names TEXT, pinyin TEXT, initials TEXT
);
CREATE INDEX divisions_province ON divisions(province);

CREATE TABLE sites (
  site_id TEXT PRIMARY KEY, name TEXT, homepage TEXT, area_code TEXT, hosts TEXT, platform TEXT, checked_at TEXT
);

CREATE TABLE statuses (
  status_no INTEGER PRIMARY KEY, status TEXT NOT NULL UNIQUE, label_zh TEXT NOT NULL, label_en TEXT NOT NULL,
  meaning_zh TEXT NOT NULL, meaning_en TEXT NOT NULL
);

CREATE TABLE fields (
  field_no INTEGER PRIMARY KEY, form TEXT NOT NULL, key TEXT NOT NULL,
  "table" TEXT NOT NULL, "row" TEXT NOT NULL, "column" TEXT NOT NULL,
  label_zh TEXT NOT NULL, label_en TEXT NOT NULL, unit TEXT NOT NULL, number TEXT NOT NULL,
  comparability TEXT, comparable_keys TEXT, comparability_note TEXT,
  UNIQUE (form, key)
);

CREATE TABLE claim_kinds (
  kind TEXT PRIMARY KEY, label_zh TEXT NOT NULL, label_en TEXT NOT NULL, unit TEXT NOT NULL
);

CREATE TABLE rules (
  rule_id TEXT PRIMARY KEY, severity TEXT NOT NULL, forms TEXT, message_zh TEXT NOT NULL, message_en TEXT NOT NULL,
  formula TEXT, source TEXT
);

CREATE TABLE reports (
  report_id TEXT PRIMARY KEY, title TEXT, year INTEGER, area_code TEXT REFERENCES divisions(area_code),
  province TEXT, prefecture TEXT, county TEXT, organ TEXT, organ_kind TEXT, admin_level TEXT, scope TEXT NOT NULL,
  form TEXT, published_on TEXT, signed_on TEXT, deadline TEXT, days_late INTEGER, deadline_reason TEXT, url TEXT,
  edition_id TEXT, n_editions INTEGER NOT NULL, first_seen TEXT, last_seen TEXT, gone_since TEXT,
  n_printed INTEGER NOT NULL DEFAULT 0, n_derived INTEGER NOT NULL DEFAULT 0, n_blank INTEGER NOT NULL DEFAULT 0,
  n_unknown INTEGER NOT NULL DEFAULT 0, n_absent INTEGER NOT NULL DEFAULT 0,
  n_findings INTEGER NOT NULL DEFAULT 0, n_infos INTEGER NOT NULL DEFAULT 0, n_not_assessed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX reports_area ON reports(area_code, year);
CREATE INDEX reports_year ON reports(year, province);

CREATE TABLE organs (
  organ_no INTEGER PRIMARY KEY, area_code TEXT REFERENCES divisions(area_code), province TEXT, prefecture TEXT,
  county TEXT, organ TEXT NOT NULL, organ_kind TEXT, admin_level TEXT, n_reports INTEGER NOT NULL, first_year INTEGER,
  last_year INTEGER, pinyin TEXT, initials TEXT
);
CREATE INDEX organs_area ON organs(area_code);

CREATE TABLE editions (
  edition_no INTEGER PRIMARY KEY, edition_id TEXT NOT NULL UNIQUE, report_id TEXT NOT NULL REFERENCES reports(report_id),
  ordinal INTEGER NOT NULL, is_current INTEGER NOT NULL, sha256 TEXT, form TEXT, title TEXT, signatory TEXT,
  signed_on TEXT, published_on TEXT, index_no TEXT, document_no TEXT, url TEXT,
  first_seen TEXT, last_seen TEXT, gone_since TEXT
);
CREATE INDEX editions_report ON editions(report_id, ordinal);

CREATE TABLE documents (
  edition_id TEXT NOT NULL REFERENCES editions(edition_id), sha256 TEXT NOT NULL, url TEXT NOT NULL, media_type TEXT,
  first_seen TEXT, last_seen TEXT,
  PRIMARY KEY (edition_id, sha256, url)
);
CREATE INDEX documents_sha256 ON documents(sha256);

CREATE TABLE captures (
  capture_id INTEGER PRIMARY KEY, url TEXT NOT NULL, final_url TEXT, fetched_at TEXT NOT NULL, outcome TEXT NOT NULL,
  http_status INTEGER, media_type TEXT, sha256 TEXT, size INTEGER, warc_file TEXT, warc_offset INTEGER,
  warc_length INTEGER, record_type TEXT, role TEXT, via TEXT, vantage TEXT, site_id TEXT
);
CREATE INDEX captures_sha256 ON captures(sha256);
CREATE INDEX captures_outcome ON captures(outcome);
CREATE INDEX captures_site ON captures(site_id);

-- Places as small integers: as JSON texts they were two thirds of the file. `more` is JSON: what else is known.
CREATE TABLE _cells (
  edition_no INTEGER NOT NULL REFERENCES editions(edition_no), field_no INTEGER NOT NULL REFERENCES fields(field_no),
  value NUMERIC, raw TEXT, status_no INTEGER NOT NULL REFERENCES statuses(status_no), proof TEXT,
  place_page INTEGER, place_table INTEGER, place_row INTEGER, place_column INTEGER, place_line INTEGER, place_more TEXT,
  PRIMARY KEY (edition_no, field_no)
) WITHOUT ROWID;

CREATE VIEW _placed AS
  SELECT edition_no, field_no, value, raw, status_no, proof,
         nullif(json_patch(coalesce(place_more, '{}'), json_object(
           'page', place_page, 'table', place_table, 'row', place_row, 'column', place_column, 'line', place_line
         )), '{}') AS place
  FROM _cells;

CREATE VIEW cells AS
  SELECT e.report_id, f.key, f."table", f."row", f."column", c.value, c.raw, s.status, f.unit, c.place, e.edition_id,
         e.is_current, c.proof, f.label_zh, k.new_value AS corrected_value
  FROM editions AS e
  JOIN _placed AS c ON c.edition_no = e.edition_no
  JOIN fields AS f ON f.field_no = c.field_no
  JOIN statuses AS s ON s.status_no = c.status_no
  LEFT JOIN corrections AS k ON k.report_id = e.report_id AND k.key = f.key AND k.state = 'used' AND e.is_current;

CREATE TABLE sections (
  section_no INTEGER PRIMARY KEY, report_id TEXT NOT NULL REFERENCES reports(report_id), edition_id TEXT NOT NULL,
  number INTEGER NOT NULL, title TEXT, text TEXT
);
CREATE INDEX sections_report ON sections(report_id, number);
-- One character a token; filled by hand, never by FTS5's own 'rebuild', which would read the text unsplit.
CREATE VIRTUAL TABLE sections_fts USING fts5(title, text, content="sections", tokenize='unicode61');
CREATE VIRTUAL TABLE reports_fts USING fts5(title, organ, province, prefecture, county, content="reports",
                                            tokenize='unicode61');

CREATE TABLE claims (
  claim_no INTEGER PRIMARY KEY, report_id TEXT NOT NULL REFERENCES reports(report_id), edition_id TEXT NOT NULL,
  kind TEXT NOT NULL, value NUMERIC, approx INTEGER NOT NULL, unit TEXT, sentence TEXT, section INTEGER
);
CREATE INDEX claims_report ON claims(report_id);
CREATE INDEX claims_kind ON claims(kind);

CREATE TABLE findings (
  finding_no INTEGER PRIMARY KEY, report_id TEXT NOT NULL REFERENCES reports(report_id), edition_id TEXT NOT NULL,
  rule TEXT NOT NULL, rule_id TEXT NOT NULL, severity TEXT, verdict TEXT NOT NULL, doubt TEXT, cells TEXT,
  left_value NUMERIC, right_value NUMERIC, message_zh TEXT, message_en TEXT, ground_zh TEXT, ground_en TEXT,
  evidence TEXT, other_report_id TEXT
);
CREATE INDEX findings_report ON findings(report_id);
CREATE INDEX findings_rule ON findings(rule_id, verdict);

CREATE TABLE rule_rates (
  rule_id TEXT NOT NULL, year INTEGER, admin_level TEXT, form TEXT, n_reports INTEGER NOT NULL,
  passed INTEGER NOT NULL, failed INTEGER NOT NULL, not_assessable INTEGER NOT NULL,
  n_source INTEGER NOT NULL, n_reading INTEGER NOT NULL, n_open INTEGER NOT NULL, fail_rate REAL
);
CREATE INDEX rule_rates_rule ON rule_rates(rule_id, year);

CREATE TABLE reading_errors (
  measured_on TEXT NOT NULL, documents TEXT NOT NULL, kind TEXT NOT NULL, n_documents INTEGER NOT NULL,
  n_cells INTEGER NOT NULL, n_wrong INTEGER NOT NULL, n_missed INTEGER NOT NULL, wrong_rate REAL, wrong_rate_high REAL
);

CREATE TABLE copies (
  report_id TEXT NOT NULL REFERENCES reports(report_id), other_report_id TEXT NOT NULL REFERENCES reports(report_id),
  kind TEXT NOT NULL, rate REAL NOT NULL, n_shared INTEGER NOT NULL, n_edited INTEGER NOT NULL,
  n_changed INTEGER NOT NULL, shared TEXT, edited TEXT, changed TEXT,
  PRIMARY KEY (report_id, other_report_id)
);
CREATE INDEX copies_rate ON copies(kind, rate);

CREATE TABLE jumps (
  report_id TEXT NOT NULL REFERENCES reports(report_id), kind TEXT NOT NULL, name TEXT NOT NULL, value NUMERIC NOT NULL,
  last_value NUMERIC, last_report_id TEXT, own_low NUMERIC, own_high NUMERIC, n_years INTEGER NOT NULL,
  peer_median NUMERIC, peer_high NUMERIC, n_peers INTEGER NOT NULL, message_zh TEXT NOT NULL, message_en TEXT NOT NULL
);
CREATE INDEX jumps_report ON jumps(report_id);
CREATE INDEX jumps_kind ON jumps(kind, name);

CREATE TABLE revisions (
  released_at TEXT NOT NULL, report_id TEXT NOT NULL, key TEXT, kind TEXT NOT NULL, old_value NUMERIC,
  new_value NUMERIC, why TEXT NOT NULL
);
CREATE INDEX revisions_released ON revisions(released_at);
CREATE INDEX revisions_report ON revisions(report_id);

CREATE TABLE changes (
  report_id TEXT NOT NULL REFERENCES reports(report_id), key TEXT NOT NULL, old_edition_id TEXT NOT NULL,
  new_edition_id TEXT NOT NULL, old_value NUMERIC, new_value NUMERIC, old_raw TEXT, new_raw TEXT,
  old_status TEXT, new_status TEXT,
  PRIMARY KEY (report_id, new_edition_id, key)
);

CREATE TABLE text_changes (
  report_id TEXT NOT NULL REFERENCES reports(report_id), old_edition_id TEXT NOT NULL, new_edition_id TEXT NOT NULL,
  n INTEGER NOT NULL, section INTEGER NOT NULL, kind TEXT NOT NULL, old_text TEXT, new_text TEXT,
  PRIMARY KEY (report_id, new_edition_id, n)
);

-- A layer of its own: the printed value stays what it is in `cells`, the corrected one stands beside it.
CREATE TABLE corrections (
  report_id TEXT NOT NULL, key TEXT NOT NULL, old_value NUMERIC, new_value NUMERIC, why TEXT NOT NULL,
  who TEXT NOT NULL, evidence TEXT NOT NULL, corrected_on TEXT NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (report_id, key)
);

CREATE TABLE coverage (
  area_code TEXT NOT NULL REFERENCES divisions(area_code), year INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
  checked_at TEXT, report_id TEXT, published_on TEXT, first_seen TEXT, n_runs INTEGER NOT NULL DEFAULT 0,
  reason_en TEXT,
  PRIMARY KEY (area_code, year)
);
CREATE INDEX coverage_state ON coverage(state, year);
