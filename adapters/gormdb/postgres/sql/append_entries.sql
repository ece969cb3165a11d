-- Append entries to the audit trail: each array has the values of one column.
INSERT INTO audit_entry (
    id, at, actor_role, actor_sub, actor_iss, action, resource_type, resource_id, reason, request_id, address, changes,
    seq, actor_hash, actor_salt, address_hash, address_salt, reason_hash, reason_salt, changes_hash, changes_salt, hash
)
SELECT * FROM unnest(
    CAST($1 AS uuid[]), CAST($2 AS timestamp[]), CAST($3 AS text[]), CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS text[]),
    CAST($7 AS text[]), CAST($8 AS uuid[]), CAST($9 AS text[]), CAST($10 AS text[]), CAST($11 AS text[]), CAST($12 AS text[]),
    CAST($13 AS bigint[]), CAST($14 AS text[]), CAST($15 AS text[]), CAST($16 AS text[]), CAST($17 AS text[]), CAST($18 AS text[]),
    CAST($19 AS text[]), CAST($20 AS text[]), CAST($21 AS text[]), CAST($22 AS text[])
)
