-- What are the outlines of the large documents of visible results?
INSERT INTO result_outline (result_id, outline)
SELECT id, json_outline(json) FROM result WHERE NOT deleted AND json_outline(json) IS NOT NULL
