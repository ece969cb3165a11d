-- revision: 112055db4eff
-- parent: 7fc773c5907d
-- message: a benchmark has a URL (a version of the earlier program from before it cannot write benchmarks any more)
-- created: 2022-02-01T00:00:00Z
-- drops: benchmark.url

-- +up
ALTER TABLE benchmark ADD COLUMN url text;
UPDATE benchmark SET url = 'https://hub.docker.com/r/' || docker_image;
ALTER TABLE benchmark ALTER COLUMN url SET NOT NULL;

-- +down
ALTER TABLE benchmark DROP COLUMN url;
