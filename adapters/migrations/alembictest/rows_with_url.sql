INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, status, docker_image, docker_tag, json_schema, description, _submit_report_id, url) VALUES
    ('b0000000-0000-4000-8000-000000000007', 'ada', 'https://aai.example.org/oidc/', '2022-07-01 10:00:00', 'approved', 'team/with-url', 'latest',
        '{"$schema": "http://json-schema.org/draft-07/schema#"}', NULL, NULL, 'not even a URL, ünïcödé');
