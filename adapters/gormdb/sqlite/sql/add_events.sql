-- Add events to the audit trail, which wait to become entries.
INSERT INTO audit_event (
    id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
