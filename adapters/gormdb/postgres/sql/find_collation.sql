-- Which of these collations, of which the first is the best, can the database use?
SELECT collname
FROM pg_catalog.pg_collation
WHERE collnamespace = 'pg_catalog'::regnamespace
    AND collname IN @collations
    AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
ORDER BY array_position(string_to_array(@ranking, ','), CAST(collname AS text))
LIMIT 1
