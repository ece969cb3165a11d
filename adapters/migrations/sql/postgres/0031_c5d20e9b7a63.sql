-- revision: c5d20e9b7a63
-- parent: b81e5d2f07c4
-- message: the paths of a schema that refers to itself take less time and memory
-- created: 2026-11-28T20:15:00Z
-- compatible: yes

-- +up
-- The paths are the same. A place in the schema is kept instead of a copy of what is there: a schema of 1 MB
-- that refers to itself has a thousand of them.
CREATE OR REPLACE FUNCTION result_leaf_paths(schema json) RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE SET search_path FROM CURRENT
AS $function$
DECLARE
    root jsonb;
BEGIN
    root := schema;
    RETURN QUERY
    WITH RECURSIVE visited (path, place) AS (
        SELECT '', ARRAY[]::text[]
        UNION ALL
        SELECT next.path, next.place
        FROM visited, LATERAL (SELECT root #> visited.place AS node OFFSET 0) AS at, LATERAL (
            SELECT visited.path, array_remove(string_to_array(replace(replace(substr(at.node ->> '$ref', 2), '~1', '/'), '~0', '~'), '/'), '')
                WHERE at.node ->> '$ref' LIKE '#%'
            UNION ALL
            SELECT visited.path, visited.place || word || CAST(part.ordinal - 1 AS text)
                FROM unnest(ARRAY['allOf', 'anyOf', 'oneOf']) AS word,
                    generate_series(1, CASE jsonb_typeof(at.node -> word) WHEN 'array' THEN jsonb_array_length(at.node -> word) ELSE 0 END) AS part (ordinal)
            UNION ALL
            SELECT visited.path, visited.place || word FROM unnest(ARRAY['then', 'else']) AS word WHERE at.node ? word
            UNION ALL
            SELECT CASE visited.path WHEN '' THEN '' ELSE visited.path || '.' END || result_leaf_name(property),
                    visited.place || ARRAY['properties', property]
                FROM jsonb_object_keys(CASE jsonb_typeof(at.node -> 'properties') WHEN 'object' THEN at.node -> 'properties' ELSE '{}' END) AS property
                WHERE property <> ''
            UNION ALL
            SELECT visited.path || '[*]', visited.place || CAST('items' AS text) WHERE visited.path <> '' AND jsonb_typeof(at.node -> 'items') = 'object'
        ) AS next (path, place)
        WHERE jsonb_typeof(at.node) = 'object' AND octet_length(next.path) <= 500 AND root #> next.place IS NOT NULL
    )
    SELECT first.path
    FROM (SELECT * FROM visited LIMIT 1000) AS first, LATERAL (SELECT root #> first.place AS node OFFSET 0) AS at
    WHERE first.path <> '' AND (at.node = 'true' OR jsonb_typeof(at.node) = 'object'
        AND NOT at.node ?| ARRAY['properties', '$ref', 'allOf', 'anyOf', 'oneOf']
        AND at.node -> 'type' IS DISTINCT FROM '"array"' AND at.node -> 'type' IS DISTINCT FROM '"object"');
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN;
END
$function$;

-- The parts are the same, found by one expression.
CREATE OR REPLACE FUNCTION result_leaf_parts(path text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    quoted CONSTANT text := '"(?:[^"\\]|\\.)*"';
    bare CONSTANT text := '[^].,()=<>!~"''[:space:][:cntrl:][]+';
    part CONSTANT text := '(\[\*\]|\[(' || quoted || '|' || bare || ')=(' || quoted || '|[-+.0-9eE]+|true|false)\]|\.(' || quoted || '|' || bare || '))';
    parts jsonb;
    read integer;
BEGIN
    SELECT sum(length(token[1])), jsonb_agg(CASE
            WHEN token[1] = '[*]' THEN 'null'
            WHEN token[4] IS NULL THEN jsonb_build_object(
                'member', CASE WHEN token[2] LIKE '"%' THEN token[2]::jsonb ELSE to_jsonb(token[2]) END, 'value', token[3]::jsonb)
            WHEN token[4] LIKE '"%' THEN token[4]::jsonb
            ELSE to_jsonb(token[4]) END ORDER BY ordinal)
        INTO read, parts
        FROM regexp_matches('.' || path, part, 'g') WITH ORDINALITY AS every (token, ordinal);
    RETURN CASE WHEN read = length(path) + 1 THEN parts END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$function$;

-- The rows are the same. Only the paths that are chosen are taken apart: those of schemas are canonical.
CREATE OR REPLACE FUNCTION result_leaf_wanted(schema json, metrics json)
RETURNS TABLE (path text, names text[], parts jsonb, several boolean)
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT
AS $function$
SELECT chosen.path, CASE WHEN read.is_plain THEN ARRAY(SELECT jsonb_array_elements_text(split.parts)) END,
    CASE WHEN NOT read.is_plain THEN split.parts END, chosen.several
FROM (
    SELECT ranked.path, ranked.rank, ranked.several
    FROM (
        SELECT named.*, row_number() OVER (PARTITION BY named.several ORDER BY named.rank, named.path COLLATE "C") AS ordinal
        FROM (
            SELECT every.path, min(every.rank) AS rank, regexp_replace(every.path, '"(?:[^"\\]|\\.)*"', '', 'g') LIKE '%[*]%' AS several
            FROM (
                SELECT metric ->> word AS path, 0 AS rank
                FROM json_array_elements(CASE json_typeof(metrics) WHEN 'array' THEN metrics ELSE '[]' END) AS metric,
                    unnest(ARRAY['path', 'resource', 'label']) AS word
                WHERE json_typeof(metric) = 'object' AND result_leaf_parts(metric ->> word) IS NOT NULL
                UNION ALL
                SELECT found, 1 FROM result_leaf_paths(schema) AS found
            ) AS every
            WHERE every.path <> '' AND octet_length(every.path) <= 500
            GROUP BY every.path
        ) AS named
    ) AS ranked
    WHERE ranked.ordinal <= CASE WHEN ranked.several THEN 20 ELSE 100 END
    ORDER BY ranked.several, ranked.rank, ranked.path COLLATE "C"
    LIMIT 100
) AS chosen, LATERAL (SELECT result_leaf_parts(chosen.path) AS parts OFFSET 0) AS split, LATERAL (
    SELECT NOT EXISTS (SELECT FROM jsonb_array_elements(split.parts) AS part
        WHERE jsonb_typeof(part) <> 'string' OR part #>> '{}' ~ '^\s*[-+]?[0-9]+$' AND part #>> '{}' !~ '^[0-9]+$') AS is_plain
) AS read
ORDER BY chosen.several, chosen.rank, chosen.path COLLATE "C"
$function$;

-- As before, but the paths are found once.
CREATE OR REPLACE FUNCTION result_leaf_set(of_benchmark uuid, schema json, metrics json) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $function$
DECLARE
    surplus integer[];
BEGIN
    PERFORM FROM benchmark WHERE id = of_benchmark FOR UPDATE;
    WITH wanted AS MATERIALIZED (
        SELECT * FROM result_leaf_wanted(schema, metrics)
    ), removed AS (
        DELETE FROM result_leaf WHERE benchmark_id = of_benchmark AND path NOT IN (SELECT wanted.path FROM wanted) RETURNING id
    ), added AS (
        INSERT INTO result_leaf (benchmark_id, path, names, parts, several, filled)
            SELECT of_benchmark, wanted.*, NOT EXISTS (SELECT FROM result WHERE benchmark_id = of_benchmark)
            FROM wanted ON CONFLICT DO NOTHING
    ) SELECT array_agg(id) INTO surplus FROM removed;
    DELETE FROM result_value WHERE leaf = ANY (surplus);
    DELETE FROM result_element WHERE leaf = ANY (surplus);
END
$function$;

-- +down
CREATE OR REPLACE FUNCTION result_leaf_paths(schema json) RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE SET search_path FROM CURRENT
AS $function$
DECLARE
    most_steps CONSTANT integer := 1000;
    root jsonb;
    nodes jsonb[];
    paths text[] := ARRAY[''];
    step integer := 0;
    node jsonb;
    path text;
    next record;
BEGIN
    root := schema;
    nodes := ARRAY[root];
    WHILE step < least(cardinality(nodes), most_steps) LOOP
        step := step + 1;
        node := nodes[step];
        path := paths[step];
        IF path <> '' AND (node = 'true' OR jsonb_typeof(node) = 'object' AND NOT node ?| ARRAY['properties', '$ref', 'allOf', 'anyOf', 'oneOf']
            AND node -> 'type' IS DISTINCT FROM '"array"' AND node -> 'type' IS DISTINCT FROM '"object"') THEN
            RETURN NEXT path;
        END IF;
        CONTINUE WHEN jsonb_typeof(node) <> 'object';
        FOR next IN
            SELECT path AS path, root #> array_remove(string_to_array(replace(replace(substr(node ->> '$ref', 2), '~1', '/'), '~0', '~'), '/'), '') AS node
                WHERE node ->> '$ref' LIKE '#%'
            UNION ALL
            SELECT path, part.value FROM unnest(ARRAY['allOf', 'anyOf', 'oneOf']) AS word,
                jsonb_array_elements(CASE jsonb_typeof(node -> word) WHEN 'array' THEN node -> word ELSE '[]' END) AS part
            UNION ALL
            SELECT path, node -> word FROM unnest(ARRAY['then', 'else']) AS word WHERE node ? word
            UNION ALL
            SELECT CASE path WHEN '' THEN '' ELSE path || '.' END || result_leaf_name(property.key), property.value
                FROM jsonb_each(CASE jsonb_typeof(node -> 'properties') WHEN 'object' THEN node -> 'properties' ELSE '{}' END) AS property
                WHERE property.key <> ''
            UNION ALL
            SELECT path || '[*]', node -> 'items' WHERE path <> '' AND jsonb_typeof(node -> 'items') = 'object'
        LOOP
            CONTINUE WHEN next.node IS NULL OR octet_length(next.path) > 500 OR cardinality(nodes) >= most_steps;
            nodes := nodes || next.node;
            paths := paths || next.path;
        END LOOP;
    END LOOP;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN;
END
$function$;

CREATE OR REPLACE FUNCTION result_leaf_parts(path text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    quoted CONSTANT text := '"(?:[^"\\]|\\.)*"';
    bare CONSTANT text := '[^].,()=<>!~"''[:space:][:cntrl:][]+';
    parts jsonb := '[]';
    rest text := '.' || path;
    found text[];
BEGIN
    WHILE rest <> '' LOOP
        IF rest LIKE '[*]%' THEN
            parts := parts || 'null'::jsonb;
            rest := substr(rest, 4);
            CONTINUE;
        END IF;
        found := regexp_match(rest, '^\[(' || quoted || '|' || bare || ')=(' || quoted || '|[-+.0-9eE]+|true|false)\](.*)$');
        IF found IS NOT NULL THEN
            parts := parts || jsonb_build_array(jsonb_build_object(
                'member', CASE WHEN found[1] LIKE '"%' THEN found[1]::jsonb ELSE to_jsonb(found[1]) END, 'value', found[2]::jsonb));
            rest := found[3];
            CONTINUE;
        END IF;
        found := regexp_match(rest, '^\.(' || quoted || '|' || bare || ')(.*)$');
        IF found IS NULL THEN
            RETURN NULL;
        END IF;
        parts := parts || jsonb_build_array(CASE WHEN found[1] LIKE '"%' THEN found[1]::jsonb ELSE to_jsonb(found[1]) END);
        rest := found[2];
    END LOOP;
    RETURN parts;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION result_leaf_wanted(schema json, metrics json)
RETURNS TABLE (path text, names text[], parts jsonb, several boolean)
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT
AS $function$
SELECT chosen.path, CASE WHEN chosen.is_plain THEN chosen.plain END, CASE WHEN NOT chosen.is_plain THEN chosen.parts END, chosen.several
FROM (
    SELECT split.*, row_number() OVER (PARTITION BY split.several ORDER BY split.rank, split.path COLLATE "C") AS ordinal
    FROM (
        SELECT named.path, named.rank, read.parts, read.parts @> '[null]' AS several,
            ARRAY(SELECT jsonb_array_elements_text(read.parts)) AS plain,
            NOT EXISTS (SELECT FROM jsonb_array_elements(read.parts) AS part
                WHERE jsonb_typeof(part) <> 'string' OR part #>> '{}' ~ '^\s*[-+]?[0-9]+$' AND part #>> '{}' !~ '^[0-9]+$') AS is_plain
        FROM (
            SELECT every.path, min(every.rank) AS rank
            FROM (
                SELECT metric ->> word AS path, 0 AS rank
                FROM json_array_elements(CASE json_typeof(metrics) WHEN 'array' THEN metrics ELSE '[]' END) AS metric,
                    unnest(ARRAY['path', 'resource', 'label']) AS word
                WHERE json_typeof(metric) = 'object'
                UNION ALL
                SELECT found, 1 FROM result_leaf_paths(schema) AS found
            ) AS every
            WHERE every.path <> '' AND octet_length(every.path) <= 500
            GROUP BY every.path
        ) AS named, LATERAL (SELECT result_leaf_parts(named.path) AS parts OFFSET 0) AS read
        WHERE read.parts IS NOT NULL
    ) AS split
) AS chosen
WHERE chosen.ordinal <= CASE WHEN chosen.several THEN 20 ELSE 100 END
ORDER BY chosen.several, chosen.rank, chosen.path COLLATE "C"
LIMIT 100
$function$;

CREATE OR REPLACE FUNCTION result_leaf_set(of_benchmark uuid, schema json, metrics json) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $function$
DECLARE
    surplus integer[];
BEGIN
    PERFORM FROM benchmark WHERE id = of_benchmark FOR UPDATE;
    WITH removed AS (
        DELETE FROM result_leaf WHERE benchmark_id = of_benchmark
            AND path NOT IN (SELECT wanted.path FROM result_leaf_wanted(schema, metrics) AS wanted) RETURNING id
    ) SELECT array_agg(id) INTO surplus FROM removed;
    DELETE FROM result_value WHERE leaf = ANY (surplus);
    DELETE FROM result_element WHERE leaf = ANY (surplus);
    INSERT INTO result_leaf (benchmark_id, path, names, parts, several, filled)
        SELECT of_benchmark, wanted.*, NOT EXISTS (SELECT FROM result WHERE benchmark_id = of_benchmark)
        FROM result_leaf_wanted(schema, metrics) AS wanted ON CONFLICT DO NOTHING;
END
$function$;
