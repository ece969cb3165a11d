-- How often were the results of some benchmarks changed, and what results refer to?
SELECT
    (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM result_count WHERE benchmark_id IN @benchmarks) AS results,
    (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change) AS "references"
