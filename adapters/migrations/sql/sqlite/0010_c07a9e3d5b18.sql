-- revision: c07a9e3d5b18
-- parent: 8d24b5f0c6e1
-- message: the values of the results that are there
-- created: 2026-11-24T16:21:00Z
-- compatible: yes

-- +up
-- Only in PostgreSQL: see docs/explanation/performance.md.

-- +down
