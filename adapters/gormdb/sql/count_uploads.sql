-- How many rows did a person upload?
SELECT
    (SELECT count(*) FROM result WHERE uploader_sub = @sub AND uploader_iss = @iss)
    + (SELECT count(*) FROM claim WHERE uploader_sub = @sub AND uploader_iss = @iss)
    + (SELECT count(*) FROM flavor WHERE uploader_sub = @sub AND uploader_iss = @iss)
    + (SELECT count(*) FROM site WHERE uploader_sub = @sub AND uploader_iss = @iss)
    + (SELECT count(*) FROM benchmark WHERE uploader_sub = @sub AND uploader_iss = @iss)
    + (SELECT count(*) FROM tag WHERE uploader_sub = @sub AND uploader_iss = @iss)
