-- The sites whose name, address or description has a city in it.
\set city random(1, 10)
SELECT id, name, address, description, upload_datetime
FROM (SELECT (ARRAY['lyon', 'bologna', 'lisboa', 'praha', 'bratislava', 'santander', 'karlsruhe', 'uppsala', 'athina', 'krakow'])[:city] AS term) AS city, site
WHERE status = 'approved' AND (strpos(lower(name), term) > 0 OR strpos(lower(address), term) > 0 OR strpos(lower(description), term) > 0)
ORDER BY name, id
LIMIT 100;
