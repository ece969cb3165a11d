-- revision: 6e0c3b97d1a2
-- parent: c5d20e9b7a63
-- message: quantities and long arrays take an upload less time
-- created: 2026-11-28T20:56:00Z
-- compatible: yes

-- +up
-- The values are the same. A join of lists of units took the most time of an upload that has texts such as
-- 32 KiB. Expressions of PL/pgSQL need no executor.
CREATE OR REPLACE FUNCTION result_unit(symbol text, OUT kind text, OUT factor numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    parts text[];
BEGIN
    -- Both letters that mean 1e-6.
    IF substring(convert_to(symbol, 'UTF8') FROM 1 FOR 2) IN ('\xc2b5', '\xcebc') THEN
        symbol := 'u' || convert_from(substring(convert_to(symbol, 'UTF8') FROM 3), 'UTF8');
    END IF;
    parts := CASE WHEN symbol <> 'dB' THEN regexp_match(symbol,
        '^(da|[qryzafpnumcdhkMGTPEZYRQ]|[KMGTPEZYRQ]i)?(s|Hz|b|B|b/s|B/s|FLOPS|FLOP/s|W|J|op/s|IOPS)$') END;
    IF parts IS NULL THEN
        kind := CASE symbol WHEN 'min' THEN 's' WHEN 'h' THEN 's' WHEN '%' THEN '%' END;
        factor := CASE symbol WHEN 'min' THEN 60 WHEN 'h' THEN 3600 WHEN '%' THEN 1 END;
        RETURN;
    END IF;
    kind := CASE parts[2] WHEN 'B' THEN 'b' WHEN 'B/s' THEN 'b/s' WHEN 'FLOPS' THEN 'FLOP/s' WHEN 'IOPS' THEN 'op/s' ELSE parts[2] END;
    factor := CASE WHEN parts[2] IN ('B', 'B/s') THEN 8 ELSE 1 END * CASE coalesce(parts[1], '') WHEN '' THEN 1
        WHEN 'q' THEN 1e-30 WHEN 'r' THEN 1e-27 WHEN 'y' THEN 1e-24 WHEN 'z' THEN 1e-21 WHEN 'a' THEN 1e-18 WHEN 'f' THEN 1e-15
        WHEN 'p' THEN 1e-12 WHEN 'n' THEN 1e-9 WHEN 'u' THEN 1e-6 WHEN 'm' THEN 1e-3 WHEN 'c' THEN 1e-2 WHEN 'd' THEN 1e-1
        WHEN 'da' THEN 1e1 WHEN 'h' THEN 1e2 WHEN 'k' THEN 1e3 WHEN 'M' THEN 1e6 WHEN 'G' THEN 1e9 WHEN 'T' THEN 1e12
        WHEN 'P' THEN 1e15 WHEN 'E' THEN 1e18 WHEN 'Z' THEN 1e21 WHEN 'Y' THEN 1e24 WHEN 'R' THEN 1e27 WHEN 'Q' THEN 1e30
        WHEN 'Ki' THEN 1024 WHEN 'Mi' THEN 1048576 WHEN 'Gi' THEN 1073741824 WHEN 'Ti' THEN 1099511627776
        WHEN 'Pi' THEN 1125899906842624 WHEN 'Ei' THEN 1152921504606846976 WHEN 'Zi' THEN 1180591620717411303424
        WHEN 'Yi' THEN 1208925819614629174706176 WHEN 'Ri' THEN 1237940039285380274899124224
        WHEN 'Qi' THEN 1267650600228229401496703205376 END;
END
$function$;
CREATE OR REPLACE FUNCTION result_quantity(content text, OUT kind text, OUT number numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
DECLARE
    parts text[];
    unit record;
BEGIN
    IF octet_length(content) > 1000 THEN
        RETURN;
    END IF;
    parts := regexp_match(content COLLATE "C", '^(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(.*)$');
    IF parts IS NOT NULL THEN
        unit := result_unit(ltrim(parts[2], ' '));
        kind := unit.kind;
        number := parts[1]::numeric * unit.factor;
    END IF;
END
$function$;
-- Of more than 50 different values only one matters.
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
WHERE l.benchmark_id = of_benchmark AND l.several AND (v.found <= 50 OR v.ordinal = 51)
$function$;

-- +down
CREATE OR REPLACE FUNCTION result_unit(symbol text, OUT kind text, OUT factor numeric)
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
CREATE OR REPLACE FUNCTION result_quantity(content text, OUT kind text, OUT number numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT
AS $function$
BEGIN
SELECT unit.kind, parts[1]::numeric * unit.factor INTO result_quantity.kind, result_quantity.number
FROM regexp_match(content COLLATE "C", '^(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(.*)$') AS parts,
    LATERAL result_unit(ltrim(parts[2], ' ')) AS unit
WHERE octet_length(content) <= 1000;
END
$function$;
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
