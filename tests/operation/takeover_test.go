package operation_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	"github.com/eosc-perf/backend/tests/harness"
)

// earlier is a database of the earlier program with its odd rows.
type earlier struct {
	*sql.DB
	database *pgtest.Database
	settings map[string]string
	revision string
}

func newEarlier(t *testing.T, revision string) earlier {
	t.Helper()
	database := pgtest.New(t)
	db, err := sql.Open("pgx", database.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	e := earlier{db, database, map[string]string{
		"DB_HOST": database.Host, "DB_PORT": strconv.Itoa(database.Port), "DB_USER": database.User, "DB_PASSWORD": database.Password,
		"DB_NAME": database.Name, "DB_SSLMODE": "disable",
	}, revision}
	alembictest.Make(t, db, revision)
	e.run(t, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Pacific/Kiritimati''', current_database()); END $$`)
	return e
}

// run is what the earlier program, or psql, does beside us.
func (e earlier) run(t *testing.T, statement string) {
	t.Helper()
	if _, err := e.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// sameRows checks that the rows are those of before, but for some that changed.
func (e earlier) sameRows(t *testing.T, before []string, changed ...string) {
	t.Helper()
	after := alembictest.Rows(t, e.DB, e.revision)
	for _, row := range before {
		expected := slices.ContainsFunc(changed, func(id string) bool { return strings.Contains(row, `"id": "`+id) })
		if expected == slices.Contains(after, row) {
			t.Errorf("the row %s is the same: %t, want %t", row, !expected, !expected)
		}
	}
}

const (
	oldResult  = "a0000000-0000-4000-8000-00000000000"
	oldClaim   = "c0000000-0000-4000-8000-00000000000"
	oldSubmit  = "50000000-0000-4000-8000-00000000000"
	oldBench   = "b0000000-0000-4000-8000-00000000000"
	oldSite    = "50710000-0000-4000-8000-00000000000"
	oldFlavor  = "f0000000-0000-4000-8000-00000000000"
	newByFlask = "e0000000-0000-4000-8000-00000000000"
)

func TestADatabaseOfTheEarlierProgramIsServedAndGivenBack(t *testing.T) {
	for _, revision := range []string{alembictest.First, alembictest.Last} {
		t.Run(revision, func(t *testing.T) {
			t.Parallel()
			e := newEarlier(t, revision)
			before := alembictest.Rows(t, e.DB, revision)
			s := harness.Start(t, e.settings)
			e.sameRows(t, before)
			t.Run("old rows are served as they are", func(t *testing.T) { serveOldRows(t, s) })
			e.sameRows(t, before)
			t.Run("old rows are built upon", func(t *testing.T) { buildOnOldRows(t, s) })
			changed := []string{oldClaim + "1", oldSubmit + "4", oldResult + "5", oldFlavor + "2"}
			e.sameRows(t, before, changed...)
			t.Run("the earlier program writes at the same time", func(t *testing.T) { writeAsEarlierProgram(t, s, e) })
			t.Run("rows refer to what is gone", func(t *testing.T) { settleDamagedRows(t, s, e) })
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			giveBack(t, e)
			e.sameRows(t, before, changed...)
		})
	}
}

func serveOldRows(t *testing.T, s *harness.Server) {
	for path, total := range map[string]int{
		"/benchmarks?per_page=100": 4, "/benchmarks?status=on_review": 2, "/sites": 1, "/sites?status=on_review": 2,
		"/sites/" + oldSite + "1/flavors": 1, "/sites/" + oldSite + "1/flavors?status=on_review": 1, "/tags": 2,
		"/results": 6, "/results?benchmark_id=" + oldBench + "1": 3, "/results:search?terms=Z%C3%9CRICH&terms=plain": 3,
		"/results?filters=score%20%3D%3D%2012345678901234567890": 1, "/results?filters=score%20%3D%3D%2012345678901234567891": 0,
		"/results?filters=m%C3%BCller%20%3D%3D%20%C3%9F%22%5C%20%E6%BC%A2%E5%AD%97%20%F0%9F%A7%AA": 1,
		"/results?execution_before=1970-01-01":                                                     2, "/results?execution_after=9000-01-01": 1,
		"/results?sort_by=-json.score,%2Bjson": 6, "/results?tags_ids=70000000-0000-4000-8000-000000000001": 1,
	} {
		if strings.HasPrefix(path, "/benchmarks?per") {
			total += map[bool]int{true: 1}[s.Get("/benchmarks/"+oldBench+"7").Status == 200]
		}
		if got := s.Total("", path); got != total {
			t.Errorf("GET %s has %d, want %d", path, got, total)
		}
	}
	for path, parts := range map[string][]string{
		"/benchmarks/" + oldBench + "5": {
			`"docker_image":"équipe/bänchmark"`, `"docker_tag":"漢字"`,
			`{"z":1,"a":12345678901234567890,"z":2,"deep":{"x":[1e3,0.10,-0]}}`,
		},
		"/benchmarks/" + oldBench + "3": {`"https://example.org/schemas/result.json"`, `"url":"https://hub.docker.com/r/team/remote-ref"`},
		"/benchmarks/" + oldBench + "1": {`"upload_datetime":"2021-07-01T10:00:00.123456"`},
		"/results/" + oldResult + "2": {
			`12345678901234567890`, `0.00000000000000000001`, `"null":null`, `"execution_datetime":"2021-07-01T00:00:00"`,
		},
		"/results/" + oldResult + "3": {`"not a number any more"`, `"execution_datetime":"1969-12-31T23:59:59"`},
		"/results/" + oldResult + "4": {`"execution_datetime":"9999-12-31T23:59:59"`, `"name":"no status"`},
		"/results/" + oldResult + "5": {`"score":2`, `öffentlich \"quoted\" \\ 100 %`},
		"/results/" + oldResult + "9": {`"json":[1,2,3]`, `"execution_datetime":"0001-01-01T00:00:00"`},
		"/results/" + oldResult + "a": {`"json":"a text"`},
		"/flavors/" + oldFlavor + "3": {`"m1.größe"`},
	} {
		a := s.Get(path).Want(t, 200)
		squeezed := strings.ReplaceAll(strings.ReplaceAll(a.Body, ": ", ":"), ", ", ",")
		for _, part := range parts {
			if !strings.Contains(a.Body, part) && !strings.Contains(squeezed, part) {
				t.Errorf("%s\nwant %s in it", a, part)
			}
		}
	}
	asAdmin := func(path string) harness.Answer {
		return s.Do(harness.Call{Method: "GET", Path: path, As: "admin"}).Want(t, 200)
	}
	if got := len(asAdmin("/reports/submits").Items(t)); got != 5 {
		t.Errorf("%d submits, want the 5 of things that exist", got)
	}
	// One of them is about a result that is gone.
	if got := len(asAdmin("/reports/claims?status=on_review").Items(t)); got != 3 {
		t.Errorf("%d open claims, want 3", got)
	}
	if got := asAdmin("/results/" + oldResult + "7/claims?status=approved").Items(t); len(got) != 1 || got[0]["id"] != oldClaim+"4" {
		t.Errorf("the approved claim of a result is %v", got)
	}
	if got := asAdmin("/results/" + oldResult + "9/uploader").Object(t); got["sub"] != "nobody" || got["email"] != "not an address" {
		t.Errorf("the uploader is %v", got)
	}
	if got := asAdmin(
		"/users?sub=bj%C3%B6rk-%C3%9F-%E6%BC%A2%E5%AD%97-%F0%9F%A7%AA",
	).Items(t); len(got) != 1 || got[0]["registration_datetime"] != "2021-06-01T00:00:00.000001" {
		t.Errorf("the person is %v", got)
	}
}

func buildOnOldRows(t *testing.T, s *harness.Server) {
	upload := func(benchmark, flavor, body string) harness.Answer {
		return s.Post(
			"alice",
			"/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id="+oldBench+benchmark+"&flavor_id="+oldFlavor+flavor,
			body,
		)
	}
	upload("1", "1", `{"score": 7}`).Want(t, 201)
	upload("2", "1", `{"anything": true}`).Want(t, 201)
	for benchmark, want := range map[string]string{"1": "/score", "3": "ref", "4": "cannot be used", "5": "not approved"} {
		if a := upload(benchmark, "1", `{"score": "x"}`).Want(t, 422); !strings.Contains(a.Body, want) {
			t.Errorf("%s\nwant %s in it", a, want)
		}
	}
	upload("1", "2", `{"score": 7}`).Want(t, 422) // a missing status is on_review
	admin := func(method, path string, status int) {
		t.Helper()
		s.Do(harness.Call{Method: method, Path: path, As: "admin"}).Want(t, status)
	}
	admin("POST", "/flavors/"+oldFlavor+"2:approve", 204)
	upload("1", "2", `{"score": 8}`).Want(t, 201)
	admin("POST", "/reports/claims/"+oldClaim+"1:reject", 204)
	if got := s.Get("/results?filters=score%20%3D%3D%202").Items(t); len(got) != 1 {
		t.Errorf("the result of a rejected claim is not back: %v", got)
	}
	// A claim that is made and rejected leaves the row as it was.
	claim := s.Post("bob", "/results/"+oldResult+"1:claim", `{"message": "m"}`).Want(t, 201).ID(t)
	admin("POST", "/reports/claims/"+claim+":reject", 204)
}

// writeAsEarlierProgram does what the earlier program does for an upload, a submission, an
// approval and a claim.
func writeAsEarlierProgram(t *testing.T, s *harness.Server, e earlier) {
	e.run(t, fmt.Sprintf(`INSERT INTO result (
			id, uploader_sub, uploader_iss, upload_datetime, deleted, json, execution_datetime, benchmark_id, site_id, flavor_id)
		VALUES ('%s1', 'ada', 'https://aai.example.org/oidc/', now() AT TIME ZONE 'UTC', false, '{"score": 4711}', '2022-01-01',
			'%s1', '%s1', '%s1')`, newByFlask, oldBench, oldSite, oldFlavor))
	if got := s.Get("/results?filters=score%20%3D%3D%204711").Items(t); len(got) != 1 {
		t.Errorf("the earlier program's upload is not listed: %v", got)
	}
	e.run(t, fmt.Sprintf(`INSERT INTO submit (id, resource_type, upload_datetime) VALUES ('%s2', 'site', now() AT TIME ZONE 'UTC');
		INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, _submit_report_id)
		VALUES ('%s3', 'ada', 'https://aai.example.org/oidc/', now() AT TIME ZONE 'UTC', 'on_review',
			'beside', 'b', '%s2')`, newByFlask, newByFlask, newByFlask))
	s.Do(harness.Call{Method: "POST", Path: "/sites/" + newByFlask + "3:approve", As: "admin"}).Want(t, 204)
	e.run(t, fmt.Sprintf(`INSERT INTO submit (id, resource_type, upload_datetime) VALUES ('%s4', 'claim', now() AT TIME ZONE 'UTC');
		INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, _submit_report_id)
		VALUES ('%s5', 'ada', 'https://aai.example.org/oidc/', now() AT TIME ZONE 'UTC', 'on_review', 'beside', 'result', '%s4');
		UPDATE result SET deleted = true, _claim_report_id = '%s5' WHERE id = '%s1'`, newByFlask, newByFlask, newByFlask, newByFlask, newByFlask))
	if got := s.Get("/results?filters=score%20%3D%3D%204711").Items(t); len(got) != 0 {
		t.Errorf("what the earlier program claimed is listed: %v", got)
	}
	if got := s.Do(harness.Call{
		Method: "GET", Path: "/results/" + newByFlask + "1/claims?status=on_review", As: "admin",
	}).Items(t); len(got) != 1 {
		t.Errorf("the earlier program's claim is not there: %v", got)
	}
	s.Do(harness.Call{Method: "POST", Path: "/reports/claims/" + newByFlask + "5:reject", As: "admin"}).Want(t, 204)
	if got := s.Get("/results?filters=score%20%3D%3D%204711").Items(t); len(got) != 1 {
		t.Errorf("the result is not back: %v", got)
	}
}

// giveBack undoes our revisions, and lets our own check of what the earlier
// program's revision promises say whether the tables are its again.
func giveBack(t *testing.T, e earlier) {
	t.Helper()
	s, err := postgres.Open(t.Context(), postgres.Config{
		Host: e.database.Host, Port: e.database.Port, User: e.database.User, Password: e.database.Password, Name: e.database.Name,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	schema, err := migrations.OpenSchema(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	if _, err := schema.Downgrade(ctx, e.revision, migrations.Options{}); err != nil {
		t.Fatal(err)
	}
	e.run(t, "DROP TABLE schema_revision")
	if _, err := schema.Upgrade(ctx, e.revision, migrations.Options{}); err != nil {
		t.Errorf("the tables are not the earlier program's again: %v", err)
	}
}
