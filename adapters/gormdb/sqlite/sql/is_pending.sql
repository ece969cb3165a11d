-- Are changes of benchmarks pending that have no other results than changed ones, and changes of
-- results?
SELECT
    EXISTS (
        SELECT 1 FROM result_leaf_pending AS pending
        WHERE NOT EXISTS (
            SELECT 1 FROM result
            WHERE result.benchmark_id = pending.benchmark_id AND result.id NOT IN (SELECT result_id FROM result_value_pending)
        )
    ),
    EXISTS (SELECT 1 FROM result_value_pending)
