-- How many indexed paths are not those of the schemas and metrics of the benchmarks, or are
-- missing?
WITH expected AS (
    SELECT benchmark.id, wanted.*
    FROM benchmark, LATERAL result_leaf_wanted(benchmark.json_schema, benchmark.metrics) AS wanted
)
SELECT count(*)
FROM (
    (SELECT benchmark_id, path, names, parts, several FROM result_leaf EXCEPT SELECT * FROM expected)
    UNION ALL
    (SELECT * FROM expected EXCEPT SELECT benchmark_id, path, names, parts, several FROM result_leaf)
) AS differences
