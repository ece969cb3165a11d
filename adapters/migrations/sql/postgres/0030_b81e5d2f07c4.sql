-- revision: b81e5d2f07c4
-- parent: 37adcbdfe53c
-- message: the values of an array take an upload less time
-- created: 2026-11-28T17:25:00Z
-- compatible: yes

-- +up
-- The values are the same. Up to the first [*] or selector there is one place, which needs no query for
-- each part of the path.
CREATE OR REPLACE FUNCTION result_values_at(document jsonb, parts jsonb) RETURNS SETOF jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
DECLARE
    length CONSTANT integer := jsonb_array_length(parts);
    done integer := 0;
    here jsonb := document;
    places jsonb[];
    part jsonb;
    name text;
BEGIN
    -- Up to the first part that leads to several values, or to one of several, there is one place.
    WHILE done < length AND here IS NOT NULL LOOP
        part := parts -> done;
        EXIT WHEN jsonb_typeof(part) <> 'string';
        name := part #>> '{}';
        here := CASE jsonb_typeof(here) WHEN 'object' THEN here -> name
            WHEN 'array' THEN CASE WHEN name ~ '^0*[0-9]{1,9}$' THEN here -> right(name, 9)::integer END END;
        done := done + 1;
    END LOOP;
    IF here IS NOT NULL AND done = length THEN
        RETURN NEXT here;
        RETURN;
    END IF;
    IF here IS NOT NULL AND done = length - 1 AND jsonb_typeof(part) = 'null' THEN
        IF jsonb_typeof(here) = 'array' THEN
            RETURN QUERY SELECT element.value FROM jsonb_array_elements(here) AS element(value);
        END IF;
        RETURN;
    END IF;
    places := CASE WHEN here IS NOT NULL THEN ARRAY[here] END;
    WHILE done < length AND places IS NOT NULL LOOP
        part := parts -> done;
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
        done := done + 1;
    END LOOP;
    IF places IS NOT NULL THEN
        RETURN QUERY SELECT unnest(places);
    ELSIF NOT parts @> '[null]' THEN
        RETURN NEXT NULL;
    END IF;
END
$function$;
-- Which 51 values they are does not matter, so that they need no order.
CREATE OR REPLACE FUNCTION result_elements(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l,
    LATERAL (SELECT different.value, row_number() OVER () AS ordinal, count(*) OVER () AS found
        FROM (SELECT v.value FROM result_values_at(document, l.parts) AS v(value) GROUP BY v.value LIMIT 51) AS different
    ) AS v,
    LATERAL (
        SELECT one.kind, one.exact, one.number, one.txt FROM result_value_rows(v.value) AS one WHERE v.found <= 50
        UNION ALL
        SELECT 10::smallint, false, NULL, NULL WHERE v.ordinal = 51
    ) AS rows
WHERE l.benchmark_id = of_benchmark AND l.several
$function$;

-- +down
CREATE OR REPLACE FUNCTION result_values_at(document jsonb, parts jsonb) RETURNS SETOF jsonb
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
CREATE OR REPLACE FUNCTION result_elements(document jsonb, of_benchmark uuid)
RETURNS TABLE (leaf integer, kind smallint, exact boolean, number numeric, txt text)
LANGUAGE sql STABLE
AS $function$
SELECT l.id, rows.kind, rows.exact, rows.number, rows.txt
FROM result_leaf AS l,
    LATERAL (SELECT distinct_values.value, row_number() OVER () AS ordinal, count(*) OVER () AS found
        FROM (SELECT DISTINCT v.value FROM result_values_at(document, l.parts) AS v(value) ORDER BY v.value LIMIT 51) AS distinct_values
    ) AS v,
    LATERAL (
        SELECT one.kind, one.exact, one.number, one.txt FROM result_value_rows(v.value) AS one WHERE v.found <= 50
        UNION ALL
        SELECT 10::smallint, false, NULL, NULL WHERE v.ordinal = 51
    ) AS rows
WHERE l.benchmark_id = of_benchmark AND l.several
$function$;
