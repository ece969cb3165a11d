CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TYPE resourcestatus AS ENUM ('on_review', 'approved');

CREATE TABLE submit (
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    resource_type VARCHAR NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE tag (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE "user" (
    sub TEXT NOT NULL,
    iss TEXT NOT NULL,
    email TEXT NOT NULL,
    registration_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (sub, iss)
);

CREATE TABLE benchmark (
    status resourcestatus,
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    docker_image TEXT NOT NULL,
    docker_tag TEXT NOT NULL,
    description TEXT,
    json_schema JSON NOT NULL,
    _submit_report_id UUID,
    uploader_iss TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(_submit_report_id) REFERENCES submit (id),
    FOREIGN KEY(uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    UNIQUE (docker_image, docker_tag)
);

CREATE TABLE claim (
    status resourcestatus,
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    message TEXT NOT NULL,
    resource_type VARCHAR NOT NULL,
    _submit_report_id UUID,
    uploader_iss TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(_submit_report_id) REFERENCES submit (id),
    FOREIGN KEY(uploader_iss, uploader_sub) REFERENCES "user" (iss, sub)
);

CREATE TABLE site (
    status resourcestatus,
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    description TEXT,
    _submit_report_id UUID,
    uploader_iss TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(_submit_report_id) REFERENCES submit (id),
    FOREIGN KEY(uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    UNIQUE (name)
);

CREATE TABLE flavor (
    status resourcestatus,
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    site_id UUID NOT NULL,
    _submit_report_id UUID,
    uploader_iss TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(_submit_report_id) REFERENCES submit (id),
    FOREIGN KEY(site_id) REFERENCES site (id),
    FOREIGN KEY(uploader_iss, uploader_sub) REFERENCES "user" (iss, sub),
    UNIQUE (site_id, name)
);

CREATE TABLE result (
    deleted BOOLEAN NOT NULL,
    upload_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    id UUID NOT NULL,
    json JSONB NOT NULL,
    execution_datetime TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    benchmark_id UUID NOT NULL,
    site_id UUID NOT NULL,
    flavor_id UUID NOT NULL,
    _claim_report_id UUID,
    uploader_iss TEXT NOT NULL,
    uploader_sub TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(_claim_report_id) REFERENCES claim (id),
    FOREIGN KEY(benchmark_id) REFERENCES benchmark (id),
    FOREIGN KEY(flavor_id) REFERENCES flavor (id),
    FOREIGN KEY(site_id) REFERENCES site (id),
    FOREIGN KEY(uploader_iss, uploader_sub) REFERENCES "user" (iss, sub)
);

CREATE TABLE result_tags (
    result_id UUID NOT NULL,
    tag_id UUID NOT NULL,
    PRIMARY KEY (result_id, tag_id),
    FOREIGN KEY(result_id) REFERENCES result (id),
    FOREIGN KEY(tag_id) REFERENCES tag (id) ON DELETE CASCADE
);

INSERT INTO alembic_version (version_num) VALUES ('7fc773c5907d');
