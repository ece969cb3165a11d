-- revision: d3b85c1f7e60
-- parent: 7c1e9b40d3a6
-- message: what triggers derive from an upload takes one function
-- created: 2026-11-28T01:30:00Z
-- compatible: yes

-- +up
-- An upload changes the row of its benchmark once, not twice.
DROP TRIGGER result_count_changed_insert;
DROP TRIGGER result_count_insert;
CREATE TRIGGER result_count_insert AFTER INSERT ON result
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET visible = visible + (NOT NEW.deleted), changes = changes + 1 WHERE benchmark_id = NEW.benchmark_id;
END;

-- +down
DROP TRIGGER result_count_insert;
CREATE TRIGGER result_count_insert AFTER INSERT ON result WHEN NOT NEW.deleted
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET visible = visible + 1 WHERE benchmark_id = NEW.benchmark_id;
END;
CREATE TRIGGER result_count_changed_insert AFTER INSERT ON result
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = NEW.benchmark_id;
END;
