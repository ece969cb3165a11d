-- revision: d01e49c03043
-- parent: 112055db4eff
-- message: indexes for the lists of results
-- created: 2026-11-23T18:56:03Z
-- compatible: yes
-- transaction: none

-- +up
-- A build that was interrupted leaves an invalid index of that name behind,
-- which is in the way: hence the drops. Nothing here stops anybody from writing.
DROP INDEX CONCURRENTLY IF EXISTS result_execution_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_execution_idx
    ON result (execution_datetime, id) WHERE NOT deleted;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_benchmark_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_benchmark_idx
    ON result (benchmark_id, execution_datetime, id) WHERE NOT deleted;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_site_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_site_idx
    ON result (site_id, execution_datetime, id) WHERE NOT deleted;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_flavor_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_flavor_idx
    ON result (flavor_id, execution_datetime, id) WHERE NOT deleted;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_tags_tag_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_tags_tag_idx
    ON result_tags (tag_id);

-- +down
DROP INDEX CONCURRENTLY IF EXISTS result_tags_tag_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_flavor_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_site_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_benchmark_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_execution_idx;
