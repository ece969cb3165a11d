-- What was done? An event waits, or has become an entry of the audit trail.
SELECT id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes FROM audit_entry
UNION ALL
SELECT id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes FROM audit_event
