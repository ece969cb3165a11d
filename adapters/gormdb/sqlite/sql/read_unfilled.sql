-- What are the documents of the results of a benchmark, after one of them, and which rows of
-- the value index do they have? A hidden result has no document here.
SELECT
    result.id, result.benchmark_id, CASE WHEN result.deleted THEN NULL ELSE result.json END AS document,
    result_value_keys.keys
FROM result
LEFT JOIN result_value_keys ON result_value_keys.result_id = result.id
WHERE result.benchmark_id = ? AND result.id > ?
ORDER BY result.id
LIMIT ?
