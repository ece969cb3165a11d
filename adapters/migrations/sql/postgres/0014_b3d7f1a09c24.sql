-- revision: b3d7f1a09c24
-- parent: 6b1d0c9e4f27
-- message: sort keys of arrays and objects are bounded
-- created: 2026-11-27T18:20:00Z
-- compatible: yes

-- +up
-- The first 256 atoms of the value: values that differ behind them compare as equal. An object
-- with more than 256 members is one atom, with 257 members, since PostgreSQL can only read all
-- members of an object. Such an object is greater than any with 256 members in jsonb's order,
-- which compares the numbers of members first, without reading them.
CREATE OR REPLACE FUNCTION json_atoms(document jsonb, OUT atoms json_atom[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    most CONSTANT integer := 256;
    stack jsonb[] := ARRAY[document];
    top integer := 1;
    size integer;
    place integer;
    count integer := 0;
    value jsonb;
    pair record;
BEGIN
    WHILE top > 0 AND count < most LOOP
        value := stack[top];
        top := top - 1;
        count := count + 1;
        CASE jsonb_typeof(value)
        WHEN 'object' THEN
            size := most + 1;
            IF pg_column_size(value) < 8 * size
                OR value < (SELECT jsonb_object_agg(n, NULL) FROM generate_series(1, most + 2) AS n) THEN
                SELECT least(size, count(*)) INTO size FROM jsonb_object_keys(value);
            END IF;
            atoms[count] := ROW(6::smallint, size::numeric, NULL::text);
            CONTINUE WHEN size > most;
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
            size := least(size, most - count);
            FOR n IN 1 .. size LOOP
                stack[top + n] := value -> (size - n);
            END LOOP;
            top := top + size;
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
CREATE OR REPLACE FUNCTION json_atoms(document jsonb, OUT atoms json_atom[])
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
