-- revision: e2a7f40b91c5
-- parent: c9e5a3170b4d
-- message: the values of metrics beside the documents, and how often results were changed
-- created: 2026-11-27T18:40:00Z
-- compatible: yes
-- derives: metric_path, result_metric, result_count.changes

-- +up
-- A metric of a benchmark whose values triggers derive. The program writes the rows: it knows
-- which metrics a schema declares. spec holds the paths as users write them. samples, resource and label are NULL where the metric has
-- none. filled says that the values of all results are there: only then may a question rely
-- on them.
CREATE TABLE metric_path (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    benchmark_id uuid NOT NULL,
    spec text NOT NULL,
    value text[] NOT NULL,
    samples text[],
    resource text[],
    label text[],
    filled boolean NOT NULL,
    UNIQUE (benchmark_id, spec)
);

-- What a result that is not hidden says about a metric, as JSON texts; with what else
-- questions need of the result, so that they need not read the documents. whole is false
-- where one of the texts is too long for this table: then the document says it.
CREATE TABLE result_metric (
    metric integer NOT NULL,
    result_id uuid NOT NULL,
    site_id uuid NOT NULL,
    flavor_id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp NOT NULL,
    execution_datetime timestamp NOT NULL,
    whole boolean NOT NULL,
    value text,
    samples text,
    resource text,
    label text,
    image_digest text,
    PRIMARY KEY (metric, result_id)
);
CREATE INDEX result_metric_result_idx ON result_metric (result_id);

-- The rows of all results, hidden ones too, for each metric of their benchmarks.
CREATE VIEW result_metric_derived AS
SELECT m.id AS metric, r.id AS result_id, r.deleted, r.site_id, r.flavor_id, r.uploader_sub, r.uploader_iss, r.upload_datetime,
    r.execution_datetime, read.whole, CASE WHEN read.whole THEN read.value END AS value, CASE WHEN read.whole THEN read.samples END AS samples,
    CASE WHEN read.whole THEN read.resource END AS resource, CASE WHEN read.whole THEN read.label END AS label,
    r.image_digest
FROM metric_path AS m JOIN result AS r ON r.benchmark_id = m.benchmark_id, LATERAL (
    SELECT texts.*, coalesce(octet_length(texts.value), 0) + coalesce(octet_length(texts.samples), 0)
        + coalesce(octet_length(texts.resource), 0) + coalesce(octet_length(texts.label), 0) <= 2000 AS whole
    FROM (SELECT (r.json #> m.value)::text AS value, (r.json #> m.samples)::text AS samples,
        (r.json #> m.resource)::text AS resource, (r.json #> m.label)::text AS label OFFSET 0) AS texts OFFSET 0) AS read;

CREATE FUNCTION result_metric_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        INSERT INTO result_metric SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
                whole, value, samples, resource, label, image_digest
            FROM result_metric_derived WHERE NOT deleted AND result_id IN (SELECT id FROM came) ON CONFLICT DO NOTHING;
    WHEN 'DELETE' THEN
        DELETE FROM result_metric AS v USING gone WHERE v.result_id = gone.id;
    WHEN 'UPDATE' THEN
        DELETE FROM result_metric AS v
            USING (SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest
                FROM gone EXCEPT SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest FROM came) AS r
            WHERE v.result_id = r.id;
        INSERT INTO result_metric SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime, execution_datetime,
                whole, value, samples, resource, label, image_digest
            FROM result_metric_derived WHERE NOT deleted AND result_id IN (
                SELECT id FROM (SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest
                    FROM came EXCEPT SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest FROM gone) AS r)
            ON CONFLICT DO NOTHING;
    ELSE
        TRUNCATE result_metric;
    END CASE;
    RETURN NULL;
END
$function$;
CREATE TRIGGER result_metric_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_metric_follow();
CREATE TRIGGER result_metric_update AFTER UPDATE ON result
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_metric_follow();
CREATE TRIGGER result_metric_delete AFTER DELETE ON result
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION result_metric_follow();
CREATE TRIGGER result_metric_truncate AFTER TRUNCATE ON result
    FOR EACH STATEMENT EXECUTE FUNCTION result_metric_follow();

CREATE FUNCTION metric_path_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM metric_path AS m USING gone WHERE m.benchmark_id = gone.id;
    ELSE
        DELETE FROM metric_path;
        TRUNCATE result_metric;
    END IF;
    RETURN NULL;
END
$function$;
CREATE TRIGGER metric_path_delete AFTER DELETE ON benchmark
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION metric_path_follow();
CREATE TRIGGER metric_path_truncate AFTER TRUNCATE ON benchmark
    FOR EACH STATEMENT EXECUTE FUNCTION metric_path_follow();

-- The sum over the rows of a benchmark is another after each change of its results that lists and
-- questions see: an answer about them is good as long as it is the same.
ALTER TABLE result_count ADD COLUMN changes bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION result_count_add(of_benchmark uuid, change bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
    place tid;
BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
        SELECT ctid INTO place FROM result_count
            WHERE benchmark_id = of_benchmark LIMIT 1 FOR UPDATE SKIP LOCKED;
        UPDATE result_count SET visible = visible + change, changes = changes + 1 WHERE ctid = place;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO result_count (benchmark_id, visible, changes) VALUES (of_benchmark, change, 1);
END
$function$;

CREATE OR REPLACE FUNCTION result_count_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        PERFORM result_count_add(benchmark_id, count(*))
            FROM came WHERE NOT deleted GROUP BY benchmark_id;
    WHEN 'DELETE' THEN
        PERFORM result_count_add(benchmark_id, -count(*))
            FROM gone WHERE NOT deleted GROUP BY benchmark_id;
    WHEN 'UPDATE' THEN
        PERFORM result_count_add(benchmark_id, sum(change)::bigint)
            FROM (SELECT benchmark_id, (NOT deleted)::integer AS change FROM (
                    SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest
                    FROM came EXCEPT SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest FROM gone) AS new
                UNION ALL SELECT benchmark_id, -(NOT deleted)::integer FROM (
                    SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest
                    FROM gone EXCEPT SELECT id, benchmark_id, site_id, flavor_id, uploader_sub, uploader_iss,
                    upload_datetime, execution_datetime, deleted, json, image_digest FROM came) AS old) AS changes
            GROUP BY benchmark_id;
    ELSE
        DELETE FROM result_count;
    END CASE;
    RETURN NULL;
END
$function$;

-- +down
CREATE OR REPLACE FUNCTION result_count_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        PERFORM result_count_add(benchmark_id, count(*))
            FROM came WHERE NOT deleted GROUP BY benchmark_id;
    WHEN 'DELETE' THEN
        PERFORM result_count_add(benchmark_id, -count(*))
            FROM gone WHERE NOT deleted GROUP BY benchmark_id;
    WHEN 'UPDATE' THEN
        PERFORM result_count_add(benchmark_id, sum(change)::bigint)
            FROM (SELECT benchmark_id, 1 AS change FROM came WHERE NOT deleted
                UNION ALL SELECT benchmark_id, -1 FROM gone WHERE NOT deleted) AS changes
            GROUP BY benchmark_id HAVING sum(change) <> 0;
    ELSE
        DELETE FROM result_count;
    END CASE;
    RETURN NULL;
END
$function$;
CREATE OR REPLACE FUNCTION result_count_add(of_benchmark uuid, change bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
    place tid;
BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
        SELECT ctid INTO place FROM result_count
            WHERE benchmark_id = of_benchmark LIMIT 1 FOR UPDATE SKIP LOCKED;
        UPDATE result_count SET visible = visible + change WHERE ctid = place;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO result_count (benchmark_id, visible) VALUES (of_benchmark, change);
END
$function$;
ALTER TABLE result_count DROP COLUMN changes;
DROP TRIGGER metric_path_truncate ON benchmark;
DROP TRIGGER metric_path_delete ON benchmark;
DROP FUNCTION metric_path_follow();
DROP TRIGGER result_metric_truncate ON result;
DROP TRIGGER result_metric_delete ON result;
DROP TRIGGER result_metric_update ON result;
DROP TRIGGER result_metric_insert ON result;
DROP FUNCTION result_metric_follow();
DROP VIEW result_metric_derived;
DROP TABLE result_metric;
DROP TABLE metric_path;
