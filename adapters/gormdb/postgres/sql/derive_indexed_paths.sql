-- Which paths do the schemas of the benchmarks name? The first 100 of each, by code
-- point, are indexed.
INSERT INTO result_leaf (benchmark_id, path, filled)
SELECT benchmark.id, paths.path, true
FROM benchmark, LATERAL (
    SELECT path FROM result_leaf_paths(benchmark.json_schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100
) AS paths
