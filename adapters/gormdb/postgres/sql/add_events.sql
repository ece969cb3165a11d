-- Add events to the audit trail, which wait to become entries: each array has the values of one column.
INSERT INTO audit_event (
    id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes
)
SELECT * FROM unnest(
    CAST($1 AS uuid[]), CAST($2 AS timestamp[]), CAST($3 AS text[]), CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS text[]),
    CAST($7 AS text[]), CAST($8 AS uuid[]), CAST($9 AS text[]), CAST($10 AS text[]), CAST($11 AS text[]), CAST($12 AS text[])
)
