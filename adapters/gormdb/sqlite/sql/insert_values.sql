-- Add values to the value index.
INSERT OR IGNORE INTO result_value (leaf, key, result_id) VALUES (?, ?, ?)
