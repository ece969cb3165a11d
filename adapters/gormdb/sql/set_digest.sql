-- Set the digest of a result that has none.
-- Old rows may have the same content: one of those that count holds the digest. A result
-- counts if it is visible, or if claims alone hide it.
UPDATE result
SET digest = @digest,
    digest_holder = CASE
        WHEN deleted AND (coalesce(removed, false) OR withdrawn_at IS NOT NULL OR _claim_report_id IS NULL) THEN NULL
        WHEN EXISTS (
            SELECT 1 FROM result AS holder
            WHERE holder.digest = @digest AND holder.digest_holder
                AND holder.uploader_sub = result.uploader_sub AND holder.uploader_iss = result.uploader_iss
        ) THEN NULL
        ELSE true
    END
WHERE id = @id AND digest IS NULL
