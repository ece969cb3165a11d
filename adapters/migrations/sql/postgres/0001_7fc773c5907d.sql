-- revision: 7fc773c5907d
-- parent:
-- message: the tables of the earlier program
-- created: 2022-01-01T00:00:00Z
-- drops: result_tags, result, claim, flavor, site, benchmark, submit, tag, user

-- +up
-- What the first Alembic revision of the earlier program makes, names of
-- constraints included. Timestamps hold UTC. (The date above is not Alembic's:
-- it only gives the place in the order.)

CREATE TYPE resourcestatus AS ENUM ('on_review', 'approved');

CREATE TABLE "user" (
    sub text NOT NULL,
    iss text NOT NULL,
    email text NOT NULL,
    registration_datetime timestamp without time zone NOT NULL,
    CONSTRAINT user_pkey PRIMARY KEY (sub, iss)
);

CREATE TABLE tag (
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    CONSTRAINT tag_pkey PRIMARY KEY (id),
    CONSTRAINT tag_name_key UNIQUE (name)
);

CREATE TABLE submit (
    id uuid NOT NULL,
    resource_type character varying NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    CONSTRAINT submit_pkey PRIMARY KEY (id)
);

CREATE TABLE benchmark (
    id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    status resourcestatus,
    docker_image text NOT NULL,
    docker_tag text NOT NULL,
    json_schema json NOT NULL,
    description text,
    _submit_report_id uuid,
    CONSTRAINT benchmark_pkey PRIMARY KEY (id),
    CONSTRAINT benchmark_docker_image_docker_tag_key UNIQUE (docker_image, docker_tag),
    CONSTRAINT benchmark_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT benchmark__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE site (
    id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    status resourcestatus,
    name text NOT NULL,
    address text NOT NULL,
    description text,
    _submit_report_id uuid,
    CONSTRAINT site_pkey PRIMARY KEY (id),
    CONSTRAINT site_name_key UNIQUE (name),
    CONSTRAINT site_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT site__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE flavor (
    id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    status resourcestatus,
    name text NOT NULL,
    description text,
    site_id uuid NOT NULL,
    _submit_report_id uuid,
    CONSTRAINT flavor_pkey PRIMARY KEY (id),
    CONSTRAINT flavor_site_id_name_key UNIQUE (site_id, name),
    CONSTRAINT flavor_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT flavor_site_id_fkey
        FOREIGN KEY (site_id) REFERENCES site (id),
    CONSTRAINT flavor__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE claim (
    id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    status resourcestatus,
    message text NOT NULL,
    resource_type character varying NOT NULL,
    _submit_report_id uuid,
    CONSTRAINT claim_pkey PRIMARY KEY (id),
    CONSTRAINT claim_uploader_iss_uploader_sub_fkey
        FOREIGN KEY (uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    CONSTRAINT claim__submit_report_id_fkey
        FOREIGN KEY (_submit_report_id) REFERENCES submit (id)
);

CREATE TABLE result (
    deleted boolean NOT NULL,
    id uuid NOT NULL,
    uploader_sub text NOT NULL,
    uploader_iss text NOT NULL,
    upload_datetime timestamp without time zone NOT NULL,
    json jsonb NOT NULL,
    execution_datetime timestamp without time zone NOT NULL,
    benchmark_id uuid NOT NULL,
    flavor_id uuid NOT NULL,
    site_id uuid NOT NULL,
    _claim_report_id uuid,
    CONSTRAINT result_pkey PRIMARY KEY (id),
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
    result_id uuid NOT NULL,
    tag_id uuid NOT NULL,
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
DROP TYPE resourcestatus;
