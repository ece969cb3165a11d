-- revision: 7c1e9b40d3a6
-- parent: 9c4e7a15d8b2
-- message: a change of which results bear which tags, and of derived metrics, is a change of the data
-- created: 2026-11-28T01:05:00Z
-- compatible: yes

-- +up
-- As result_count_follow counts changes of results: answers about tags are good as long as the sum is
-- the same. The tags of a result that is removed go with it, which result_count_follow counts.
CREATE FUNCTION result_tags_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        PERFORM result_count_add(benchmark_id, 0) FROM (
            SELECT DISTINCT r.benchmark_id FROM came JOIN result AS r ON r.id = came.result_id) AS changed;
    WHEN 'DELETE' THEN
        PERFORM result_count_add(benchmark_id, 0) FROM (
            SELECT DISTINCT r.benchmark_id FROM gone JOIN result AS r ON r.id = gone.result_id) AS changed;
    WHEN 'UPDATE' THEN
        PERFORM result_count_add(benchmark_id, 0) FROM (
            SELECT r.benchmark_id FROM gone JOIN result AS r ON r.id = gone.result_id
            UNION SELECT r.benchmark_id FROM came JOIN result AS r ON r.id = came.result_id) AS changed;
    END CASE;
    RETURN NULL;
END
$function$;
CREATE TRIGGER result_tags_insert AFTER INSERT ON result_tags
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_tags_follow();
CREATE TRIGGER result_tags_update AFTER UPDATE ON result_tags
    REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION result_tags_follow();
CREATE TRIGGER result_tags_delete AFTER DELETE ON result_tags
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION result_tags_follow();
CREATE TRIGGER result_tags_truncate AFTER TRUNCATE ON result_tags
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();

-- An answer that was read from documents says so: it is no longer good when the values are derived.
CREATE TRIGGER reference_change_follow AFTER INSERT OR UPDATE OR DELETE ON metric_path
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_follow();

-- +down
DROP TRIGGER reference_change_follow ON metric_path;
DROP TRIGGER result_tags_truncate ON result_tags;
DROP TRIGGER result_tags_delete ON result_tags;
DROP TRIGGER result_tags_update ON result_tags;
DROP TRIGGER result_tags_insert ON result_tags;
DROP FUNCTION result_tags_follow();
