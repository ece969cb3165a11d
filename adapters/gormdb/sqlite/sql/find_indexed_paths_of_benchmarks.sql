-- At which of these paths does the value index have the values of all visible results of
-- which of these benchmarks? The index is complete if no change of a result is pending.
SELECT path, id, benchmark_id AS benchmark
FROM result_leaf
WHERE filled AND path IN @paths AND benchmark_id IN @benchmarks
    AND NOT EXISTS (SELECT 1 FROM result_value_pending)
ORDER BY id
