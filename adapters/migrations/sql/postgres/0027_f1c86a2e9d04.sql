-- revision: f1c86a2e9d04
-- parent: d3b85c1f7e60
-- message: long arrays have no values in the index
-- created: 2026-11-28T04:50:00Z
-- compatible: yes

-- +up
-- A path with more than 50 different values in a document had the first 50 in the index, and a row
-- that says that there are more. Most questions then read the document all the same, and each upload
-- with the 80 flags of a processor wrote 51 rows. Now the index has this row only.
CREATE OR REPLACE FUNCTION result_elements(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l,
    LATERAL (SELECT distinct_values.value, row_number() OVER () AS ordinal, count(*) OVER () AS found
        FROM (SELECT DISTINCT v.value FROM result_values_at(document, l.parts) AS v(value) ORDER BY v.value LIMIT 51) AS distinct_values
    ) AS v,
    LATERAL (
        SELECT one.kind, one.exact, one.number, one.txt FROM result_value_rows(v.value) AS one WHERE v.found <= 50
        UNION ALL
        SELECT 10::smallint, false, NULL, NULL WHERE v.ordinal = 51
    ) AS rows
WHERE l.benchmark_id = of_benchmark AND l.several
$function$;
DELETE FROM result_element AS v USING result_element AS more
    WHERE more.kind = 10 AND v.kind <> 10 AND v.result_id = more.result_id AND v.leaf = more.leaf;

-- +down
CREATE OR REPLACE FUNCTION result_elements(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l,
    LATERAL (SELECT distinct_values.value, row_number() OVER () AS ordinal
        FROM (SELECT DISTINCT v.value FROM result_values_at(document, l.parts) AS v(value) ORDER BY v.value LIMIT 51) AS distinct_values
    ) AS v,
    LATERAL (
        SELECT one.kind, one.exact, one.number, one.txt FROM result_value_rows(v.value) AS one WHERE v.ordinal <= 50
        UNION ALL
        SELECT 10::smallint, false, NULL, NULL WHERE v.ordinal = 51
    ) AS rows
WHERE l.benchmark_id = of_benchmark AND l.several
$function$;
INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
    SELECT r.id, v.* FROM (SELECT DISTINCT result_id, leaf FROM result_element WHERE kind = 10) AS more
    JOIN result AS r ON r.id = more.result_id, LATERAL result_elements(r.json, r.benchmark_id) AS v
    WHERE v.leaf = more.leaf AND v.kind <> 10;
