-- How often were results changed, and what results refer to?
SELECT
    (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM result_count) AS results,
    (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change) AS "references"
