-- revision: d2f20fffbd5d
-- parent: d01e49c03043
-- message: an order of JSON values that no collation can change
-- created: 2026-11-23T18:57:00Z
-- compatible: yes

-- +up
-- jsonb's own order compares strings by the collation of the database. Arrays
-- of these atoms compare by code point, and otherwise as jsonb does: first the
-- kind (1 null, 2 string, 3 number, 4 boolean, 5 array, 6 object), then the
-- number (0 or 1 of a boolean, the count of elements or pairs), then the text.
CREATE TYPE json_atom AS (
    kind smallint,
    number numeric,
    txt text COLLATE "C"
);

-- The value's atoms, each container followed by those of its elements or pairs;
-- pairs come in the order of jsonb, by the length of the key and then its bytes.
-- A stack of its own instead of recursion, so that no depth can raise an error.
-- The type is named in the signature only, which binds it for good whatever the
-- search_path of the caller.
CREATE FUNCTION json_atoms(document jsonb, OUT atoms json_atom[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    stack jsonb[] := ARRAY[document];
    top integer := 1;
    size integer;
    place integer;
    count integer := 0;
    value jsonb;
    pair record;
BEGIN
    WHILE top > 0 LOOP
        value := stack[top];
        top := top - 1;
        count := count + 1;
        CASE jsonb_typeof(value)
        WHEN 'object' THEN
            SELECT count(*) INTO size FROM jsonb_object_keys(value);
            atoms[count] := ROW(6::smallint, size::numeric, NULL::text);
            top := top + 2 * size;
            place := top;
            FOR pair IN SELECT * FROM jsonb_each(value) LOOP
                stack[place] := to_jsonb(pair.key);
                stack[place - 1] := pair.value;
                place := place - 2;
            END LOOP;
        WHEN 'array' THEN
            size := jsonb_array_length(value);
            atoms[count] := ROW(5::smallint, size::numeric, NULL::text);
            top := top + size;
            place := top;
            FOR pair IN SELECT * FROM jsonb_array_elements(value) LOOP
                stack[place] := pair.value;
                place := place - 1;
            END LOOP;
        WHEN 'string' THEN
            atoms[count] := ROW(2::smallint, NULL::numeric, value #>> '{}');
        WHEN 'number' THEN
            atoms[count] := ROW(3::smallint, value::numeric, NULL::text);
        WHEN 'boolean' THEN
            atoms[count] := ROW(4::smallint, value::boolean::integer::numeric, NULL::text);
        ELSE
            atoms[count] := ROW(1::smallint, NULL::numeric, NULL::text);
        END CASE;
    END LOOP;
END
$function$;

-- +down
DROP FUNCTION json_atoms(jsonb);
DROP TYPE json_atom;
