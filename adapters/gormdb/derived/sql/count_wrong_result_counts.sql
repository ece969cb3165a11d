-- For how many benchmarks is the number of visible results wrong?
SELECT count(*)
FROM (
    SELECT benchmark_id
    FROM (
        SELECT benchmark_id, visible FROM result_count
        UNION ALL
        SELECT benchmark_id, -count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id
    ) AS parts
    GROUP BY benchmark_id
    HAVING sum(visible) <> 0
) AS differences
