-- revision: 9c1d5e7b30fa
-- parent: 4d7a0c3e92b8
-- message: sort keys beside large documents
-- created: 2026-11-28T00:40:00Z
-- compatible: yes
-- derives: result_outline

-- +up
-- What lists are sorted by, of a result whose document is large, so that they need not read the
-- document. The server writes it when it completes result_value_pending.
CREATE TABLE result_outline (
    result_id TEXT NOT NULL PRIMARY KEY,
    outline BLOB NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER result_outline_update AFTER UPDATE OF id, json ON result
BEGIN
    DELETE FROM result_outline WHERE result_id = OLD.id;
END;
CREATE TRIGGER result_outline_delete AFTER DELETE ON result
BEGIN
    DELETE FROM result_outline WHERE result_id = OLD.id;
END;
INSERT OR IGNORE INTO result_value_pending (result_id) SELECT id FROM result WHERE NOT deleted AND length(json) > 16000;

-- +down
DROP TRIGGER result_outline_delete;
DROP TRIGGER result_outline_update;
DROP TABLE result_outline;
