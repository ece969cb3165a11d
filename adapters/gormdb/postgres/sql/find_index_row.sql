-- Which row of the value index has this value, to sort by? NULL is no value. OFFSET keeps the
-- planner from casting a value that it knows.
SELECT kind, exact, CAST(number AS text) AS number, txt
FROM (SELECT CAST(@value AS jsonb) AS value OFFSET 0) AS given, LATERAL result_value_rows(given.value)
WHERE kind <= 7
