-- At which of these paths does the value index have the values of all visible results of
-- the benchmark?
SELECT path, id
FROM result_leaf
WHERE filled AND path IN @paths AND benchmark_id = @benchmark
ORDER BY id
