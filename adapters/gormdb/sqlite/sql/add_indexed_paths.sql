-- Which paths do the schema and the metrics of a benchmark name that are not indexed yet? There
-- are no values to fill where there are no results, or only changed ones.
INSERT OR IGNORE INTO result_leaf (benchmark_id, path, filled)
SELECT benchmark.id, paths.value, NOT EXISTS (
    SELECT 1 FROM result
    WHERE result.benchmark_id = benchmark.id AND result.id NOT IN (SELECT result_id FROM result_value_pending)
)
FROM benchmark, json_each(leaf_paths(benchmark.json_schema, benchmark.metrics)) AS paths
WHERE benchmark.id = ?
