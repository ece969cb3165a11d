-- What are the outlines of the large documents?
INSERT INTO result_outline (result_id, outline, keys)
SELECT r.id, o.node, o.keys
FROM result AS r, LATERAL json_outline(r.json, 0, '{}') AS o
WHERE pg_column_size(r.json) > 150 AND pg_column_size(r.json #> '{}') > 16000
