-- How many connections may this role have at once, by its own limit, that of the database
-- and that of the server? -1 for any number. The first two do not hold for superusers.
SELECT
    role.rolname AS role,
    CASE WHEN role.rolsuper THEN -1 ELSE role.rolconnlimit END AS of_role,
    place.datname AS database,
    CASE WHEN role.rolsuper THEN -1 ELSE place.datconnlimit END AS of_database,
    CAST(current_setting('max_connections') AS int) - CASE WHEN role.rolsuper THEN 0 ELSE
        CAST(current_setting('superuser_reserved_connections') AS int)
        + coalesce(CAST(nullif(current_setting('reserved_connections', true), '') AS int), 0) -- PostgreSQL 16 and newer
    END AS of_server
FROM pg_roles AS role, pg_database AS place
WHERE role.rolname = session_user AND place.datname = current_database()
