-- How many indexed paths are not those of the schemas of the benchmarks, or are missing?
-- The first 100 paths of a schema are indexed, by code point.
WITH expected AS (
    SELECT benchmark.id, paths.path
    FROM benchmark, LATERAL (
        SELECT path FROM result_leaf_paths(benchmark.json_schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100
    ) AS paths
)
SELECT count(*)
FROM (
    (SELECT benchmark_id, path FROM result_leaf EXCEPT SELECT id, path FROM expected)
    UNION ALL
    (SELECT id, path FROM expected EXCEPT SELECT benchmark_id, path FROM result_leaf)
) AS differences
