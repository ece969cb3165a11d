-- People: non-ASCII, an issuer with and without a slash, an address that is none.
INSERT INTO "user" (sub, iss, email, registration_datetime) VALUES
    ('ada', 'https://aai.example.org/oidc/', 'ada@example.org', '2021-05-21 08:31:00.5'),
    ('ada', 'https://aai.example.org/oidc', 'ada@example.org', '2021-05-21 08:31:00'),
    ('björk-ß-漢字-🧪', 'https://aai.example.org/oidc/', 'björk@exämple.org', '2021-06-01 00:00:00.000001'),
    ('nobody', 'https://gone.example.org/', 'not an address', '0001-01-01 00:00:00');

-- Reports of what waits, one of something that is gone, and one with an old name.
INSERT INTO submit (id, resource_type, upload_datetime) VALUES
    ('50000000-0000-4000-8000-000000000001', 'benchmark', '2021-07-01 10:00:00'),
    ('50000000-0000-4000-8000-000000000002', 'site', '2021-07-02 10:00:00'),
    ('50000000-0000-4000-8000-000000000003', 'flavor', '2021-07-03 10:00:00'),
    ('50000000-0000-4000-8000-000000000004', 'claim', '2021-07-04 10:00:00'),
    ('50000000-0000-4000-8000-000000000005', 'resultclaimreport', '2021-07-05 10:00:00'),
    ('50000000-0000-4000-8000-000000000009', 'benchmark', '2021-07-09 10:00:00');

INSERT INTO tag (id, name, description) VALUES
    ('70000000-0000-4000-8000-000000000001', 'öffentlich "quoted" \ 100 %', NULL),
    ('70000000-0000-4000-8000-000000000002', 'b', 'zweite');

-- Schemas: none declared, an unknown one, a remote reference, one that is none,
-- one whose spelling must come back; statuses: approved, null, on review.
INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, status, docker_image, docker_tag, json_schema, description, _submit_report_id) VALUES
    ('b0000000-0000-4000-8000-000000000001', 'ada', 'https://aai.example.org/oidc/', '2021-07-01 10:00:00.123456', 'approved', 'team/plain', 'latest',
        '{"type": "object", "required": ["score"], "properties": {"score": {"type": "number"}}}', NULL, NULL),
    ('b0000000-0000-4000-8000-000000000002', 'ada', 'https://aai.example.org/oidc/', '2021-07-01 10:00:01', 'approved', 'team/unknown-draft', 'v1',
        '{"$schema": "https://example.org/our-own/schema#", "type": "object", "suggestToUser": true}', 'draft of nobody', NULL),
    ('b0000000-0000-4000-8000-000000000003', 'ada', 'https://aai.example.org/oidc', '2021-07-01 10:00:02', 'approved', 'team/remote-ref', 'v1',
        '{"$ref": "https://example.org/schemas/result.json"}', NULL, NULL),
    ('b0000000-0000-4000-8000-000000000004', 'ada', 'https://aai.example.org/oidc', '2021-07-01 10:00:03', 'approved', 'team/not-a-schema', 'v1',
        '{"type": 12}', NULL, NULL),
    ('b0000000-0000-4000-8000-000000000005', 'björk-ß-漢字-🧪', 'https://aai.example.org/oidc/', '2021-07-01 10:00:04', NULL, 'équipe/bänchmark', '漢字',
        '{ "z":1,   "a" : 12345678901234567890, "z":2, "deep":{"x":[1e3,0.10,-0]}}', 'ünïcödé', NULL),
    ('b0000000-0000-4000-8000-000000000006', 'nobody', 'https://gone.example.org/', '2021-07-01 10:00:05', 'on_review', 'team/waiting', 'v1',
        '{}', '', '50000000-0000-4000-8000-000000000001');

INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, description, _submit_report_id) VALUES
    ('50710000-0000-4000-8000-000000000001', 'ada', 'https://aai.example.org/oidc/', '2021-07-02 10:00:00', 'approved', 'Zürich', 'Straße 1, 漢字', NULL, NULL),
    ('50710000-0000-4000-8000-000000000002', 'ada', 'https://aai.example.org/oidc/', '2021-07-02 10:00:01', NULL, 'no status', '', NULL, NULL),
    ('50710000-0000-4000-8000-000000000003', 'nobody', 'https://gone.example.org/', '2021-07-02 10:00:02', 'on_review', 'waiting', 'x', 'y', '50000000-0000-4000-8000-000000000002');

INSERT INTO flavor (id, uploader_sub, uploader_iss, upload_datetime, status, name, description, site_id, _submit_report_id) VALUES
    ('f0000000-0000-4000-8000-000000000001', 'ada', 'https://aai.example.org/oidc/', '2021-07-03 10:00:00', 'approved', 'm1.größe', NULL, '50710000-0000-4000-8000-000000000001', NULL),
    ('f0000000-0000-4000-8000-000000000002', 'ada', 'https://aai.example.org/oidc/', '2021-07-03 10:00:01', NULL, 'no status', NULL, '50710000-0000-4000-8000-000000000001', NULL),
    ('f0000000-0000-4000-8000-000000000003', 'ada', 'https://aai.example.org/oidc/', '2021-07-03 10:00:02', 'on_review', 'm1.größe', 'same name elsewhere', '50710000-0000-4000-8000-000000000003',
        '50000000-0000-4000-8000-000000000003');

-- Claims: open, without a status, without a result, approved.
INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, _submit_report_id) VALUES
    ('c0000000-0000-4000-8000-000000000001', 'björk-ß-漢字-🧪', 'https://aai.example.org/oidc/', '2021-07-04 10:00:00', 'on_review', 'zu schnell, "ehrlich"', 'result', '50000000-0000-4000-8000-000000000004'),
    ('c0000000-0000-4000-8000-000000000002', 'ada', 'https://aai.example.org/oidc', '2021-07-05 10:00:00', NULL, 'no status', 'result', '50000000-0000-4000-8000-000000000005'),
    ('c0000000-0000-4000-8000-000000000003', 'ada', 'https://aai.example.org/oidc/', '2021-07-06 10:00:00', 'on_review', 'of no result', 'result', NULL),
    ('c0000000-0000-4000-8000-000000000004', 'ada', 'https://aai.example.org/oidc/', '2021-07-07 10:00:00', 'approved', 'it was wrong', 'result', NULL);

-- Results: visible, of 20 digits, not (or no more) satisfying their schema, no
-- objects, claimed, deleted, on a site that is not the flavor's, at odd times.
INSERT INTO result (id, uploader_sub, uploader_iss, upload_datetime, deleted, json, execution_datetime, benchmark_id, site_id, flavor_id, _claim_report_id) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'ada', 'https://aai.example.org/oidc/', '2021-08-01 10:00:00', false, '{"score": 1.5, "müller": "ß\"\\ 漢字 🧪"}', '2021-07-31 23:59:59.999999',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', NULL),
    ('a0000000-0000-4000-8000-000000000002', 'ada', 'https://aai.example.org/oidc/', '2021-08-01 10:00:01', false, '{"score": 12345678901234567890, "small": 0.00000000000000000001, "null": null}', '2021-07-01 00:00:00',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000002', NULL),
    ('a0000000-0000-4000-8000-000000000003', 'björk-ß-漢字-🧪', 'https://aai.example.org/oidc/', '2021-08-01 10:00:02', false, '{"score": "not a number any more"}', '1969-12-31 23:59:59',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', NULL),
    ('a0000000-0000-4000-8000-000000000004', 'ada', 'https://aai.example.org/oidc', '2021-08-01 10:00:03', false, '{"any": [1, [2, {"three": {}}], ""]}', '9999-12-31 23:59:59',
        'b0000000-0000-4000-8000-000000000003', '50710000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000003', NULL),
    ('a0000000-0000-4000-8000-000000000005', 'ada', 'https://aai.example.org/oidc', '2021-08-01 10:00:04', true, '{"score": 2}', '2021-07-01 00:00:01',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001'),
    ('a0000000-0000-4000-8000-000000000006', 'ada', 'https://aai.example.org/oidc', '2021-08-01 10:00:05', true, '{"score": 3}', '2021-07-01 00:00:02',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000002'),
    ('a0000000-0000-4000-8000-000000000007', 'ada', 'https://aai.example.org/oidc', '2021-08-01 10:00:06', true, '{"score": 4}', '2021-07-01 00:00:03',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000004'),
    ('a0000000-0000-4000-8000-000000000008', 'ada', 'https://aai.example.org/oidc', '2021-08-01 10:00:07', true, '{"score": 5}', '2021-07-01 00:00:04',
        'b0000000-0000-4000-8000-000000000001', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', NULL),
    ('a0000000-0000-4000-8000-000000000009', 'nobody', 'https://gone.example.org/', '0001-01-01 00:00:00', false, '[1, 2, 3]', '0001-01-01 00:00:00',
        'b0000000-0000-4000-8000-000000000005', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', NULL),
    ('a0000000-0000-4000-8000-00000000000a', 'nobody', 'https://gone.example.org/', '2021-08-01 10:00:09', false, '"a text"', '2021-07-01 00:00:05',
        'b0000000-0000-4000-8000-000000000004', '50710000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', NULL);

INSERT INTO result_tags (result_id, tag_id) VALUES
    ('a0000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000001'),
    ('a0000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002'),
    ('a0000000-0000-4000-8000-000000000005', '70000000-0000-4000-8000-000000000001');
