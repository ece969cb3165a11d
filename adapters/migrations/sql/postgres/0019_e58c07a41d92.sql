-- revision: e58c07a41d92
-- parent: 6b21d9f0e3c4
-- message: indexes for all that a removal looks for
-- created: 2026-11-27T18:41:00Z
-- compatible: yes
-- transaction: none

-- +up
-- A foreign key looks in the table that refers for each row that is removed. The older
-- indexes of results hold visible results only, and a foreign key cannot use them.
-- An interrupted build leaves an invalid index behind: hence the drops.
DROP INDEX CONCURRENTLY IF EXISTS benchmark_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY benchmark_uploader_idx
    ON benchmark (uploader_sub, uploader_iss);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS site_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY site_uploader_idx
    ON site (uploader_sub, uploader_iss);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS flavor_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY flavor_uploader_idx
    ON flavor (uploader_sub, uploader_iss);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS claim_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY claim_uploader_idx
    ON claim (uploader_sub, uploader_iss);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_uploader_idx
    ON result (uploader_sub, uploader_iss);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS tag_uploader_idx;
-- +statement
CREATE INDEX CONCURRENTLY tag_uploader_idx
    ON tag (uploader_sub, uploader_iss) WHERE uploader_sub IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS benchmark_submit_idx;
-- +statement
CREATE INDEX CONCURRENTLY benchmark_submit_idx
    ON benchmark (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS site_submit_idx;
-- +statement
CREATE INDEX CONCURRENTLY site_submit_idx
    ON site (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS flavor_submit_idx;
-- +statement
CREATE INDEX CONCURRENTLY flavor_submit_idx
    ON flavor (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS claim_submit_idx;
-- +statement
CREATE INDEX CONCURRENTLY claim_submit_idx
    ON claim (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_of_benchmark_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_of_benchmark_idx
    ON result (benchmark_id);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_of_site_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_of_site_idx
    ON result (site_id);
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_of_flavor_idx;
-- +statement
CREATE INDEX CONCURRENTLY result_of_flavor_idx
    ON result (flavor_id);

-- +down
DROP INDEX CONCURRENTLY IF EXISTS result_of_flavor_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_of_site_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_of_benchmark_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS claim_submit_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS flavor_submit_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS site_submit_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS benchmark_submit_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS tag_uploader_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS result_uploader_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS claim_uploader_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS flavor_uploader_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS site_uploader_idx;
-- +statement
DROP INDEX CONCURRENTLY IF EXISTS benchmark_uploader_idx;
