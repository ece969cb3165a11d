-- Which paths do the schemas of the benchmarks name, and their metrics?
INSERT INTO result_leaf (benchmark_id, path, names, parts, several, filled)
SELECT benchmark.id, wanted.*, true
FROM benchmark, LATERAL result_leaf_wanted(benchmark.json_schema, benchmark.metrics) AS wanted
