-- How many indexed paths of a benchmark do its schema and metrics not name?
SELECT count(*)
FROM result_leaf
WHERE benchmark_id = ?
    AND path NOT IN (
        SELECT paths.value
        FROM benchmark, json_each(leaf_paths(benchmark.json_schema, benchmark.metrics)) AS paths
        WHERE benchmark.id = ?
    )
