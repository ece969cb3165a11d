-- revision: b3d7f1a09c24
-- parent: 6b1d0c9e4f27
-- message: sort keys of arrays and objects are bounded
-- created: 2026-11-27T18:20:00Z
-- compatible: yes

-- +up
-- Only in PostgreSQL: functions of the program make the keys here.

-- +down
