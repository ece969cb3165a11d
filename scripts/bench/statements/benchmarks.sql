-- All benchmarks with their schemas.
SELECT id, docker_image, docker_tag, url, json_schema, description, upload_datetime
FROM benchmark
WHERE status = 'approved'
ORDER BY docker_image, id
LIMIT 100;
