-- Which changes of benchmarks are pending that have no other results than changed ones?
SELECT benchmark_id
FROM result_leaf_pending AS pending
WHERE NOT EXISTS (
    SELECT 1 FROM result
    WHERE result.benchmark_id = pending.benchmark_id AND result.id NOT IN (SELECT result_id FROM result_value_pending)
)
