-- How many values of the index are not those of visible results, or are missing? Values are
-- missing legitimately at paths that are not filled yet, and for changes that are pending.
WITH leaves AS MATERIALIZED (
    SELECT benchmark_id, json_group_array(json_array(id, path)) AS paths FROM result_leaf WHERE filled GROUP BY benchmark_id
),
expected AS MATERIALIZED (
    SELECT keys.value ->> 0 AS leaf, unhex(keys.value ->> 1) AS key, result.id AS result_id
    FROM result JOIN leaves ON leaves.benchmark_id = result.benchmark_id, json_each(list_keys(index_keys(result.json, leaves.paths))) AS keys
    WHERE NOT result.deleted AND result.id NOT IN (SELECT result_id FROM result_value_pending)
),
listed AS MATERIALIZED (
    SELECT keys.value ->> 0 AS leaf, unhex(keys.value ->> 1) AS key, result_value_keys.result_id
    FROM result_value_keys, json_each(list_keys(result_value_keys.keys)) AS keys
    WHERE abs(keys.value ->> 0) IN (SELECT id FROM result_leaf WHERE filled)
        AND result_id NOT IN (SELECT result_id FROM result_value_pending)
),
stored AS MATERIALIZED (
    SELECT leaf, key, result_id FROM result_value
    WHERE abs(leaf) IN (SELECT id FROM result_leaf WHERE filled)
        AND result_id NOT IN (SELECT result_id FROM result_value_pending)
)
SELECT
    (SELECT count(*) FROM (SELECT leaf, key, result_id FROM stored EXCEPT SELECT leaf, key, result_id FROM expected))
    + (SELECT count(*) FROM (SELECT leaf, key, result_id FROM expected EXCEPT SELECT leaf, key, result_id FROM stored))
    + (SELECT count(*) FROM (SELECT leaf, key, result_id FROM listed EXCEPT SELECT leaf, key, result_id FROM expected))
    + (SELECT count(*) FROM (SELECT leaf, key, result_id FROM expected EXCEPT SELECT leaf, key, result_id FROM listed))
