-- columns: the columns of all tables of the current schema, by table and place.
-- refers is TABLE.COLUMN of the first foreign key of the column, empty if there is none.
SELECT t.relname AS "table",
       c.attname AS name,
       format_type(c.atttypid, c.atttypmod) AS type,
       c.attnotnull AS required,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND c.attnum = ANY (i.indkey)) AS "primary",
       coalesce((SELECT min(target.relname || '.' || other.attname)
           FROM pg_constraint f
           CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS pair (own, other)
           JOIN pg_class target ON target.oid = f.confrelid
           JOIN pg_attribute other ON other.attrelid = f.confrelid AND other.attnum = pair.other
           WHERE f.contype = 'f' AND f.conrelid = t.oid AND pair.own = c.attnum), '') AS refers
FROM pg_class t
JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace
ORDER BY t.relname COLLATE "C", c.attnum
