-- revision: 9c1d5e7b30fa
-- parent: 4d7a0c3e92b8
-- message: sort keys beside large documents
-- created: 2026-11-28T00:40:00Z
-- compatible: yes
-- derives: result_outline

-- +up
-- What lists are sorted by, of a result whose document is large, so that they need not read the
-- document: triggers write it. outline is a node, an object with one or two members:
--   v  the value itself, if it is small;
--   k  the place in keys, of an array or object;
--   m  the nodes of all members of an object.
-- A node without any of them, and what is below one without m, is in the document only.
CREATE TYPE json_key AS (
    atoms json_atom[]
);
CREATE TABLE result_outline (
    result_id uuid PRIMARY KEY,
    outline jsonb NOT NULL,
    keys json_key[] NOT NULL
);

-- The node of a value that is so many members deep, and its keys, which come behind others. A
-- value of more than 500 bytes is not small. An outline has at most 16 keys and objects of at most
-- 64 members, 4 deep.
CREATE FUNCTION json_outline(document jsonb, depth integer, INOUT keys json_key[], OUT node jsonb)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
DECLARE
    atoms json_atom[];
    members jsonb := '{}';
    pair record;
    part record;
BEGIN
    IF pg_column_size(document) <= 500 THEN
        node := jsonb_build_object('v', document);
        RETURN;
    END IF;
    node := '{}';
    IF jsonb_typeof(document) NOT IN ('array', 'object') OR cardinality(keys) >= 16 THEN
        RETURN;
    END IF;
    atoms := json_atoms(document);
    IF pg_column_size(atoms) <= 20000 THEN
        keys := keys || ROW(atoms)::json_key;
        node := jsonb_build_object('k', cardinality(keys));
    END IF;
    IF jsonb_typeof(document) = 'array' OR (atoms[1]).number > 64 OR depth >= 4 THEN
        RETURN;
    END IF;
    FOR pair IN SELECT * FROM jsonb_each(document) LOOP
        SELECT * INTO part FROM json_outline(pair.value, depth + 1, keys);
        keys := part.keys;
        members := members || jsonb_build_object(pair.key, part.node);
    END LOOP;
    IF pg_column_size(members) <= 16000 THEN
        node := node || jsonb_build_object('m', members);
    END IF;
END
$function$;

-- What an outline says about the value at a path: its value or its key, or neither if there is no
-- such value. Unless it is known, the document says it.
CREATE TYPE json_found AS (
    known boolean,
    value jsonb,
    atoms json_atom[]
);
CREATE FUNCTION json_outlined(node jsonb, keys json_key[], path text[]) RETURNS json_found
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
DECLARE
    result json_found;
BEGIN
    result.known := true;
    FOR i IN 1 .. cardinality(path) LOOP
        IF node ? 'v' THEN
            result.value := (node -> 'v') #> path[i:];
            RETURN result;
        END IF;
        result.known := node ? 'm';
        node := node -> 'm' -> path[i];
        IF node IS NULL THEN
            RETURN result;
        END IF;
    END LOOP;
    result.value := node -> 'v';
    IF result.value IS NULL THEN
        result.atoms := keys[(node ->> 'k')::integer].atoms;
        result.known := result.atoms IS NOT NULL;
    END IF;
    RETURN result;
END
$function$;

-- pg_column_size of NEW.json may be that of the value in the table, compressed to a ninetieth at
-- most. json #> '{}' is the whole.
CREATE FUNCTION result_outline_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM result_outline WHERE result_id = OLD.id;
    END IF;
    IF pg_column_size(NEW.json #> '{}') > 16000 THEN
        INSERT INTO result_outline (result_id, outline, keys)
            SELECT NEW.id, o.node, o.keys FROM json_outline(NEW.json, 0, '{}') AS o ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER result_outline_insert AFTER INSERT ON result
    FOR EACH ROW WHEN (pg_column_size(NEW.json) > 150) EXECUTE FUNCTION result_outline_follow();
CREATE TRIGGER result_outline_update AFTER UPDATE OF id, json ON result
    FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.json IS DISTINCT FROM NEW.json) EXECUTE FUNCTION result_outline_follow();

CREATE FUNCTION result_outline_forget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE result_outline;
    ELSE
        DELETE FROM result_outline AS o USING gone WHERE o.result_id = gone.id;
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER result_outline_delete AFTER DELETE ON result
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION result_outline_forget();
CREATE TRIGGER result_outline_truncate AFTER TRUNCATE ON result
    FOR EACH STATEMENT EXECUTE FUNCTION result_outline_forget();

INSERT INTO result_outline (result_id, outline, keys)
SELECT r.id, o.node, o.keys FROM result AS r, LATERAL json_outline(r.json, 0, '{}') AS o
WHERE pg_column_size(r.json) > 150 AND pg_column_size(r.json #> '{}') > 16000;

-- +down
DROP TRIGGER result_outline_truncate ON result;
DROP TRIGGER result_outline_delete ON result;
DROP TRIGGER result_outline_update ON result;
DROP TRIGGER result_outline_insert ON result;
DROP FUNCTION result_outline_forget();
DROP FUNCTION result_outline_follow();
DROP FUNCTION json_outlined(jsonb, json_key[], text[]);
DROP TYPE json_found;
DROP FUNCTION json_outline(jsonb, integer, json_key[]);
DROP TABLE result_outline;
DROP TYPE json_key;
