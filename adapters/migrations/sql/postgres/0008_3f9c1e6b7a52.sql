-- revision: 3f9c1e6b7a52
-- parent: a885b41d4e4c
-- message: totals of results that need not be counted
-- created: 2026-11-24T16:10:00Z
-- compatible: yes
-- derives: result_count

-- +up
-- How many results of a benchmark are not hidden is the sum of its rows: several,
-- so that those who upload at once do not wait for each other. The table refers to
-- no other one: those are truncated and restored as they are.
CREATE TABLE result_count (
    benchmark_id uuid NOT NULL,
    visible bigint NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX result_count_idx ON result_count (benchmark_id);

-- Adds to a row that nobody else holds, or to a new one: who never waits is in no
-- deadlock. Above READ COMMITTED, to lock a row that another has changed meanwhile
-- would be an error.
CREATE FUNCTION result_count_add(of_benchmark uuid, change bigint) RETURNS void
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

CREATE FUNCTION result_count_follow() RETURNS trigger
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

-- Nobody writes between the triggers and the count, which takes 0.1 s for each
-- million of results.
CREATE TRIGGER result_count_insert AFTER INSERT ON result
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_count_follow();
CREATE TRIGGER result_count_update AFTER UPDATE ON result
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_count_follow();
CREATE TRIGGER result_count_delete AFTER DELETE ON result
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION result_count_follow();
CREATE TRIGGER result_count_truncate AFTER TRUNCATE ON result
    FOR EACH STATEMENT EXECUTE FUNCTION result_count_follow();
INSERT INTO result_count (benchmark_id, visible)
    SELECT benchmark_id, count(*) FROM result WHERE NOT deleted GROUP BY benchmark_id;

-- +down
DROP TRIGGER result_count_truncate ON result;
DROP TRIGGER result_count_delete ON result;
DROP TRIGGER result_count_update ON result;
DROP TRIGGER result_count_insert ON result;
DROP FUNCTION result_count_follow();
DROP FUNCTION result_count_add(uuid, bigint);
DROP TABLE result_count;
