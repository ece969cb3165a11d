-- revision: 6b1d0c9e4f27
-- parent: a4c8e27f60b3
-- message: metrics that users declare
-- created: 2026-11-27T18:00:00Z
-- compatible: yes
-- drops: benchmark.metrics

-- +up
-- A JSON array of metrics in their order; NULL in rows of the earlier program.
ALTER TABLE benchmark ADD COLUMN metrics json;

-- +down
ALTER TABLE benchmark DROP COLUMN metrics;
