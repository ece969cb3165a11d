-- parts: the tables, columns, functions, and the triggers and indexes in effect, of the current schema.
WITH ours AS (
    SELECT oid, relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
)
SELECT 'table ' || relname COLLATE "C" AS part FROM ours
UNION ALL
SELECT 'column ' || t.relname || '.' || c.attname COLLATE "C"
FROM ours t
JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
UNION ALL
SELECT 'trigger ' || t.relname || '.' || g.tgname COLLATE "C"
FROM ours t
JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')
UNION ALL
SELECT CASE WHEN i.indisunique THEN 'unique index ' ELSE 'index ' END || t.relname || '.' || n.relname COLLATE "C"
FROM ours t
JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid
JOIN pg_class n ON n.oid = i.indexrelid
UNION ALL
SELECT DISTINCT 'function ' || proname COLLATE "C"
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND (prorettype = 'trigger'::regtype OR has_function_privilege(oid, 'EXECUTE'))
ORDER BY part
