-- What are the values of all visible results at the indexed paths, path by path? Rows that come
-- in their order are added three times as fast.
INSERT INTO result_value (leaf, key, result_id)
SELECT keys.value ->> 0 AS leaf, unhex(keys.value ->> 1) AS key, result_value_keys.result_id
FROM result_value_keys, json_each(list_keys(result_value_keys.keys)) AS keys
ORDER BY leaf, key, result_id
