-- At which of these paths does the value index have the values of all visible results?
-- Every benchmark with visible results must have the path. The index is complete if no change
-- of a result is pending.
SELECT path, id, benchmark_id AS benchmark
FROM result_leaf
WHERE filled AND path IN @paths
    AND NOT EXISTS (SELECT 1 FROM result_value_pending)
    AND NOT EXISTS (
        SELECT 1 FROM result_count
        WHERE result_count.visible <> 0
            AND NOT EXISTS (
                SELECT 1 FROM result_leaf AS same_path
                WHERE same_path.benchmark_id = result_count.benchmark_id AND same_path.path = result_leaf.path AND same_path.filled
            )
    )
ORDER BY id
