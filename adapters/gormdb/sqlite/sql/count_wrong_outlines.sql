-- How many outlines are not those of the documents of results? One that is missing is not wrong:
-- then lists read the document.
SELECT count(*)
FROM result_outline LEFT JOIN result ON result.id = result_outline.result_id
WHERE result_outline.outline IS NOT json_outline(result.json)
