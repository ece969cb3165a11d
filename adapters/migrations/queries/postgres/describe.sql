-- describe: the tables of a namespace, all or those named, with their columns, constraints,
-- foreign keys, unique indexes and enumerated types, a line each; a table comes before its parts.
-- Parameters: the text {namespace} stands for the oid of the namespace, everything is true for
-- all tables, tables are names with commas between them.
WITH chosen AS (SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = {namespace} AND c.relkind IN ('r', 'p')
    AND (@everything OR c.relname = ANY(string_to_array(@tables, ',')))),
used AS (SELECT DISTINCT t.oid, t.typname FROM chosen JOIN pg_attribute a ON a.attrelid = chosen.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE t.typtype = 'e' AND NOT a.attisdropped)
SELECT line FROM (
    SELECT relname, 1 AS part, 'table ' || relname AS line FROM chosen
    UNION ALL
    SELECT relname, 2, 'column ' || relname || '.' || a.attname || ' '
            || CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(a.atttypid, a.atttypmod) ELSE t.typname END
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
            || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
            || CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN ' generated' ELSE '' END
        FROM chosen JOIN pg_attribute a ON a.attrelid = chosen.oid JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT relname, 3, 'constraint ' || relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        FROM chosen JOIN pg_constraint k ON k.conrelid = chosen.oid WHERE k.contype IN ('p', 'u', 'c', 'x')
    UNION ALL
    SELECT relname, 4, 'foreign key of ' || relname || ': ' || pg_get_constraintdef(k.oid)
        FROM chosen JOIN pg_constraint k ON k.conrelid = chosen.oid WHERE k.contype = 'f'
    UNION ALL
    SELECT chosen.relname, 5, 'unique index ' || chosen.relname || '.' || index.relname
        FROM chosen JOIN pg_index i ON i.indrelid = chosen.oid JOIN pg_class index ON index.oid = i.indexrelid
        WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT '', 6, 'enum ' || used.typname || ' ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
        FROM used JOIN pg_enum e ON e.enumtypid = used.oid GROUP BY used.typname
) described ORDER BY relname COLLATE "C", part, line COLLATE "C"
