-- columns: the columns of all tables, by table and place.
SELECT t.name AS "table",
       c.name AS name,
       lower(c.type) AS type,
       c."notnull" OR c.pk > 0 AS required,
       c.pk > 0 AS "primary",
       coalesce((SELECT min(f."table" || '.' || f."to") FROM pragma_foreign_key_list(t.name) f WHERE f."from" = c.name), '') AS refers
FROM sqlite_master t
JOIN pragma_table_info(t.name) c
WHERE t.type = 'table'
ORDER BY t.name, c.cid
