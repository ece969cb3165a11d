-- revision: 8d24b5f0c6e1
-- parent: 3f9c1e6b7a52
-- message: the values that schemas name, for filters and sorts
-- created: 2026-11-24T16:20:00Z
-- compatible: yes
-- derives: result_leaf, result_value

-- +up
-- A leaf is a path that the schema of a benchmark names. filled says that the
-- values of all its results are there: only then may a list rely on them. The
-- tables refer to no other ones: those are truncated and restored as they are.
CREATE TABLE result_leaf (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    benchmark_id uuid NOT NULL,
    path text NOT NULL,
    filled boolean NOT NULL,
    UNIQUE (benchmark_id, path)
);

-- One row for each leaf of a result that is not hidden. kind is in jsonb's order: 0
-- an empty array, 1 null, 2 string, 3 number, 4 boolean, 5 array, 6 object, then 7
-- for a path that is not there. A string that is a number has a second row, of kind
-- 8. number is also 0 or 1 of a boolean, and the size of an array or object. What
-- an index could not hold is cut down to the start of a text and to a smaller
-- number, and not exact; arrays and objects are not either.
CREATE TABLE result_value (
    result_id uuid NOT NULL,
    leaf integer NOT NULL,
    kind smallint NOT NULL,
    exact boolean NOT NULL,
    number numeric,
    txt text COLLATE "C",
    PRIMARY KEY (result_id, leaf, kind)
);
CREATE INDEX result_value_idx ON result_value (leaf, kind, number, txt, result_id) INCLUDE (exact);

-- The number, or the next smaller one of at most 150 digits before and 150 after
-- the point, all but the first 150 of them zero: never in another order.
CREATE FUNCTION result_value_floor(x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    unit numeric := 1e-150;
    low numeric;
BEGIN
    IF abs(x) < 1e150 THEN
        IF scale(x) <= 150 THEN
            RETURN x;
        END IF;
        low := trunc(x, 150);
    ELSE
        unit := ('1' || repeat('0', length(trunc(abs(x))::text) - 150))::numeric;
        low := div(x, unit) * unit;
    END IF;
    RETURN CASE WHEN x < low THEN low - unit ELSE low END;
END
$function$;

-- The values of a document, for each leaf of its benchmark.
CREATE FUNCTION result_values(document jsonb, of_benchmark uuid)
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

CREATE FUNCTION result_value_follow() RETURNS trigger
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

-- The paths of a schema: its properties, and those below them, behind references
-- inside of the schema and in what may hold besides; at most 100. Lists and objects
-- are none, nor is a name that a filter cannot write or takes for an index. A schema
-- that cannot be read has none.
CREATE FUNCTION result_leaf_paths(schema json) RETURNS SETOF text
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

-- Makes the leaves of a benchmark what its schema names. The benchmark is locked:
-- an upload under way has to end before there are new leaves, and a later one sees
-- them.
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

CREATE FUNCTION result_leaf_follow() RETURNS trigger
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

-- Fills the leaves that are not filled, in small transactions: may be interrupted
-- and run again. A result is locked while its values are written; hidden ones too,
-- for one that is brought back meanwhile.
CREATE PROCEDURE result_value_fill()
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

CREATE TRIGGER result_value_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_value_follow();
CREATE TRIGGER result_value_update AFTER UPDATE ON result
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_value_follow();
CREATE TRIGGER result_value_delete AFTER DELETE ON result
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION result_value_follow();
CREATE TRIGGER result_value_truncate AFTER TRUNCATE ON result
    FOR EACH STATEMENT EXECUTE FUNCTION result_value_follow();
CREATE TRIGGER result_leaf_insert AFTER INSERT OR DELETE ON benchmark
    FOR EACH ROW EXECUTE FUNCTION result_leaf_follow();
CREATE TRIGGER result_leaf_update AFTER UPDATE OF id, json_schema ON benchmark
    FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.json_schema::text <> NEW.json_schema::text)
    EXECUTE FUNCTION result_leaf_follow();
CREATE TRIGGER result_leaf_truncate AFTER TRUNCATE ON benchmark
    FOR EACH STATEMENT EXECUTE FUNCTION result_leaf_follow();
INSERT INTO result_leaf (benchmark_id, path, filled)
    SELECT b.id, path, false FROM benchmark AS b,
        LATERAL (SELECT path FROM result_leaf_paths(b.json_schema) AS path GROUP BY path ORDER BY path COLLATE "C" LIMIT 100) AS paths;

-- +down
DROP TRIGGER result_leaf_truncate ON benchmark;
DROP TRIGGER result_leaf_update ON benchmark;
DROP TRIGGER result_leaf_insert ON benchmark;
DROP TRIGGER result_value_truncate ON result;
DROP TRIGGER result_value_delete ON result;
DROP TRIGGER result_value_update ON result;
DROP TRIGGER result_value_insert ON result;
DROP PROCEDURE result_value_fill();
DROP FUNCTION result_leaf_follow();
DROP FUNCTION result_leaf_set(uuid, json);
DROP FUNCTION result_leaf_paths(json);
DROP FUNCTION result_value_follow();
DROP FUNCTION result_values(jsonb, uuid);
DROP FUNCTION result_value_floor(numeric);
DROP TABLE result_value;
DROP TABLE result_leaf;
