-- revision: 7fc773c5907d
-- parent:
-- message: the tables of the earlier program
-- created: 2022-01-01T00:00:00Z
-- drops: result_tags, result, claim, flavor, site, benchmark, submit, tag, user

-- +up
-- The same tables as in PostgreSQL. UUIDs are in their 36-character form in lower
-- case, timestamps are UTC as YYYY-MM-DD HH:MM:SS.ffffff: of equal width, so
-- that the order of the texts is the order of the times.

CREATE TABLE "user" (
    sub TEXT NOT NULL,
    iss TEXT NOT NULL,
    email TEXT NOT NULL,
    registration_datetime TEXT NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (sub, iss)
);

CREATE TABLE tag (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    CONSTRAINT tag_pkey PRIMARY KEY (id),
    CONSTRAINT tag_name_key UNIQUE (name)
);

CREATE TABLE submit (
    id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    CONSTRAINT submit_pkey PRIMARY KEY (id)
);

CREATE TABLE benchmark (
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
    CONSTRAINT benchmark_pkey PRIMARY KEY (id),
    CONSTRAINT benchmark_status_check CHECK (status IN ('on_review', 'approved')),
    CONSTRAINT benchmark_docker_image_docker_tag_key UNIQUE (docker_image, docker_tag),
    CONSTRAINT benchmark_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT benchmark__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE site (
    id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    status TEXT,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    description TEXT,
    _submit_report_id TEXT,
    CONSTRAINT site_pkey PRIMARY KEY (id),
    CONSTRAINT site_status_check CHECK (status IN ('on_review', 'approved')),
    CONSTRAINT site_name_key UNIQUE (name),
    CONSTRAINT site_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT site__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE flavor (
    id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    status TEXT,
    name TEXT NOT NULL,
    description TEXT,
    site_id TEXT NOT NULL,
    _submit_report_id TEXT,
    CONSTRAINT flavor_pkey PRIMARY KEY (id),
    CONSTRAINT flavor_status_check CHECK (status IN ('on_review', 'approved')),
    CONSTRAINT flavor_site_id_name_key UNIQUE (site_id, name),
    CONSTRAINT flavor_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT flavor_site_id_fkey
        FOREIGN KEY (site_id) REFERENCES site (id),
    CONSTRAINT flavor__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE claim (
    id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    status TEXT,
    message TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    _submit_report_id TEXT,
    CONSTRAINT claim_pkey PRIMARY KEY (id),
    CONSTRAINT claim_status_check CHECK (status IN ('on_review', 'approved')),
    CONSTRAINT claim_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT claim__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE result (
    deleted BOOLEAN NOT NULL,
    id TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    uploader_iss TEXT NOT NULL,
    upload_datetime TEXT NOT NULL,
    json TEXT NOT NULL,
    execution_datetime TEXT NOT NULL,
    benchmark_id TEXT NOT NULL,
    flavor_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    _claim_report_id TEXT,
    CONSTRAINT result_pkey PRIMARY KEY (id),
    CONSTRAINT result_deleted_check CHECK (deleted IN (0, 1)),
    CONSTRAINT result_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT result_benchmark_id_fkey
        FOREIGN KEY (benchmark_id) REFERENCES benchmark (id),
    CONSTRAINT result_flavor_id_fkey
        FOREIGN KEY (flavor_id) REFERENCES flavor (id),
    CONSTRAINT result_site_id_fkey
        FOREIGN KEY (site_id) REFERENCES site (id),
    CONSTRAINT result__claim_report_id_fkey
        FOREIGN KEY (_claim_report_id) REFERENCES claim (id)
);

CREATE TABLE result_tags (
    result_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    CONSTRAINT result_tags_pkey PRIMARY KEY (result_id, tag_id),
    CONSTRAINT result_tags_result_id_fkey
        FOREIGN KEY (result_id) REFERENCES result (id),
    CONSTRAINT result_tags_tag_id_fkey
        FOREIGN KEY (tag_id) REFERENCES tag (id) ON DELETE CASCADE
);

-- +down
DROP TABLE result_tags;
DROP TABLE result;
DROP TABLE claim;
DROP TABLE flavor;
DROP TABLE site;
DROP TABLE benchmark;
DROP TABLE submit;
DROP TABLE tag;
DROP TABLE "user";
