-- What is known of a result that no list shows: why it is hidden, what it corrects, and
-- what corrects it?
SELECT
    deleted,
    removed,
    removed_at,
    withdrawn_at,
    withdrawn_by,
    state_reason,
    _claim_report_id,
    digest,
    supersedes,
    image_digest,
    client,
    (SELECT later.id FROM result AS later WHERE later.supersedes = result.id) AS superseded_by
FROM result
WHERE id = @id
