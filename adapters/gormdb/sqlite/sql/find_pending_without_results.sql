-- Which changes of benchmarks are pending that have no results?
SELECT benchmark_id
FROM result_leaf_pending AS pending
WHERE NOT EXISTS (SELECT 1 FROM result WHERE result.benchmark_id = pending.benchmark_id)
