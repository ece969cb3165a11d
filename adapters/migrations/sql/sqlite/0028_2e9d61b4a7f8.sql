-- revision: 2e9d61b4a7f8
-- parent: f1c86a2e9d04
-- message: the embedded database derives nothing from an upload that the server has derived
-- created: 2026-11-28T13:10:00Z
-- compatible: yes

-- +up
-- The server writes what is derived from its uploads before the results: their values of metrics, and
-- their rows in the index of values. For results of other programs, which have no such rows, the
-- triggers do what they did.
DROP TRIGGER result_metric_insert;
CREATE TRIGGER result_metric_insert AFTER INSERT ON result
    WHEN NOT NEW.deleted AND NOT EXISTS (SELECT 1 FROM result_metric WHERE result_id = NEW.id)
BEGIN
    INSERT OR IGNORE INTO result_metric
        SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime, whole,
            value, samples, resource, label, image_digest
        FROM result_metric_derived WHERE result_id = NEW.id;
END;
DROP TRIGGER result_value_insert;
CREATE TRIGGER result_value_insert AFTER INSERT ON result
    WHEN NOT EXISTS (SELECT 1 FROM result_value_keys WHERE result_id = NEW.id)
BEGIN
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (NEW.id);
END;

-- +down
DROP TRIGGER result_value_insert;
CREATE TRIGGER result_value_insert AFTER INSERT ON result
BEGIN
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (NEW.id);
END;
DROP TRIGGER result_metric_insert;
CREATE TRIGGER result_metric_insert AFTER INSERT ON result WHEN NOT NEW.deleted
BEGIN
    INSERT OR IGNORE INTO result_metric
        SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime, whole,
            value, samples, resource, label, image_digest
        FROM result_metric_derived WHERE result_id = NEW.id;
END;
