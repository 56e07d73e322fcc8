-- Fills the public database from the work database (attached as `work`). The functions deadline(), deadline_reason(),
-- base_rule(), pinyin(), initials() and spread() are registered by archive/build.py. NULL stays NULL everywhere.

INSERT INTO sites SELECT site_id, name, homepage, area_code, hosts, platform, checked_at FROM work.sites;

INSERT INTO captures
  SELECT capture_id, url, final_url, fetched_at, outcome, http_status, media_type, sha256, size,
         -- Of an attempt that brought nothing only the note of it is kept, which is no page to show.
         iif(record_type = 'metadata', NULL, warc_file), warc_offset, warc_length, record_type, role, via, vantage,
         site_id
  FROM work.captures;

INSERT INTO editions(edition_id, report_id, ordinal, is_current, sha256, form, title, signatory, signed_on,
                     published_on, index_no, document_no, url, first_seen, last_seen, gone_since)
  SELECT edition_id, report_id, ordinal,
         ordinal = max(ordinal) OVER (PARTITION BY report_id),
         sha256, form, title, signatory, signed_on, published_on, index_no, document_no, url, first_seen, last_seen,
         gone_since
  FROM work.editions ORDER BY report_id, ordinal;

INSERT INTO documents
  SELECT edition_id, sha256, url, media_type, first_seen, last_seen FROM work.edition_documents;

-- The node path is kept only where no table, row and column say the same.
INSERT INTO _cells
  SELECT e.edition_no, f.field_no, c.value, c.raw, s.status_no, c.proof,
         c.place ->> 'page', c.place ->> 'table', c.place ->> 'row', c.place ->> 'column', c.place ->> 'line',
         nullif(json_remove(c.place, '$.page', '$.table', '$.row', '$.column', '$.line',
                            CASE WHEN c.place ->> 'row' IS NULL THEN '$.row' ELSE '$.path' END), '{}')
  FROM work.cells AS c
  JOIN editions AS e ON e.edition_id = c.edition_id
  JOIN fields AS f ON f.form = e.form AND f.key = c.key
  JOIN statuses AS s ON s.status = c.status
  ORDER BY e.edition_no, f.field_no;

INSERT INTO sections(report_id, edition_id, number, title, text)
  SELECT e.report_id, e.edition_id, s.number, s.title, s.text
  FROM work.sections AS s JOIN editions AS e ON e.edition_id = s.edition_id
  JOIN work.reports AS r ON r.report_id = e.report_id
  -- Newest first, so that search can give the newest hits without sorting all of them.
  WHERE e.is_current ORDER BY r.year DESC, e.edition_no, s.number;

INSERT INTO claims(report_id, edition_id, kind, value, approx, unit, sentence, section)
  SELECT e.report_id, e.edition_id, c.kind, c.value, c.approx, c.unit, c.sentence, c.section
  FROM work.claims AS c JOIN editions AS e ON e.edition_id = c.edition_id
  WHERE e.is_current ORDER BY e.edition_no, c.n;

INSERT INTO findings(report_id, edition_id, rule, rule_id, severity, verdict, doubt, cells, left_value, right_value,
                     message_zh, message_en, ground_zh, ground_en, evidence, other_report_id)
  SELECT e.report_id, e.edition_id, f.rule, base_rule(f.rule), f.severity, f.verdict, f.doubt, f.cells, f.left_value,
         f.right_value, f.message_zh, f.message_en, f.ground_zh, f.ground_en, f.evidence, f.other_report_id
  FROM work.findings AS f JOIN editions AS e ON e.edition_id = f.edition_id
  WHERE e.is_current ORDER BY e.edition_no, f.n;

INSERT INTO reports(report_id, title, year, area_code, province, prefecture, county, organ, organ_kind, admin_level,
                    scope, form, published_on, signed_on, deadline, days_late, deadline_reason, url, edition_id,
                    n_editions, first_seen, last_seen, gone_since)
  SELECT r.report_id, e.title, r.year, r.area_code, r.province, r.prefecture, r.county, r.organ, r.organ_kind,
         r.admin_level, r.scope, e.form, e.published_on, e.signed_on,
         deadline(r.year, r.organ_kind, r.admin_level), NULL, deadline_reason(r.year, r.organ_kind, r.admin_level),
         e.url, e.edition_id, span.n, span.first_seen, span.last_seen, e.gone_since
  FROM work.reports AS r
  JOIN editions AS e ON e.report_id = r.report_id AND e.is_current
  JOIN (SELECT report_id, count(*) AS n, min(first_seen) AS first_seen, max(last_seen) AS last_seen
        FROM editions GROUP BY report_id) AS span ON span.report_id = r.report_id
  ORDER BY r.year DESC, r.area_code, r.report_id;

UPDATE reports SET days_late = max(0, CAST(julianday(published_on) - julianday(deadline) AS INTEGER))
  WHERE published_on IS NOT NULL AND deadline IS NOT NULL;

UPDATE reports SET
  n_printed = n.printed, n_derived = n.derived, n_blank = n.blank, n_unknown = n.unreadable, n_absent = n.absent
FROM (
  SELECT e.report_id, sum(s.status IN ('printed', 'aligned')) AS printed, sum(s.status = 'derived') AS derived,
         sum(s.status IN ('blank', 'mark')) AS blank, sum(s.status = 'unreadable') AS unreadable,
         sum(s.status = 'absent') AS absent
  FROM editions AS e JOIN _cells AS c ON c.edition_no = e.edition_no JOIN statuses AS s ON s.status_no = c.status_no
  WHERE e.is_current GROUP BY e.report_id
) AS n WHERE n.report_id = reports.report_id;

-- What is only worth a look is counted apart: it is no contradiction.
UPDATE reports SET n_findings = n.fail, n_infos = n.info, n_not_assessed = n.not_assessable
FROM (
  SELECT report_id, sum(verdict = 'fail' AND severity IS NOT 'info') AS fail,
         sum(verdict = 'fail' AND severity IS 'info') AS info, sum(verdict = 'not_assessable') AS not_assessable
  FROM findings GROUP BY report_id
) AS n WHERE n.report_id = reports.report_id;

INSERT INTO organs(area_code, province, prefecture, county, organ, organ_kind, admin_level, n_reports, first_year,
                   last_year, pinyin, initials)
  SELECT area_code, max(province), max(prefecture), max(county), organ, max(organ_kind), max(admin_level), count(*),
         min(year), max(year), pinyin(organ), initials(organ)
  FROM reports WHERE organ IS NOT NULL GROUP BY area_code, organ ORDER BY area_code, count(*) DESC, organ;

INSERT INTO copies
  SELECT c.report_id, c.other_report_id, c.kind, c.rate, c.n_shared, c.n_edited, c.n_changed, c.shared,
         c.edited, c.changed
  FROM work.copies AS c JOIN reports AS r ON r.report_id = c.report_id
  JOIN reports AS o ON o.report_id = c.other_report_id
  ORDER BY c.rate DESC, c.report_id;

-- Both sides count applications of a rule: one for each column, row or claim it looks at.
INSERT INTO rule_rates
  SELECT v.rule_id, r.year, r.admin_level, r.form, count(*), sum(v.passed), sum(v.failed), sum(v.not_assessable),
         total(d.source), total(d.reading), total(d.open),
         round(1.0 * sum(v.failed) / nullif(sum(v.passed) + sum(v.failed), 0), 6)
  FROM work.verdicts AS v JOIN reports AS r ON r.report_id = v.report_id
  LEFT JOIN (
    SELECT report_id, rule_id, sum(doubt = 'source') AS source, sum(doubt = 'reading') AS reading,
           sum(doubt = 'open') AS open
    FROM findings WHERE verdict = 'fail' GROUP BY report_id, rule_id
  ) AS d ON d.report_id = v.report_id AND d.rule_id = v.rule_id
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

-- A change is another value, or another reason for having none. The same key is compared, so a cell that only one
-- edition's form has counts as a change too.
WITH step AS (
  SELECT new.report_id, old.edition_no AS old_no, new.edition_no AS new_no,
         old.edition_id AS old_id, new.edition_id AS new_id
  FROM editions AS new JOIN editions AS old ON old.report_id = new.report_id
  WHERE old.ordinal = (SELECT max(ordinal) FROM editions WHERE report_id = new.report_id AND ordinal < new.ordinal)
),
both_sides AS (
  SELECT step.*, f.key, c.value AS old_value, c.raw AS old_raw, c.status_no AS old_status_no,
         NULL AS new_value, NULL AS new_raw, NULL AS new_status_no
  FROM step JOIN _cells AS c ON c.edition_no = step.old_no JOIN fields AS f ON f.field_no = c.field_no
  UNION ALL
  SELECT step.*, f.key, NULL, NULL, NULL, c.value, c.raw, c.status_no
  FROM step JOIN _cells AS c ON c.edition_no = step.new_no JOIN fields AS f ON f.field_no = c.field_no
),
pairs AS (
  SELECT report_id, key, old_id, new_id, max(old_value) AS old_value, max(new_value) AS new_value,
         max(old_raw) AS old_raw, max(new_raw) AS new_raw,
         max(old_status_no) AS old_status_no, max(new_status_no) AS new_status_no
  FROM both_sides GROUP BY report_id, key, old_id, new_id
)
INSERT INTO changes
  SELECT p.report_id, p.key, p.old_id, p.new_id, p.old_value, p.new_value, p.old_raw, p.new_raw, a.status, b.status
  FROM pairs AS p
  LEFT JOIN statuses AS a ON a.status_no = p.old_status_no
  LEFT JOIN statuses AS b ON b.status_no = p.new_status_no
  WHERE p.old_value IS NOT p.new_value
     OR (p.old_value IS NULL AND p.old_status_no IS NOT p.new_status_no)
  ORDER BY p.report_id, p.new_id, p.key;

INSERT INTO sections_fts(rowid, title, text) SELECT section_no, spread(title), spread(text) FROM sections;
INSERT INTO reports_fts(rowid, title, organ, province, prefecture, county)
  SELECT rowid, spread(title), spread(organ), spread(province), spread(prefecture), spread(county) FROM reports;
INSERT INTO sections_fts(sections_fts) VALUES ('optimize');
INSERT INTO reports_fts(reports_fts) VALUES ('optimize');
