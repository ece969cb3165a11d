-- What are the different values of all visible results at the indexed paths into arrays?
INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
SELECT result.id, found.*
FROM result, LATERAL result_elements(result.json, result.benchmark_id) AS found
WHERE NOT result.deleted
