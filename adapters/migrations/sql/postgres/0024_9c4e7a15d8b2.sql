-- revision: 9c4e7a15d8b2
-- parent: 9c1d5e7b30fa
-- message: quantities, values of metrics and values in arrays, for filters and sorts
-- created: 2026-11-28T01:05:00Z
-- compatible: yes
-- derives: result_element, result_leaf.names, result_leaf.parts, result_leaf.several

-- +up
-- path is in its canonical form. parts are those of a path that #> cannot follow, as a JSON array: a
-- text is the name of a member or the index of an element, an object describes an element by a
-- member and its value, null stands for every element. several: the path has such a null.
ALTER TABLE result_leaf ADD COLUMN names text[], ADD COLUMN parts jsonb, ADD COLUMN several boolean NOT NULL DEFAULT false;

-- The different values of paths that lead to every element of an array: for each document and
-- path the first 50, and if there are more a row of kind 10. Other columns are those of
-- result_value.
CREATE TABLE result_element (
    result_id uuid NOT NULL,
    leaf integer NOT NULL,
    kind smallint NOT NULL,
    exact boolean NOT NULL,
    number numeric,
    txt text COLLATE "C"
);
CREATE INDEX result_element_idx ON result_element (leaf, kind, number, txt, result_id) INCLUDE (exact);
CREATE INDEX result_element_result_idx ON result_element (result_id);

-- The kind of a unit by its base unit, and how many of these it is.
CREATE FUNCTION result_unit(symbol text, OUT kind text, OUT factor numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
SELECT bases.kind, bases.factor * prefixes.factor INTO result_unit.kind, result_unit.factor
FROM (SELECT CASE WHEN substring(convert_to(symbol, 'UTF8') FROM 1 FOR 2) IN ('\xc2b5', '\xcebc') -- both letters that mean 1e-6
        THEN 'u' || convert_from(substring(convert_to(symbol, 'UTF8') FROM 3), 'UTF8') ELSE symbol END AS text) AS plain,
    regexp_match(plain.text,
        '^(da|[qryzafpnumcdhkMGTPEZYRQ]|[KMGTPEZYRQ]i)?(s|Hz|b|B|b/s|B/s|FLOPS|FLOP/s|W|J|op/s|IOPS)$') AS parts
    JOIN (VALUES ('s', 's', 1), ('Hz', 'Hz', 1), ('b', 'b', 1), ('B', 'b', 8), ('b/s', 'b/s', 1), ('B/s', 'b/s', 8),
        ('FLOPS', 'FLOP/s', 1), ('FLOP/s', 'FLOP/s', 1), ('W', 'W', 1), ('J', 'J', 1), ('op/s', 'op/s', 1), ('IOPS', 'op/s', 1)
    ) AS bases(symbol, kind, factor) ON bases.symbol = parts[2]
    JOIN (VALUES ('', 1), ('q', 1e-30), ('r', 1e-27), ('y', 1e-24), ('z', 1e-21), ('a', 1e-18), ('f', 1e-15), ('p', 1e-12),
        ('n', 1e-9), ('u', 1e-6), ('m', 1e-3), ('c', 1e-2), ('d', 1e-1), ('da', 1e1),
        ('h', 1e2), ('k', 1e3), ('M', 1e6), ('G', 1e9), ('T', 1e12), ('P', 1e15), ('E', 1e18), ('Z', 1e21), ('Y', 1e24),
        ('R', 1e27), ('Q', 1e30), ('Ki', 1024), ('Mi', 1048576), ('Gi', 1073741824), ('Ti', 1099511627776),
        ('Pi', 1125899906842624), ('Ei', 1152921504606846976), ('Zi', 1180591620717411303424), ('Yi', 1208925819614629174706176),
        ('Ri', 1237940039285380274899124224), ('Qi', 1267650600228229401496703205376)
    ) AS prefixes(prefix, factor) ON prefixes.prefix = coalesce(parts[1], '')
WHERE result_unit.symbol <> 'dB'
UNION ALL
SELECT others.kind, others.factor FROM (VALUES ('min', 's', 60), ('h', 's', 3600), ('%', '%', 1)) AS others(symbol, kind, factor)
WHERE others.symbol = result_unit.symbol;
END
$function$;

-- A text of a number and a unit, in the base unit of the unit's kind; NULL for other texts.
CREATE FUNCTION result_quantity(content text, OUT kind text, OUT number numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
BEGIN
SELECT unit.kind, parts[1]::numeric * unit.factor INTO result_quantity.kind, result_quantity.number
FROM regexp_match(content COLLATE "C", '^(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(.*)$') AS parts,
    LATERAL result_unit(ltrim(parts[2], ' ')) AS unit
WHERE octet_length(content) <= 1000;
END
$function$;

-- The rows of one value.
CREATE FUNCTION result_value_rows(value jsonb)
RETURNS TABLE (kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql IMMUTABLE
AS $function$
SELECT rows.kind::smallint, rows.exact, rows.number, rows.txt
FROM (SELECT jsonb_typeof(value) AS type, CASE WHEN jsonb_typeof(value) = 'string' THEN value #>> '{}' END AS string OFFSET 0) AS found,
LATERAL (
    SELECT 2 AS kind, length(string) <= 100 AS exact, NULL::numeric AS number, left(string, 100) AS txt WHERE type = 'string'
    UNION ALL
    SELECT CASE type WHEN 'number' THEN 3 ELSE 8 END, whole = low, low, NULL
        FROM (SELECT whole, CASE WHEN abs(whole) < 1e150 AND scale(whole) <= 150 THEN whole ELSE result_value_floor(whole) END AS low
            FROM (SELECT CASE WHEN type = 'number' THEN value::numeric
                WHEN octet_length(string) <= 1000 AND string COLLATE "C" ~ '^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$'
                THEN string::numeric END AS whole OFFSET 0) AS read OFFSET 0) AS numbers
        WHERE whole IS NOT NULL
    UNION ALL
    SELECT 9, whole = result_value_floor(whole), result_value_floor(whole), of_kind
        FROM (SELECT quantity.kind AS of_kind, quantity.number AS whole
            FROM result_quantity(CASE WHEN string COLLATE "C" ~ '^-?[0-9].*[a-zA-Z%]$' THEN string END) AS quantity OFFSET 0) AS quantities
        WHERE whole IS NOT NULL
    UNION ALL
    SELECT CASE type WHEN 'null' THEN 1 WHEN 'boolean' THEN 4 WHEN 'object' THEN 6
            WHEN 'array' THEN CASE jsonb_array_length(value) WHEN 0 THEN 0 ELSE 5 END ELSE 7 END,
        type IS NULL OR type IN ('null', 'boolean') OR value IN ('{}', '[]'),
        CASE type WHEN 'boolean' THEN value::boolean::integer WHEN 'array' THEN jsonb_array_length(value)
            WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys(value)) END,
        NULL
        WHERE type IS NULL OR type NOT IN ('string', 'number')
) AS rows
$function$;

-- A name as canonical paths write it. A name in quotes for other reasons than these is looked for
-- in the documents.
CREATE FUNCTION result_leaf_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
SELECT CASE WHEN name ~ '^[^].,()=<>!~"''[:space:][:cntrl:][]+$' THEN name ELSE to_json(name)::text END
$function$;

-- The parts of a path in its canonical form; NULL for any other text.
CREATE FUNCTION result_leaf_parts(path text) RETURNS jsonb
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

-- Whether a member of an element equals the value of a selector, as == of filters does.
CREATE FUNCTION result_equals(member jsonb, wanted jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
SELECT coalesce(CASE
    WHEN jsonb_typeof(wanted) <> 'number' OR jsonb_typeof(member) = 'number' THEN member = wanted
    WHEN jsonb_typeof(member) <> 'string' THEN false
    WHEN octet_length(member #>> '{}') <= 1000
        AND (member #>> '{}') COLLATE "C" ~ '^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$' THEN
        (member #>> '{}')::numeric = wanted::numeric
END, false)
$function$;

-- The values at a path of which #> cannot find one: of a path without [*] one, NULL where there is
-- none.
CREATE FUNCTION result_values_at(document jsonb, parts jsonb) RETURNS SETOF jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
DECLARE
    places jsonb[] := ARRAY[document];
    part jsonb;
    name text;
BEGIN
    FOR part IN SELECT * FROM jsonb_array_elements(parts) LOOP
        name := part #>> '{}';
        IF jsonb_typeof(part) = 'string' THEN
            SELECT array_agg(v.value) INTO places
                FROM unnest(places) AS place, LATERAL (SELECT CASE jsonb_typeof(place) WHEN 'object' THEN place -> name
                    WHEN 'array' THEN CASE WHEN name ~ '^0*[0-9]{1,9}$' THEN place -> right(name, 9)::integer END END AS value) AS v
                WHERE v.value IS NOT NULL;
        ELSIF jsonb_typeof(part) = 'object' THEN
            SELECT array_agg(v.value) INTO places
                FROM unnest(places) AS place, LATERAL (SELECT element.value
                    FROM jsonb_array_elements(CASE jsonb_typeof(place) WHEN 'array' THEN place ELSE '[]' END)
                        WITH ORDINALITY AS element(value, ordinal)
                    WHERE jsonb_typeof(element.value) = 'object' AND result_equals(element.value -> (part ->> 'member'), part -> 'value')
                    ORDER BY element.ordinal LIMIT 1) AS v;
        ELSE
            SELECT array_agg(element.value) INTO places
                FROM unnest(places) AS place,
                    jsonb_array_elements(CASE jsonb_typeof(place) WHEN 'array' THEN place ELSE '[]' END) AS element(value);
        END IF;
        EXIT WHEN places IS NULL;
    END LOOP;
    IF places IS NOT NULL THEN
        RETURN QUERY SELECT unnest(places);
    ELSIF NOT parts @> '[null]' THEN
        RETURN NEXT NULL;
    END IF;
END
$function$;

-- The values of a document, for each leaf of its benchmark that leads to one value.
CREATE OR REPLACE FUNCTION result_values(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l, LATERAL (SELECT document #> l.names AS value OFFSET 0) AS v, LATERAL result_value_rows(v.value) AS rows
WHERE l.benchmark_id = of_benchmark AND l.names IS NOT NULL
UNION ALL
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l, LATERAL result_values_at(document, l.parts) AS v(value), LATERAL result_value_rows(v.value) AS rows
WHERE l.benchmark_id = of_benchmark AND l.parts IS NOT NULL AND NOT l.several
$function$;

-- The first different values of a document, for each leaf of its benchmark that leads to several.
CREATE FUNCTION result_elements(document jsonb, of_benchmark uuid)
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

CREATE OR REPLACE FUNCTION result_value_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM came AS r, LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE NOT r.deleted ON CONFLICT DO NOTHING;
        IF EXISTS (SELECT FROM came JOIN result_leaf AS l ON l.benchmark_id = came.benchmark_id AND l.several) THEN
            INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
                SELECT r.id, v.* FROM came AS r, LATERAL result_elements(r.json, r.benchmark_id) AS v WHERE NOT r.deleted;
        END IF;
    WHEN 'DELETE' THEN
        DELETE FROM result_value AS v USING gone WHERE v.result_id = gone.id;
        DELETE FROM result_element AS v USING gone WHERE v.result_id = gone.id;
    WHEN 'UPDATE' THEN
        DELETE FROM result_value AS v
            USING (SELECT id, benchmark_id, deleted, json FROM gone EXCEPT SELECT id, benchmark_id, deleted, json FROM came) AS r
            WHERE v.result_id = r.id;
        DELETE FROM result_element AS v
            USING (SELECT id, benchmark_id, deleted, json FROM gone EXCEPT SELECT id, benchmark_id, deleted, json FROM came) AS r
            WHERE v.result_id = r.id;
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.*
            FROM (SELECT id, benchmark_id, deleted, json FROM came EXCEPT SELECT id, benchmark_id, deleted, json FROM gone) AS r,
                LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE NOT r.deleted ON CONFLICT DO NOTHING;
        INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.*
            FROM (SELECT id, benchmark_id, deleted, json FROM came EXCEPT SELECT id, benchmark_id, deleted, json FROM gone) AS r,
                LATERAL result_elements(r.json, r.benchmark_id) AS v
            WHERE NOT r.deleted;
    ELSE
        TRUNCATE result_value, result_element;
    END CASE;
    RETURN NULL;
END
$function$;

-- The paths of a schema: its properties, and those below them, in the elements of arrays, behind
-- references inside of the schema and in what may hold besides; at most 100. Lists and objects
-- are none. A schema that cannot be read has none.
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

-- The paths that the metrics of a benchmark name, and its schema: at most 100, those of metrics
-- first, those with [*] last and at most 20.
CREATE FUNCTION result_leaf_wanted(schema json, metrics json)
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

DROP FUNCTION result_leaf_set(uuid, json);
CREATE FUNCTION result_leaf_set(of_benchmark uuid, schema json, metrics json) RETURNS void
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

CREATE OR REPLACE FUNCTION result_leaf_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM result_leaf;
        TRUNCATE result_value, result_element;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.id <> NEW.id THEN
        PERFORM result_leaf_set(OLD.id, 'false', NULL);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM result_leaf_set(NEW.id, NEW.json_schema, NEW.metrics);
    END IF;
    RETURN NULL;
END
$function$;

-- As before, but only results of benchmarks with leaves that are not filled are read.
CREATE OR REPLACE PROCEDURE result_value_fill()
LANGUAGE plpgsql
AS $procedure$
DECLARE
    leaves integer[];
    benchmarks uuid[];
    last uuid;
    batch uuid[];
BEGIN
    SELECT array_agg(id), array_agg(DISTINCT benchmark_id) INTO leaves, benchmarks FROM result_leaf WHERE NOT filled;
    WHILE leaves IS NOT NULL LOOP
        PERFORM FROM result_leaf WHERE id = ANY (leaves) FOR SHARE;
        SELECT array_agg(id) INTO batch FROM (
            SELECT id FROM result WHERE (last IS NULL OR id > last) AND benchmark_id = ANY (benchmarks) ORDER BY id LIMIT 500 FOR SHARE
        ) AS part;
        EXIT WHEN batch IS NULL;
        last := batch[cardinality(batch)];
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM result AS r, LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE r.id = ANY (batch) AND NOT r.deleted AND v.leaf = ANY (leaves) ON CONFLICT DO NOTHING;
        DELETE FROM result_element WHERE result_id = ANY (batch) AND leaf = ANY (leaves);
        INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM result AS r, LATERAL result_elements(r.json, r.benchmark_id) AS v
            WHERE r.id = ANY (batch) AND NOT r.deleted AND v.leaf = ANY (leaves);
        COMMIT;
    END LOOP;
    UPDATE result_leaf SET filled = true WHERE id = ANY (leaves);
END
$procedure$;

DROP TRIGGER result_leaf_update ON benchmark;
CREATE TRIGGER result_leaf_update AFTER UPDATE OF id, json_schema, metrics ON benchmark
    FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.json_schema::text <> NEW.json_schema::text OR OLD.metrics::text IS DISTINCT FROM NEW.metrics::text)
    EXECUTE FUNCTION result_leaf_follow();

-- Paths that were not in their canonical form go; their values go with the next repair, and are
-- found by no list. The server fills new paths, and texts that may be quantities, in the background.
DELETE FROM result_leaf AS l
    WHERE NOT EXISTS (SELECT FROM benchmark AS b, result_leaf_wanted(b.json_schema, b.metrics) AS wanted
        WHERE b.id = l.benchmark_id AND wanted.path = l.path);
INSERT INTO result_leaf (benchmark_id, path, names, parts, several, filled)
    SELECT b.id, wanted.*, false FROM benchmark AS b, result_leaf_wanted(b.json_schema, b.metrics) AS wanted
    ON CONFLICT (benchmark_id, path) DO UPDATE SET names = excluded.names, parts = excluded.parts, several = excluded.several;
UPDATE result_leaf AS l SET filled = false
    WHERE filled AND EXISTS (SELECT FROM result_value AS v WHERE v.leaf = l.id AND v.kind = 2 AND v.number IS NULL AND v.txt >= '-' AND v.txt < ':');
DELETE FROM result_value AS v WHERE NOT EXISTS (SELECT FROM result_leaf AS l WHERE l.id = v.leaf);

-- +down
DROP TRIGGER result_leaf_update ON benchmark;
CREATE TRIGGER result_leaf_update AFTER UPDATE OF id, json_schema ON benchmark
    FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.json_schema::text <> NEW.json_schema::text)
    EXECUTE FUNCTION result_leaf_follow();
DROP FUNCTION result_leaf_set(uuid, json, json);
CREATE FUNCTION result_leaf_set(of_benchmark uuid, schema json) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $function$
DECLARE
    wanted text[];
    surplus integer[];
BEGIN
    PERFORM FROM benchmark WHERE id = of_benchmark FOR UPDATE;
    SELECT coalesce(array_agg(path), '{}') INTO wanted
        FROM (SELECT path FROM result_leaf_paths(schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100) AS paths;
    WITH removed AS (
        DELETE FROM result_leaf WHERE benchmark_id = of_benchmark AND path <> ALL (wanted) RETURNING id
    ) SELECT array_agg(id) INTO surplus FROM removed;
    DELETE FROM result_value WHERE leaf = ANY (surplus);
    INSERT INTO result_leaf (benchmark_id, path, filled)
        SELECT of_benchmark, path, NOT EXISTS (SELECT FROM result WHERE benchmark_id = of_benchmark)
        FROM unnest(wanted) AS path ON CONFLICT DO NOTHING;
END
$function$;
CREATE OR REPLACE FUNCTION result_leaf_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM result_leaf;
        TRUNCATE result_value;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.id <> NEW.id THEN
        PERFORM result_leaf_set(OLD.id, 'false');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM result_leaf_set(NEW.id, NEW.json_schema);
    END IF;
    RETURN NULL;
END
$function$;
CREATE OR REPLACE PROCEDURE result_value_fill()
LANGUAGE plpgsql
AS $procedure$
DECLARE
    leaves integer[];
    last uuid;
    batch uuid[];
BEGIN
    SELECT array_agg(id) INTO leaves FROM result_leaf WHERE NOT filled;
    WHILE leaves IS NOT NULL LOOP
        PERFORM FROM result_leaf WHERE id = ANY (leaves) FOR SHARE;
        SELECT array_agg(id) INTO batch
            FROM (SELECT id FROM result WHERE last IS NULL OR id > last ORDER BY id LIMIT 500 FOR SHARE) AS part;
        EXIT WHEN batch IS NULL;
        last := batch[cardinality(batch)];
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM result AS r, LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE r.id = ANY (batch) AND NOT r.deleted AND v.leaf = ANY (leaves) ON CONFLICT DO NOTHING;
        COMMIT;
    END LOOP;
    UPDATE result_leaf SET filled = true WHERE id = ANY (leaves);
END
$procedure$;
CREATE OR REPLACE FUNCTION result_value_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM came AS r, LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE NOT r.deleted ON CONFLICT DO NOTHING;
    WHEN 'DELETE' THEN
        DELETE FROM result_value AS v USING gone WHERE v.result_id = gone.id;
    WHEN 'UPDATE' THEN
        DELETE FROM result_value AS v
            USING (SELECT id, benchmark_id, deleted, json FROM gone EXCEPT SELECT id, benchmark_id, deleted, json FROM came) AS r
            WHERE v.result_id = r.id;
        INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.*
            FROM (SELECT id, benchmark_id, deleted, json FROM came EXCEPT SELECT id, benchmark_id, deleted, json FROM gone) AS r,
                LATERAL result_values(r.json, r.benchmark_id) AS v
            WHERE NOT r.deleted ON CONFLICT DO NOTHING;
    ELSE
        TRUNCATE result_value;
    END CASE;
    RETURN NULL;
END
$function$;
CREATE OR REPLACE FUNCTION result_values(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT found.id, rows.kind::smallint, rows.exact, rows.number, rows.txt
FROM (SELECT l.id, v.value, jsonb_typeof(v.value) AS type,
        CASE WHEN jsonb_typeof(v.value) = 'string' THEN v.value #>> '{}' END AS string
    FROM result_leaf AS l, LATERAL (SELECT document #> string_to_array(l.path, '.') AS value OFFSET 0) AS v
    WHERE l.benchmark_id = of_benchmark OFFSET 0) AS found,
LATERAL (
    SELECT 2 AS kind, length(string) <= 100 AS exact, NULL::numeric AS number, left(string, 100) AS txt WHERE type = 'string'
    UNION ALL
    SELECT CASE type WHEN 'number' THEN 3 ELSE 8 END, whole = low, low, NULL
        FROM (SELECT whole, CASE WHEN abs(whole) < 1e150 AND scale(whole) <= 150 THEN whole ELSE result_value_floor(whole) END AS low
            FROM (SELECT CASE WHEN type = 'number' THEN value::numeric
                WHEN octet_length(string) <= 1000 AND string COLLATE "C" ~ '^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$'
                THEN string::numeric END AS whole OFFSET 0) AS read OFFSET 0) AS numbers
        WHERE whole IS NOT NULL
    UNION ALL
    SELECT CASE type WHEN 'null' THEN 1 WHEN 'boolean' THEN 4 WHEN 'object' THEN 6
            WHEN 'array' THEN CASE jsonb_array_length(value) WHEN 0 THEN 0 ELSE 5 END ELSE 7 END,
        type IS NULL OR type IN ('null', 'boolean') OR value IN ('{}', '[]'),
        CASE type WHEN 'boolean' THEN value::boolean::integer WHEN 'array' THEN jsonb_array_length(value)
            WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys(value)) END,
        NULL
        WHERE type IS NULL OR type NOT IN ('string', 'number')
) AS rows
$function$;
CREATE OR REPLACE FUNCTION result_leaf_paths(schema json) RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
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
            SELECT CASE path WHEN '' THEN property.key ELSE path || '.' || property.key END, property.value
                FROM jsonb_each(CASE jsonb_typeof(node -> 'properties') WHEN 'object' THEN node -> 'properties' ELSE '{}' END) AS property
                WHERE property.key <> '' AND property.key !~ '\.|^\s*[-+]?[0-9]+$'
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
DROP FUNCTION result_leaf_wanted(json, json);
DROP FUNCTION result_elements(jsonb, uuid);
DROP FUNCTION result_values_at(jsonb, jsonb);
DROP FUNCTION result_equals(jsonb, jsonb);
DROP FUNCTION result_leaf_parts(text);
DROP FUNCTION result_leaf_name(text);
DROP FUNCTION result_value_rows(jsonb);
DROP FUNCTION result_quantity(text);
DROP FUNCTION result_unit(text);
DROP TABLE result_element;
WITH gone AS (DELETE FROM result_leaf WHERE names IS NULL OR path <> array_to_string(names, '.') RETURNING id)
    DELETE FROM result_value WHERE kind = 9 OR leaf IN (SELECT id FROM gone);
ALTER TABLE result_leaf DROP COLUMN names, DROP COLUMN parts, DROP COLUMN several;
