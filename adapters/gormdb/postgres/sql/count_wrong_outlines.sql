-- How many outlines are not those of the documents of results? One that is missing is not wrong:
-- then lists read the document.
SELECT count(*)
FROM result_outline AS o LEFT JOIN result AS r ON r.id = o.result_id
    LEFT JOIN LATERAL json_outline(r.json, 0, '{}') AS expected ON r.id IS NOT NULL
WHERE (o.outline, o.keys) IS DISTINCT FROM (expected.node, expected.keys)
