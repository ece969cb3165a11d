-- Which changes of results are pending, what are their documents, and which rows of the value
-- index do they have? A hidden result has no document here.
SELECT
    pending.result_id, result.benchmark_id,
    CASE WHEN result.deleted THEN NULL ELSE result.json END AS document,
    result_value_keys.keys
FROM result_value_pending AS pending
LEFT JOIN result ON result.id = pending.result_id
LEFT JOIN result_value_keys ON result_value_keys.result_id = pending.result_id
ORDER BY pending.result_id
LIMIT ?
