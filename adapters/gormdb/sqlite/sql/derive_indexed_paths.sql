-- Which paths do the schemas of the benchmarks name, and their metrics?
INSERT OR IGNORE INTO result_leaf (benchmark_id, path, filled)
SELECT benchmark.id, paths.value, 1
FROM benchmark, json_each(leaf_paths(benchmark.json_schema, benchmark.metrics)) AS paths
