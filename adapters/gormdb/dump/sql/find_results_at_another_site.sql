-- Which results are at another site than their flavor?
SELECT CAST(id AS text)
FROM result
WHERE site_id <> (SELECT flavor.site_id FROM flavor WHERE flavor.id = result.flavor_id)
ORDER BY id
