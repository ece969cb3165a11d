-- revision: 3f9c1e6b7a52
-- parent: a885b41d4e4c
-- message: totals of results that need not be counted
-- created: 2026-11-24T16:10:00Z
-- compatible: yes
-- derives: result_count

-- +up
-- How many results of a benchmark are not hidden is the sum of its rows: one here,
-- where one writes at a time; several in PostgreSQL.
CREATE TABLE result_count (
    benchmark_id TEXT NOT NULL,
    visible BIGINT NOT NULL
);
CREATE INDEX result_count_idx ON result_count (benchmark_id);
INSERT INTO result_count (benchmark_id, visible)
    SELECT benchmark_id, count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id;

CREATE TRIGGER result_count_insert AFTER INSERT ON result WHEN NOT NEW.deleted
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET visible = visible + 1 WHERE benchmark_id = NEW.benchmark_id;
END;
CREATE TRIGGER result_count_delete AFTER DELETE ON result WHEN NOT OLD.deleted
BEGIN
    UPDATE result_count SET visible = visible - 1 WHERE benchmark_id = OLD.benchmark_id;
END;
CREATE TRIGGER result_count_update AFTER UPDATE OF deleted, benchmark_id ON result
BEGIN
    INSERT INTO result_count (benchmark_id, visible) SELECT NEW.benchmark_id, 0
        WHERE NOT EXISTS (SELECT 1 FROM result_count WHERE benchmark_id = NEW.benchmark_id);
    UPDATE result_count SET visible = visible - (NOT OLD.deleted) WHERE benchmark_id = OLD.benchmark_id;
    UPDATE result_count SET visible = visible + (NOT NEW.deleted) WHERE benchmark_id = NEW.benchmark_id;
END;

-- +down
DROP TRIGGER result_count_update;
DROP TRIGGER result_count_delete;
DROP TRIGGER result_count_insert;
DROP TABLE result_count;
