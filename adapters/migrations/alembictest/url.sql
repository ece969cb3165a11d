ALTER TABLE benchmark ADD COLUMN url TEXT;

UPDATE benchmark SET url = 'https://hub.docker.com/r/' || docker_image;

ALTER TABLE benchmark ALTER COLUMN url SET NOT NULL;

UPDATE alembic_version SET version_num = '112055db4eff' WHERE alembic_version.version_num = '7fc773c5907d';
