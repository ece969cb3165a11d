-- Can this role write the tables of the server here? Denied names the tables that it may
-- not read and write, hidden those of which row-level security hides rows.
SELECT pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only') = 'on' AS is_read_only,
    current_setting('session_replication_role') AS replication_role,
    current_user AS role,
    coalesce((
        SELECT string_agg(t.relname, ', ' ORDER BY t.relname)
        FROM pg_catalog.pg_class AS t
        WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND t.relname IN @tables
            AND NOT (has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT')
                AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE'))
    ), '') AS denied,
    coalesce((
        SELECT string_agg(t.relname, ', ' ORDER BY t.relname)
        FROM pg_catalog.pg_class AS t
        WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND t.relname IN @tables
            AND t.relrowsecurity AND has_table_privilege(t.oid, 'SELECT') AND row_security_active(t.oid)
    ), '') AS hidden
