-- revision: c07a9e3d5b18
-- parent: 8d24b5f0c6e1
-- message: the values of the results that are there
-- created: 2026-11-24T16:21:00Z
-- compatible: yes
-- transaction: none

-- +up
-- Nobody waits for it but who changes one of the 500 results in work. It goes on
-- from the beginning if it was interrupted.
CALL result_value_fill();
-- +statement
VACUUM (ANALYZE) result_value;

-- +down
