-- revision: d01e49c03043
-- parent: 112055db4eff
-- message: indexes for the lists of results
-- created: 2026-11-23T18:56:03Z
-- compatible: yes

-- +up
CREATE INDEX result_execution_idx
    ON result (execution_datetime, id) WHERE NOT deleted;
CREATE INDEX result_benchmark_idx
    ON result (benchmark_id, execution_datetime, id) WHERE NOT deleted;
CREATE INDEX result_site_idx
    ON result (site_id, execution_datetime, id) WHERE NOT deleted;
CREATE INDEX result_flavor_idx
    ON result (flavor_id, execution_datetime, id) WHERE NOT deleted;
CREATE INDEX result_tags_tag_idx
    ON result_tags (tag_id);

-- +down
DROP INDEX result_tags_tag_idx;
DROP INDEX result_flavor_idx;
DROP INDEX result_site_idx;
DROP INDEX result_benchmark_idx;
DROP INDEX result_execution_idx;
