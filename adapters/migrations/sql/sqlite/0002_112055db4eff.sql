-- revision: 112055db4eff
-- parent: 7fc773c5907d
-- message: a benchmark has a URL (a version of the earlier program from before it cannot write benchmarks any more)
-- created: 2022-02-01T00:00:00Z
-- drops: benchmark.url

-- +up
-- SQLite adds a column that is NOT NULL only with a default, which PostgreSQL
-- does not have: so the table is made anew.
CREATE TABLE benchmark_with_url (
    id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    status TEXT,
    docker_image TEXT NOT NULL,
    docker_tag TEXT NOT NULL,
    json_schema TEXT NOT NULL,
    description TEXT,
    _submit_report_id TEXT,
    url TEXT NOT NULL,
    CONSTRAINT benchmark_pkey PRIMARY KEY (id),
    CONSTRAINT benchmark_status_check CHECK (status IN ('on_review', 'approved')),
    CONSTRAINT benchmark_docker_image_docker_tag_key UNIQUE (docker_image, docker_tag),
    CONSTRAINT benchmark_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT benchmark__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);
INSERT INTO benchmark_with_url
    SELECT *, 'https://hub.docker.com/r/' || docker_image FROM benchmark;
DROP TABLE benchmark;
ALTER TABLE benchmark_with_url RENAME TO benchmark;

-- +down
ALTER TABLE benchmark DROP COLUMN url;
