-- revision: 8d24b5f0c6e1
-- parent: 3f9c1e6b7a52
-- message: the values that schemas name, for filters and sorts
-- created: 2026-11-24T16:20:00Z
-- compatible: yes

-- +up
-- Only in PostgreSQL: see docs/explanation/performance.md.

-- +down
