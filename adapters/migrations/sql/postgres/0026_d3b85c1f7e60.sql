-- revision: d3b85c1f7e60
-- parent: 7c1e9b40d3a6
-- message: what triggers derive from an upload takes one function
-- created: 2026-11-28T01:30:00Z
-- compatible: yes

-- +up
-- What was derived from new results by result_value_follow, result_metric_follow and
-- result_count_follow. One function instead of three, without checks of each row for
-- conflicts, takes an upload less time. A new result has no rows yet, unless a program
-- removed a result with triggers disabled and adds it again: its rows stay until they are
-- repaired.
CREATE FUNCTION result_insert_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
    counted record;
BEGIN
    INSERT INTO result_value (result_id, leaf, kind, exact, number, txt)
        SELECT r.id, v.* FROM came AS r, LATERAL result_values(r.json, r.benchmark_id) AS v
        WHERE NOT r.deleted AND NOT EXISTS (SELECT FROM result_value AS v WHERE v.result_id = r.id);
    IF EXISTS (SELECT FROM came JOIN result_leaf AS l ON l.benchmark_id = came.benchmark_id AND l.several) THEN
        INSERT INTO result_element (result_id, leaf, kind, exact, number, txt)
            SELECT r.id, v.* FROM came AS r, LATERAL result_elements(r.json, r.benchmark_id) AS v WHERE NOT r.deleted;
    END IF;
    -- As in the view result_metric_derived, which would read the result from its table.
    INSERT INTO result_metric
        SELECT m.id, r.id, r.site_id, r.flavor_id, r.uploader_sub, r.uploader_iss, r.upload_datetime, r.execution_datetime, read.whole,
            CASE WHEN read.whole THEN read.value END, CASE WHEN read.whole THEN read.samples END,
            CASE WHEN read.whole THEN read.resource END, CASE WHEN read.whole THEN read.label END, r.image_digest
        FROM came AS r JOIN metric_path AS m ON m.benchmark_id = r.benchmark_id, LATERAL (
            SELECT texts.*, coalesce(octet_length(texts.value), 0) + coalesce(octet_length(texts.samples), 0)
                + coalesce(octet_length(texts.resource), 0) + coalesce(octet_length(texts.label), 0) <= 2000 AS whole
            FROM (SELECT (r.json #> m.value)::text AS value, (r.json #> m.samples)::text AS samples,
                (r.json #> m.resource)::text AS resource, (r.json #> m.label)::text AS label OFFSET 0) AS texts OFFSET 0) AS read
        WHERE NOT r.deleted AND NOT EXISTS (SELECT FROM result_metric AS v WHERE v.result_id = r.id);
    -- As in result_count_add.
    FOR counted IN SELECT benchmark_id, count(*) AS visible FROM came WHERE NOT deleted GROUP BY benchmark_id LOOP
        IF current_setting('transaction_isolation') = 'read committed' THEN
            UPDATE result_count SET visible = result_count.visible + counted.visible, changes = changes + 1
                WHERE ctid = (SELECT ctid FROM result_count WHERE benchmark_id = counted.benchmark_id LIMIT 1 FOR UPDATE SKIP LOCKED);
            CONTINUE WHEN FOUND;
        END IF;
        INSERT INTO result_count (benchmark_id, visible, changes) VALUES (counted.benchmark_id, counted.visible, 1);
    END LOOP;
    RETURN NULL;
END
$function$;
DROP TRIGGER result_count_insert ON result;
DROP TRIGGER result_value_insert ON result;
DROP TRIGGER result_metric_insert ON result;
CREATE TRIGGER result_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_insert_follow();
-- No call of the function for a document that has no outline.
DROP TRIGGER result_outline_insert ON result;
CREATE TRIGGER result_outline_insert AFTER INSERT ON result
    FOR EACH ROW WHEN (pg_column_size(NEW.json) > 150 AND pg_column_size(NEW.json #> '{}') > 16000)
    EXECUTE FUNCTION result_outline_follow();

-- +down
DROP TRIGGER result_outline_insert ON result;
CREATE TRIGGER result_outline_insert AFTER INSERT ON result
    FOR EACH ROW WHEN (pg_column_size(NEW.json) > 150) EXECUTE FUNCTION result_outline_follow();
DROP TRIGGER result_insert ON result;
DROP FUNCTION result_insert_follow();
CREATE TRIGGER result_count_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_count_follow();
CREATE TRIGGER result_value_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_value_follow();
CREATE TRIGGER result_metric_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_metric_follow();
