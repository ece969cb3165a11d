-- revision: f1c86a2e9d04
-- parent: d3b85c1f7e60
-- message: long arrays have no values in the index
-- created: 2026-11-28T04:50:00Z
-- compatible: yes

-- +up
-- The server writes one key for a path with more than 50 different values in a document, 09, and
-- not the first 50 values, too. It fills such paths again, in the background.
UPDATE result_leaf SET filled = 0 WHERE EXISTS (SELECT 1 FROM result_value WHERE leaf = result_leaf.id AND key = x'09');
INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) SELECT id FROM benchmark;

-- +down
UPDATE result_leaf SET filled = 0 WHERE EXISTS (SELECT 1 FROM result_value WHERE leaf = result_leaf.id AND key = x'09');
INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) SELECT id FROM benchmark;
