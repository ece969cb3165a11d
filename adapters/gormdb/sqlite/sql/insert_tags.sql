-- Mark results with tags.
INSERT INTO result_tags (result_id, tag_id) VALUES (?, ?)
