-- What has a person uploaded, by what a removal of the person does to it?
-- A missing status counts as "on review".
SELECT
    (SELECT count(*) FROM result WHERE uploader_sub = @sub AND uploader_iss = @iss) AS results,
    (SELECT count(*) FROM claim WHERE uploader_sub = @sub AND uploader_iss = @iss AND coalesce(status, @waiting) <> @approved) AS claims,
    (SELECT count(*) FROM claim WHERE uploader_sub = @sub AND uploader_iss = @iss AND status = @approved) AS decided_claims,
    (SELECT count(*) FROM flavor WHERE uploader_sub = @sub AND uploader_iss = @iss AND coalesce(status, @waiting) <> @approved)
    + (SELECT count(*) FROM site WHERE uploader_sub = @sub AND uploader_iss = @iss AND coalesce(status, @waiting) <> @approved)
    + (SELECT count(*) FROM benchmark WHERE uploader_sub = @sub AND uploader_iss = @iss AND coalesce(status, @waiting) <> @approved)
    AS submissions,
    (SELECT count(*) FROM flavor WHERE uploader_sub = @sub AND uploader_iss = @iss AND status = @approved) AS flavors,
    (SELECT count(*) FROM site WHERE uploader_sub = @sub AND uploader_iss = @iss AND status = @approved) AS sites,
    (SELECT count(*) FROM benchmark WHERE uploader_sub = @sub AND uploader_iss = @iss AND status = @approved) AS benchmarks,
    (SELECT count(*) FROM tag WHERE uploader_sub = @sub AND uploader_iss = @iss) AS tags
