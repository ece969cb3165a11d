-- revision: 7c1e9b40d3a6
-- parent: 9c4e7a15d8b2
-- message: a change of which results bear which tags, and of derived metrics, is a change of the data
-- created: 2026-11-28T01:05:00Z
-- compatible: yes

-- +up
-- As in PostgreSQL.
CREATE TRIGGER result_tags_insert AFTER INSERT ON result_tags
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = (SELECT benchmark_id FROM result WHERE id = NEW.result_id);
END;
CREATE TRIGGER result_tags_update AFTER UPDATE ON result_tags
BEGIN
    UPDATE result_count SET changes = changes + 1
        WHERE benchmark_id IN (SELECT benchmark_id FROM result WHERE id IN (OLD.result_id, NEW.result_id));
END;
CREATE TRIGGER result_tags_delete AFTER DELETE ON result_tags
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = (SELECT benchmark_id FROM result WHERE id = OLD.result_id);
END;
CREATE TRIGGER reference_change_metric_path_insert AFTER INSERT ON metric_path
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_metric_path_update AFTER UPDATE ON metric_path
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;
CREATE TRIGGER reference_change_metric_path_delete AFTER DELETE ON metric_path
BEGIN
    UPDATE reference_change SET changes = changes + 1;
END;

-- The first result of a benchmark counts too, whatever the order of the triggers is.
DROP TRIGGER result_count_changed_insert;
CREATE TRIGGER result_count_changed_insert AFTER INSERT ON result
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = NEW.benchmark_id;
END;

-- +down
DROP TRIGGER result_count_changed_insert;
CREATE TRIGGER result_count_changed_insert AFTER INSERT ON result
BEGIN
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = NEW.benchmark_id;
END;
DROP TRIGGER reference_change_metric_path_delete;
DROP TRIGGER reference_change_metric_path_update;
DROP TRIGGER reference_change_metric_path_insert;
DROP TRIGGER result_tags_delete;
DROP TRIGGER result_tags_update;
DROP TRIGGER result_tags_insert;
