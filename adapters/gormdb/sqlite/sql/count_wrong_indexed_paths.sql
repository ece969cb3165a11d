-- How many indexed paths are not those of the schemas and metrics of the benchmarks, or are
-- missing? Those of changed schemas are wrong legitimately until the server has set them.
WITH expected AS MATERIALIZED (
    SELECT benchmark.id AS benchmark_id, paths.value AS path
    FROM benchmark, json_each(leaf_paths(benchmark.json_schema, benchmark.metrics)) AS paths
    WHERE benchmark.id NOT IN (SELECT benchmark_id FROM result_leaf_pending)
),
settled AS MATERIALIZED (
    SELECT benchmark_id, path FROM result_leaf WHERE benchmark_id NOT IN (SELECT benchmark_id FROM result_leaf_pending)
)
SELECT
    (SELECT count(*) FROM (SELECT benchmark_id, path FROM settled EXCEPT SELECT benchmark_id, path FROM expected))
    + (SELECT count(*) FROM (SELECT benchmark_id, path FROM expected EXCEPT SELECT benchmark_id, path FROM settled))
