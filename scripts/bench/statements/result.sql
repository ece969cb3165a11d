-- One result with all that it refers to.
\set n random(0, :size - 1)
SELECT r.id, r.json, r.execution_datetime, r.upload_datetime,
       b.id, b.docker_image, b.docker_tag, b.url, b.json_schema, b.description, b.upload_datetime,
       s.id, s.name, s.address, s.description, s.upload_datetime,
       f.id, f.name, f.description, f.upload_datetime,
       ARRAY(SELECT (g.id, g.name, g.description) FROM result_tags t JOIN tag g ON g.id = t.tag_id WHERE t.result_id = r.id ORDER BY g.id)
FROM result r
JOIN benchmark b ON b.id = r.benchmark_id
JOIN site s ON s.id = r.site_id
JOIN flavor f ON f.id = r.flavor_id
WHERE r.id = md5('result:' || :n)::uuid;
