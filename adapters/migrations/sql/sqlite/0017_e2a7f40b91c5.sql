-- revision: e2a7f40b91c5
-- parent: c9e5a3170b4d
-- message: the values of metrics beside the documents, and how often results were changed
-- created: 2026-11-27T18:40:00Z
-- compatible: yes
-- derives: metric_path, result_metric, reference_change, result_count.changes

-- +up
-- As in PostgreSQL. The paths are in SQLite's own form.
CREATE TABLE metric_path (
    id INTEGER PRIMARY KEY,
    benchmark_id TEXT NOT NULL,
    spec TEXT NOT NULL,
    value TEXT NOT NULL,
    samples TEXT,
    resource TEXT,
    label TEXT,
    filled BOOLEAN NOT NULL,
    CONSTRAINT metric_path_benchmark_id_spec_key UNIQUE (benchmark_id, spec)
);

CREATE TABLE result_metric (
    metric INTEGER NOT NULL,
    result_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    flavor_id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    execution_datetime TEXT NOT NULL,
    whole BOOLEAN NOT NULL,
    value TEXT,
    samples TEXT,
    resource TEXT,
    label TEXT,
    image_digest TEXT,
    PRIMARY KEY (metric, result_id)
) WITHOUT ROWID;
CREATE INDEX result_metric_result_idx ON result_metric (result_id);

-- The rows of all results, hidden ones too, for each metric of their benchmarks. A document
-- that is not JSON has no values.
CREATE VIEW result_metric_derived AS
SELECT metric, result_id, deleted, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime, whole,
    CASE WHEN whole THEN value END AS value, CASE WHEN whole THEN samples END AS samples,
    CASE WHEN whole THEN resource END AS resource, CASE WHEN whole THEN label END AS label, image_digest
FROM (
    SELECT *, coalesce(length(CAST(value AS BLOB)), 0) + coalesce(length(CAST(samples AS BLOB)), 0)
        + coalesce(length(CAST(resource AS BLOB)), 0) + coalesce(length(CAST(label AS BLOB)), 0) <= 2000 AS whole
    FROM (
        SELECT m.id AS metric, r.id AS result_id, r.deleted, r.site_id, r.flavor_id, r.uploader_sub, r.uploader_iss, r.upload_datetime,
            r.execution_datetime, r.image_digest,
            CASE WHEN json_valid(r.json) THEN r.json -> m.value END AS value,
            CASE WHEN m.samples IS NOT NULL AND json_valid(r.json) THEN r.json -> m.samples END AS samples,
            CASE WHEN m.resource IS NOT NULL AND json_valid(r.json) THEN r.json -> m.resource END AS resource,
            CASE WHEN m.label IS NOT NULL AND json_valid(r.json) THEN r.json -> m.label END AS label
        FROM metric_path AS m JOIN result AS r ON r.benchmark_id = m.benchmark_id
    )
);

CREATE TRIGGER result_metric_insert AFTER INSERT ON result WHEN NOT NEW.deleted
BEGIN
    INSERT OR IGNORE INTO result_metric
        SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime, whole,
            value, samples, resource, label, image_digest
        FROM result_metric_derived WHERE result_id = NEW.id;
END;
CREATE TRIGGER result_metric_update AFTER UPDATE OF id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime,
    execution_datetime, deleted, json, image_digest ON result
BEGIN
    DELETE FROM result_metric WHERE result_id = OLD.id;
    INSERT OR IGNORE INTO result_metric
        SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime, whole,
            value, samples, resource, label, image_digest
        FROM result_metric_derived WHERE result_id = NEW.id AND NOT deleted;
END;
CREATE TRIGGER result_metric_delete AFTER DELETE ON result
BEGIN
    DELETE FROM result_metric WHERE result_id = OLD.id;
END;
CREATE TRIGGER metric_path_delete AFTER DELETE ON benchmark
BEGIN
    DELETE FROM metric_path WHERE benchmark_id = OLD.id;
END;

-- As in PostgreSQL.
ALTER TABLE result_count ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
CREATE TRIGGER result_count_changed_insert AFTER INSERT ON result
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = NEW.benchmark_id;
END;
CREATE TRIGGER result_count_changed_update AFTER UPDATE OF id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime,
    execution_datetime, deleted, json, image_digest ON result
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id IN (OLD.benchmark_id, NEW.benchmark_id);
END;
CREATE TRIGGER result_count_changed_delete AFTER DELETE ON result
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = OLD.benchmark_id;
END;
-- How often benchmarks, sites, flavors and tags were changed, in one row.
CREATE TABLE reference_change (changes BIGINT NOT NULL);
INSERT INTO reference_change (changes) VALUES (0);
CREATE TRIGGER reference_change_benchmark_insert AFTER INSERT ON benchmark
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_benchmark_update AFTER UPDATE ON benchmark
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_benchmark_delete AFTER DELETE ON benchmark
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_site_insert AFTER INSERT ON site
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_site_update AFTER UPDATE ON site
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_site_delete AFTER DELETE ON site
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_flavor_insert AFTER INSERT ON flavor
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_flavor_update AFTER UPDATE ON flavor
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_flavor_delete AFTER DELETE ON flavor
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_tag_insert AFTER INSERT ON tag
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_tag_update AFTER UPDATE ON tag
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_tag_delete AFTER DELETE ON tag
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;

-- +down
DROP TRIGGER reference_change_tag_delete;
DROP TRIGGER reference_change_tag_update;
DROP TRIGGER reference_change_tag_insert;
DROP TRIGGER reference_change_flavor_delete;
DROP TRIGGER reference_change_flavor_update;
DROP TRIGGER reference_change_flavor_insert;
DROP TRIGGER reference_change_site_delete;
DROP TRIGGER reference_change_site_update;
DROP TRIGGER reference_change_site_insert;
DROP TRIGGER reference_change_benchmark_delete;
DROP TRIGGER reference_change_benchmark_update;
DROP TRIGGER reference_change_benchmark_insert;
DROP TABLE reference_change;
DROP TRIGGER result_count_changed_delete;
DROP TRIGGER result_count_changed_update;
DROP TRIGGER result_count_changed_insert;
ALTER TABLE result_count DROP COLUMN changes;
DROP TRIGGER metric_path_delete;
DROP TRIGGER result_metric_delete;
DROP TRIGGER result_metric_update;
DROP TRIGGER result_metric_insert;
DROP VIEW result_metric_derived;
DROP TABLE result_metric;
DROP TABLE metric_path;
