-- revision: 4d7a0c3e92b8
-- parent: a4f0c61d8e27
-- message: the values that schemas name, for filters and sorts in the embedded database
-- created: 2026-11-27T21:10:00Z
-- compatible: yes
-- derives: result_leaf, result_value, result_value_keys, result_value_pending, result_leaf_pending

-- +up
-- As in PostgreSQL, a leaf is a path that the schema of a benchmark names, or a metric of it.
-- The server writes the leaves, and the values that are keys of the server's own making: bytes
-- that compare like the values. So the order of the rows is that of the values.
CREATE TABLE result_leaf (
    id INTEGER PRIMARY KEY,
    benchmark_id TEXT NOT NULL,
    path TEXT NOT NULL,
    filled BOOLEAN NOT NULL,
    CONSTRAINT result_leaf_benchmark_id_path_key UNIQUE (benchmark_id, path)
);

-- One row for each leaf of a result that is not hidden. A text that is also a number or a
-- quantity has further rows with the negative leaf, by which it is compared with numbers and
-- quantities.
CREATE TABLE result_value (
    leaf INTEGER NOT NULL,
    key BLOB NOT NULL,
    result_id TEXT NOT NULL,
    PRIMARY KEY (leaf, key, result_id)
) WITHOUT ROWID;

-- The rows of a result in result_value, in one value.
CREATE TABLE result_value_keys (
    result_id TEXT NOT NULL PRIMARY KEY,
    keys BLOB NOT NULL
) WITHOUT ROWID;

-- The results whose rows may be wrong, because a program changed the result. The server writes
-- their rows before it commits its own changes. While there are others, lists read documents.
CREATE TABLE result_value_pending (
    result_id TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

-- The benchmarks whose leaves may be wrong, because a program changed the schema or the metrics.
CREATE TABLE result_leaf_pending (
    benchmark_id TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TRIGGER result_value_insert AFTER INSERT ON result
BEGIN
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (NEW.id);
END;
CREATE TRIGGER result_value_update AFTER UPDATE OF id, benchmark_id, deleted, json ON result
BEGIN
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (OLD.id);
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (NEW.id);
END;
CREATE TRIGGER result_value_delete AFTER DELETE ON result
BEGIN
    INSERT OR IGNORE INTO result_value_pending (result_id) VALUES (OLD.id);
END;
CREATE TRIGGER result_leaf_insert AFTER INSERT ON benchmark
BEGIN
    INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) VALUES (NEW.id);
END;
CREATE TRIGGER result_leaf_update AFTER UPDATE OF id, json_schema, metrics ON benchmark
    WHEN OLD.id <> NEW.id OR OLD.json_schema <> NEW.json_schema OR OLD.metrics IS NOT NEW.metrics
BEGIN
    INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) VALUES (NEW.id);
END;
CREATE TRIGGER result_leaf_delete AFTER DELETE ON benchmark
BEGIN
    DELETE FROM result_value WHERE leaf IN (SELECT id FROM result_leaf WHERE benchmark_id = OLD.id);
    DELETE FROM result_value WHERE leaf IN (SELECT -id FROM result_leaf WHERE benchmark_id = OLD.id);
    DELETE FROM result_leaf WHERE benchmark_id = OLD.id;
    DELETE FROM result_leaf_pending WHERE benchmark_id = OLD.id;
END;
INSERT INTO result_leaf_pending (benchmark_id) SELECT id FROM benchmark;
INSERT INTO result_value_pending (result_id) SELECT id FROM result WHERE NOT deleted;

-- +down
DROP TRIGGER result_leaf_delete;
DROP TRIGGER result_leaf_update;
DROP TRIGGER result_leaf_insert;
DROP TRIGGER result_value_delete;
DROP TRIGGER result_value_update;
DROP TRIGGER result_value_insert;
DROP TABLE result_leaf_pending;
DROP TABLE result_value_pending;
DROP TABLE result_value_keys;
DROP TABLE result_value;
DROP TABLE result_leaf;
