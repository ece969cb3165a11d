-- Which events wait to become entries of the audit trail? They do not wait any more.
DELETE FROM audit_event
WHERE id IN (SELECT id FROM audit_event ORDER BY id LIMIT @limit)
RETURNING *
