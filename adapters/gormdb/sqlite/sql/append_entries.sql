-- Append entries to the audit trail.
INSERT INTO audit_entry (
    id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes,
    seq, actor_hash, actor_salt, address_hash, address_salt, reason_hash, reason_salt, changes_hash, changes_salt, hash
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
