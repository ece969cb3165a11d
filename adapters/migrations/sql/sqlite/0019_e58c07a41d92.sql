-- revision: e58c07a41d92
-- parent: 6b21d9f0e3c4
-- message: indexes for all that a removal looks for
-- created: 2026-11-27T18:41:00Z
-- compatible: yes

-- +up
-- As in PostgreSQL: a foreign key looks in the table that refers for each row that is removed.
CREATE INDEX benchmark_uploader_idx
    ON benchmark (uploader_sub, uploader_iss);
CREATE INDEX site_uploader_idx
    ON site (uploader_sub, uploader_iss);
CREATE INDEX flavor_uploader_idx
    ON flavor (uploader_sub, uploader_iss);
CREATE INDEX claim_uploader_idx
    ON claim (uploader_sub, uploader_iss);
CREATE INDEX result_uploader_idx
    ON result (uploader_sub, uploader_iss);
CREATE INDEX tag_uploader_idx
    ON tag (uploader_sub, uploader_iss) WHERE uploader_sub IS NOT NULL;
CREATE INDEX benchmark_submit_idx
    ON benchmark (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
CREATE INDEX site_submit_idx
    ON site (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
CREATE INDEX flavor_submit_idx
    ON flavor (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
CREATE INDEX claim_submit_idx
    ON claim (_submit_report_id) WHERE _submit_report_id IS NOT NULL;
CREATE INDEX result_of_benchmark_idx
    ON result (benchmark_id);
CREATE INDEX result_of_site_idx
    ON result (site_id);
CREATE INDEX result_of_flavor_idx
    ON result (flavor_id);

-- +down
DROP INDEX result_of_flavor_idx;
DROP INDEX result_of_site_idx;
DROP INDEX result_of_benchmark_idx;
DROP INDEX claim_submit_idx;
DROP INDEX flavor_submit_idx;
DROP INDEX site_submit_idx;
DROP INDEX benchmark_submit_idx;
DROP INDEX tag_uploader_idx;
DROP INDEX result_uploader_idx;
DROP INDEX claim_uploader_idx;
DROP INDEX flavor_uploader_idx;
DROP INDEX site_uploader_idx;
DROP INDEX benchmark_uploader_idx;
