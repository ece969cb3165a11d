-- What are the values of all visible results at the indexed paths, result by result?
INSERT INTO result_value_keys (result_id, keys)
SELECT result.id, index_keys(result.json, leaves.paths)
FROM result
JOIN (
    SELECT benchmark_id, json_group_array(json_array(id, path)) AS paths FROM result_leaf GROUP BY benchmark_id
) AS leaves ON leaves.benchmark_id = result.benchmark_id
WHERE NOT result.deleted
