-- revision: 2fa94d7be018
-- parent: 6e0c3b97d1a2
-- message: outlines of documents with long texts
-- created: 2026-11-28T21:30:00Z
-- compatible: yes

-- +up
-- An outline of one entry says only that the document has the value. The server makes outlines
-- again with the next values that it derives.
INSERT OR IGNORE INTO result_value_pending (result_id) SELECT result_id FROM result_outline WHERE outline = x'006400';
DELETE FROM result_outline WHERE outline = x'006400';

-- +down
-- The server of before reads the document where it knows no entry. Its check names such outlines, and
-- its repair makes them again.
