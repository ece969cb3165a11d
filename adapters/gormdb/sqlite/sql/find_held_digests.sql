-- Which digests of a JSON array do results of a person hold?
SELECT digest FROM result
WHERE digest_holder AND uploader_sub = ? AND uploader_iss = ? AND digest IN (SELECT value FROM json_each(?))
