package migrations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// schema describes all that is in the current schema, in a stable order.
func schema(t *testing.T, db *gorm.DB) string {
	t.Helper()
	statement := `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql`
	if db.Name() == postgres {
		statement = `
			SELECT format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
				a.attcollation::regcollation)
				FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
				WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'c')
			UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid))
				FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
			UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
			UNION ALL SELECT format('enum %s %s', enumtypid::regtype, enumlabel) FROM pg_enum
			ORDER BY 1`
	}
	return strings.Join(query[string](t, db, statement), "\n")
}

// columns are the tables of the earlier program, and what came later; a question mark is for
// null. A line that begins with a tab continues the line before it.
const columns = `
audit_checkpoint: kind text, seq bigint, hash text, at timestamp, key_id text, signature text
audit_entry: seq bigint, id uuid, at timestamp, actor_role text, actor_sub text?, actor_iss text?, action text, 
	resource_type text, resource_id uuid, reason text?, request_id text?, address text?, changes text?, actor_hash text?, 
	actor_salt text?, address_hash text?, address_salt text?, reason_hash text?, reason_salt text?, changes_hash text?, 
	changes_salt text?, hash text
audit_event: id uuid, at timestamp, actor_role text, actor_sub text?, actor_iss text?, action text, resource_type text, 
	resource_id uuid, reason text?, request_id text?, address text?, changes text?
audit_head: name text, seq bigint, hash text
benchmark: id uuid, uploader_sub text, uploader_iss text, upload_datetime timestamp, status resourcestatus?, docker_image text, 
	docker_tag text, json_schema json, description text?, _submit_report_id uuid?, url text, metrics json?, image_digest text?, 
	image_checked_at timestamp?
blocked_person: sub text, iss text, blocked_at timestamp, reason text
browser_session: token_hash text, id uuid, sub text?, iss text?, slot integer?, created_at timestamp, seen_at timestamp, 
	expires_at timestamp, data text, tokens text, tokens_version bigint, refreshing_until timestamp?
claim: id uuid, uploader_sub text, uploader_iss text, upload_datetime timestamp, status resourcestatus?, message text, 
	resource_type character varying, _submit_report_id uuid?, result_id uuid?
daily_use: sub text, iss text, kind text, day text, used bigint
flavor: id uuid, uploader_sub text, uploader_iss text, upload_datetime timestamp, status resourcestatus?, name text, 
	description text?, site_id uuid, _submit_report_id uuid?
idempotency_key: name text, created_at timestamp, fingerprint text, uploader_sub text, uploader_iss text, status integer, 
	location text?, body text?
metric_path: id integer, benchmark_id uuid, spec text, value text[], samples text[]?, resource text[]?, label text[]?, 
	filled boolean
outbox: id uuid, receiver text, copy_support boolean, subject text, headers json, text_body text, html_body text, 
	created_at timestamp, attempts integer, next_attempt_at timestamp, leased_until timestamp?, give_up_at timestamp, 
	parked_at timestamp?, last_error text, reached json
reference_change: changes bigint
removal: sub text, iss text, requested_at timestamp, total_rows bigint, done_rows bigint
result: deleted boolean, id uuid, uploader_sub text, uploader_iss text, upload_datetime timestamp, json jsonb, 
	execution_datetime timestamp, benchmark_id uuid, flavor_id uuid, site_id uuid, _claim_report_id uuid?, removed boolean?, 
	removed_at timestamp?, withdrawn_at timestamp?, withdrawn_by text?, state_reason text?, digest text?, digest_holder boolean?, 
	supersedes uuid?, image_digest text?, client text?
result_count: benchmark_id uuid, visible bigint, changes bigint
result_element: result_id uuid, leaf integer, kind smallint, exact boolean, number numeric?, txt text?
result_leaf: id integer, benchmark_id uuid, path text, filled boolean, names text[]?, parts jsonb?, several boolean
result_metric: metric integer, result_id uuid, site_id uuid, flavor_id uuid, uploader_sub text, uploader_iss text, 
	upload_datetime timestamp, execution_datetime timestamp, whole boolean, value text?, samples text?, resource text?, label text?, 
	image_digest text?
result_outline: result_id uuid, outline jsonb, keys json_key[]
result_tags: result_id uuid, tag_id uuid
result_value: result_id uuid, leaf integer, kind smallint, exact boolean, number numeric?, txt text?
site: id uuid, uploader_sub text, uploader_iss text, upload_datetime timestamp, status resourcestatus?, name text, 
	address text, description text?, _submit_report_id uuid?
submit: id uuid, resource_type character varying, upload_datetime timestamp
tag: id uuid, name text, description text?, uploader_sub text?, uploader_iss text?
user: sub text, iss text, email text, registration_datetime timestamp`

// valuesInSQLite are the tables of the value index there.
var valuesInSQLite = strings.NewReplacer(
	"result_value: result_id uuid, leaf integer, kind smallint, exact boolean, number numeric?, txt text?\n",
	"result_value: leaf integer, key blob, result_id text\nresult_value_keys: result_id text, keys blob\n"+
		"result_value_pending: result_id text\n",
	"result_outline: result_id uuid, outline jsonb, keys json_key[]\n", "result_outline: result_id text, outline blob\n",
	"result_element: result_id uuid, leaf integer, kind smallint, exact boolean, number numeric?, txt text?\n", "",
	"result_leaf: id integer, benchmark_id uuid, path text, filled boolean, names text[]?, parts jsonb?, several boolean\n",
	"result_leaf: id integer?, benchmark_id uuid, path text, filled boolean\nresult_leaf_pending: benchmark_id text\n",
)

func TestColumns(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		upgrade(t, db, load(t, s.dialect))
		want := strings.ReplaceAll(columns, "\n\t", "")
		statement := `SELECT c.relname || ': ' || string_agg(a.attname || ' ' ||
				regexp_replace(format_type(a.atttypid, a.atttypmod), ' without time zone', '')
				|| CASE WHEN a.attnotnull THEN '' ELSE '?' END, ', ' ORDER BY a.attnum)
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
			WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
				AND c.relkind = 'r' AND c.relname <> 'schema_revision'
			GROUP BY c.relname ORDER BY c.relname`
		if s.dialect == sqlite {
			want = valuesInSQLite.Replace(want)
			want = strings.NewReplacer("jsonb", "text", "schema json", "schema text", "headers json", "headers text", "reached json",
				"reached text", "metrics json", "metrics text",
				"path: id integer", "path: id integer?", "text[]", "text", "uuid", "text", "timestamp", "text",
				"resourcestatus", "text", "character varying", "text").Replace(want)
			statement = `SELECT m.name || ': ' ||
					group_concat(c.name || ' ' || lower(c.type) || CASE WHEN c."notnull" THEN '' ELSE '?' END, ', ' ORDER BY c.cid)
				FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> 'schema_revision'
				GROUP BY m.name ORDER BY m.name`
		}
		got := query[string](t, db, statement)
		if strings.Join(got, "\n") != strings.TrimSpace(want) {
			t.Errorf("columns\n%s\nwant%s", strings.Join(got, "\n"), want)
		}
	})
}

// The names matter: others know the constraints by them.
var constraints = []string{
	"audit_checkpoint_pkey", "audit_entry_pkey", "audit_event_pkey", "audit_head_pkey", "browser_session_pkey", "daily_use_pkey",
	"idempotency_key_pkey", "result_supersedes_fkey",
	"benchmark__submit_report_id_fkey", "benchmark_docker_image_docker_tag_key", "benchmark_pkey", "benchmark_uploader_iss_uploader_sub_fkey",
	"claim__submit_report_id_fkey", "claim_pkey", "claim_result_id_fkey", "claim_uploader_iss_uploader_sub_fkey",
	"flavor__submit_report_id_fkey", "flavor_pkey", "flavor_site_id_fkey", "flavor_site_id_name_key", "flavor_uploader_iss_uploader_sub_fkey",
	"blocked_person_pkey", "metric_path_benchmark_id_spec_key", "metric_path_pkey", "outbox_pkey", "removal_pkey",
	"result_metric_pkey",
	"result__claim_report_id_fkey", "result_benchmark_id_fkey", "result_flavor_id_fkey", "result_leaf_benchmark_id_path_key",
	"result_leaf_pkey", "result_pkey", "result_site_id_fkey", "result_uploader_iss_uploader_sub_fkey",
	"result_tags_pkey", "result_tags_result_id_fkey", "result_tags_tag_id_fkey", "result_value_pkey", "result_outline_pkey",
	"site__submit_report_id_fkey", "site_name_key", "site_pkey", "site_uploader_iss_uploader_sub_fkey",
	"submit_pkey", "tag_name_key", "tag_pkey", "user_pkey",
}

var indexes = []string{"browser_session_expires_idx", "browser_session_id_key", "browser_session_person_key", "browser_session_seen_idx",
	"audit_entry_actor_idx", "audit_entry_resource_idx", "idempotency_key_created_idx", "idempotency_key_uploader_idx",
	"result_digest_key", "result_supersedes_key", "result_undigested_idx", "claim_result_idx", "outbox_next_attempt_idx",
	"result_benchmark_idx", "result_claim_idx", "result_count_idx",
	"result_execution_idx", "result_flavor_idx", "result_site_idx", "result_tags_tag_idx", "result_value_idx",
	"benchmark_uploader_idx", "claim_uploader_idx", "flavor_uploader_idx", "result_uploader_idx", "site_uploader_idx", "tag_uploader_idx",
	"benchmark_submit_idx", "claim_submit_idx", "flavor_submit_idx", "site_submit_idx",
	"result_of_benchmark_idx", "result_of_flavor_idx", "result_of_site_idx"}

// namedInPostgres fits what SQLite has without a name, or not at all.
var namedInPostgres = regexp.MustCompile(`^result_value|^(metric_path|result_metric|result_leaf|result_outline)_pkey$`)

func TestConstraintsAndIndexes(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		upgrade(t, db, load(t, s.dialect))
		words := strings.Fields(schema(t, db))
		for _, name := range slices.Concat(constraints, indexes) {
			if !slices.Contains(words, name) && (s.dialect == postgres || !namedInPostgres.MatchString(name)) {
				t.Errorf("%s is not in the schema", name)
			}
		}
		if s.dialect != postgres {
			return
		}
		got := query[string](t, db, `SELECT conname FROM pg_constraint
			WHERE connamespace = current_schema()::regnamespace AND contype <> 'n' AND conname NOT LIKE 'schema_revision%'
				ORDER BY conname COLLATE "C"`)
		want := slices.Sorted(slices.Values(constraints))
		if !slices.Equal(got, want) {
			t.Errorf("constraints\n got %v\nwant %v", got, want)
		}
	})
}

// insertBenchmark inserts one, and what it stands on, at the first revision.
func insertBenchmark(t *testing.T, db *gorm.DB) {
	t.Helper()
	execute(t, db, `INSERT INTO "user" VALUES ('sub', 'iss', 'a@b.c', '2021-05-21 08:31:00.500000')`)
	hasURL := db.Migrator().HasColumn("benchmark", "url")
	column, url := "", ""
	if hasURL {
		column, url = ", url", ", 'https://example.org'"
	}
	execute(
		t, db,
		fmt.Sprintf(
			`INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, docker_image, docker_tag, json_schema%s)
				VALUES ('%s', 'sub', 'iss', '2021-05-21 08:31:00.500000', 'team/image', 'latest', '{}'%s)`,
			column, testID, url,
		),
	)
}

const testID = "11111111-2222-3333-4444-555555555555"

func insertResult(t *testing.T, db *gorm.DB) {
	t.Helper()
	const at = `'2021-05-21 08:31:00.500000'`
	execute(t, db, `INSERT INTO site VALUES ('`+testID+`', 'sub', 'iss', `+at+`, 'approved', 'site', 'address', NULL, NULL)`)
	execute(t, db, `INSERT INTO flavor VALUES ('`+testID+`', 'sub', 'iss', `+at+`, 'on_review', 'flavor', NULL, '`+testID+`', NULL)`)
	execute(t, db, `INSERT INTO result (
			deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id)
		VALUES (false, '`+testID+`', 'sub', 'iss', `+at+`, '{}', `+at+`, '`+testID+`', '`+testID+`', '`+testID+`')`)
}

func TestOldBenchmarksGetTheURLOfDockerHub(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		upgrade(t, db, revisions[:1])
		insertBenchmark(t, db)
		insertResult(t, db)
		upgrade(t, db, revisions)
		if got, want := query[string](t, db, "SELECT url FROM benchmark"), []string{"https://hub.docker.com/r/team/image"}; !slices.Equal(got,
			want) {
			t.Errorf("urls %v, want %v", got, want)
		}
		if err := db.Exec("UPDATE benchmark SET url = NULL").Error; err == nil {
			t.Error("url could be set to null, want an error")
		}
		if err := db.Exec("DELETE FROM benchmark").Error; err == nil {
			t.Error("a benchmark with a result could be deleted, want an error")
		}
		if got, err := schemaOf(db, revisions).Downgrade(t.Context(), tablesRevision, Options{}); err != nil {
			t.Errorf("downgrade: %v (undid %v)", err, got)
		}
		if got := query[int](t, db, "SELECT count(*) FROM result JOIN benchmark ON benchmark.id = benchmark_id"); got[0] != 1 {
			t.Errorf("%d results with their benchmark after the downgrade, want 1", got[0])
		}
	})
}

func TestSQLiteChecksWhatPostgreSQLDoesByType(t *testing.T) {
	db := newServer(t, sqlite).open(t)
	upgrade(t, db, load(t, sqlite))
	insertBenchmark(t, db)
	insertResult(t, db)
	for _, statement := range []string{
		"UPDATE benchmark SET status = 'rejected'",
		"UPDATE result SET deleted = 2",
		"UPDATE result SET removed = 2",
		"UPDATE result SET site_id = '00000000-0000-0000-0000-000000000000'",
		"UPDATE site SET uploader_sub = 'nobody'",
		"INSERT INTO tag (id, name, description) VALUES (NULL, 'name', NULL)",
	} {
		if err := db.Exec(statement).Error; err == nil {
			t.Errorf("%s was accepted, want an error", statement)
		}
	}
}
