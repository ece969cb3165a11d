-- At which of these paths does the value index have the values of all visible results of
-- which of these benchmarks?
SELECT path, id, benchmark_id AS benchmark
FROM result_leaf
WHERE filled AND path IN @paths AND benchmark_id IN @benchmarks
ORDER BY id
