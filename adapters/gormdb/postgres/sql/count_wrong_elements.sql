-- How many values in arrays of the index are not those of visible results, or are missing?
-- Values are missing legitimately at paths that are not filled yet.
SELECT count(*)
FROM (
    (
        SELECT result_id, leaf, kind, exact, number, txt FROM result_element WHERE leaf IN (SELECT id FROM result_leaf)
        EXCEPT ALL
        SELECT result.id, expected.*
        FROM result, LATERAL result_elements(result.json, result.benchmark_id) AS expected
        WHERE NOT result.deleted
    )
    UNION ALL
    (
        SELECT result.id, expected.*
        FROM result, LATERAL result_elements(result.json, result.benchmark_id) AS expected
        WHERE NOT result.deleted AND leaf IN (SELECT id FROM result_leaf WHERE filled)
        EXCEPT ALL
        SELECT result_id, leaf, kind, exact, number, txt FROM result_element
    )
) AS differences
