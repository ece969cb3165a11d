-- revision: 37adcbdfe53c
-- parent: 2e9d61b4a7f8
-- message: an index for the newest uploads
-- created: 2026-11-28T16:49:37Z
-- compatible: yes

-- +up
CREATE INDEX result_upload_idx
    ON result (upload_datetime) WHERE NOT deleted;

-- +down
DROP INDEX result_upload_idx;
