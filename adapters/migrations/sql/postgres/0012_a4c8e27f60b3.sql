-- revision: a4c8e27f60b3
-- parent: 5e1f8a2c94d7
-- message: how often what results refer to was changed
-- created: 2026-11-24T18:50:00Z
-- compatible: yes
-- derives: reference_change

-- +up
-- The sum of the rows is another after each change of a benchmark, site, flavor or
-- tag: who has read them at a sum need not read them again while it is the same.
CREATE TABLE reference_change (changes bigint NOT NULL) WITH (fillfactor = 50);

-- Like result_count_add: it counts in a row that nobody else holds, or in a new one.
CREATE FUNCTION reference_change_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
    place tid;
BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
        SELECT ctid INTO place FROM reference_change LIMIT 1 FOR UPDATE SKIP LOCKED;
        UPDATE reference_change SET changes = changes + 1 WHERE ctid = place;
        IF FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO reference_change (changes) VALUES (1);
    RETURN NULL;
END
$function$;

CREATE TRIGGER reference_change_follow AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON benchmark
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();
CREATE TRIGGER reference_change_follow AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON site
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();
CREATE TRIGGER reference_change_follow AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON flavor
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();
CREATE TRIGGER reference_change_follow AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tag
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();

-- +down
DROP TRIGGER reference_change_follow ON tag;
DROP TRIGGER reference_change_follow ON flavor;
DROP TRIGGER reference_change_follow ON site;
DROP TRIGGER reference_change_follow ON benchmark;
DROP FUNCTION reference_change_follow();
DROP TABLE reference_change;
