-- revision: 9c4e7a15d8b2
-- parent: 9c1d5e7b30fa
-- message: quantities, values of metrics and values in arrays, for filters and sorts
-- created: 2026-11-28T01:05:00Z
-- compatible: yes

-- +up
-- The server writes more values than before: those in arrays, and quantities of more units. It
-- fills new paths, and texts that may be quantities (02 begins the key of a text, 2d is a minus, 39
-- the last digit), in the background.
UPDATE result_leaf SET filled = 0
    WHERE EXISTS (SELECT 1 FROM result_value WHERE leaf = result_leaf.id AND key >= x'022d' AND key < x'023a');
INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) SELECT id FROM benchmark;

-- +down
INSERT OR IGNORE INTO result_leaf_pending (benchmark_id) SELECT id FROM benchmark;
