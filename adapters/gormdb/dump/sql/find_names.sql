-- What are the names of all benchmarks, sites, flavors and tags, approved ones first?
SELECT kind, id, scope, name
FROM (
    SELECT 'benchmark' AS kind, CAST(id AS text) AS id, '' AS scope, docker_image || ':' || docker_tag AS name,
        CASE WHEN status = 'approved' THEN 0 ELSE 1 END AS place, upload_datetime
    FROM benchmark
    UNION ALL
    SELECT 'site', CAST(id AS text), '', name, CASE WHEN status = 'approved' THEN 0 ELSE 1 END, upload_datetime
    FROM site
    UNION ALL
    SELECT 'flavor', CAST(id AS text), CAST(site_id AS text), name,
        CASE WHEN status = 'approved' THEN 0 ELSE 1 END, upload_datetime
    FROM flavor
    UNION ALL
    SELECT 'tag', CAST(id AS text), '', name, 0, NULL
    FROM tag
) AS named
ORDER BY kind, place, upload_datetime, id
