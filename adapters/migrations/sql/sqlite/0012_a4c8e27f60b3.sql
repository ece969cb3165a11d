-- revision: a4c8e27f60b3
-- parent: 5e1f8a2c94d7
-- message: how often what results refer to was changed
-- created: 2026-11-24T18:50:00Z
-- compatible: yes

-- +up
-- Only in PostgreSQL: see docs/explanation/performance.md.

-- +down
