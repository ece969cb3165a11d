-- parts: the tables, columns, triggers and indexes of the database.
SELECT CASE WHEN type = 'index' AND sql LIKE 'CREATE UNIQUE %' THEN 'unique index' ELSE type END || ' '
       || CASE type WHEN 'table' THEN name ELSE tbl_name || '.' || name END AS part
FROM sqlite_master
WHERE type IN ('table', 'index', 'trigger') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
UNION ALL
SELECT 'column ' || t.name || '.' || c.name
FROM sqlite_master t
JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY part
