package gormdb_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// The tests in this file are about rows that other programs write: the earlier program,
// psql, an import. The ids are fixed, so that the statements are easy to read.

const (
	somebody = `INSERT INTO "user" (sub, iss, email, registration_datetime) VALUES ('sub', 'iss', 'e@example.org', '2021-05-21 08:31:00')`
	// idOf is an id without its last digit.
	idOf = "00000000-0000-4000-8000-00000000000"
)

func numbered(digit string) uuid.UUID { return uuid.MustParse(idOf + digit) }

func insertSite(digit, status, submit string) string {
	return `INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, _submit_report_id)
		VALUES ('` + idOf + digit + `', 'sub', 'iss', '2021-05-21 08:31:00.5', ` + status + `, 'site ` + digit + `', 'Road', ` + submit + `)`
}

func insertSubmit(digit, resource string) string {
	return `INSERT INTO submit (id, resource_type, upload_datetime) VALUES ('` + idOf + digit + `', '` + resource + `', '2021-05-21 08:31:00')`
}

var wholeList = ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 100}}

func TestMissingStatusIsOnReview(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		storetest.ExecuteAll(t, store, somebody,
			insertSite("1", "NULL", "NULL"), insertSite("2", "'on_review'", "NULL"), insertSite("3", "'approved'", "NULL"))
		for status, want := range map[domain.Status][]uuid.UUID{
			domain.OnReview: {numbered("1"), numbered("2")},
			domain.Approved: {numbered("3")},
		} {
			q := ports.SiteQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList, Status: status}}
			page, err := store.Repos().Sites.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var got []uuid.UUID
			for _, site := range page.Items {
				got = append(got, site.ID)
				if site.Status != status {
					t.Errorf("site %s has the status %q, want %q", site.ID, site.Status, status)
				}
			}
			if !slices.Equal(got, want) || page.Total != len(want) {
				t.Errorf("sites %s: got %v of %d, want %v", status, got, page.Total, want)
			}
		}
	})
}

func TestTimesOfOthersAreUTC(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		storetest.ExecuteAll(t, store, somebody, insertSite("1", "NULL", "NULL"))
		site, err := store.Repos().Sites.Get(t.Context(), numbered("1"))
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2021, 5, 21, 8, 31, 0, 500_000_000, time.UTC); site.UploadedAt != want {
			t.Errorf("uploaded at %v, want %v", site.UploadedAt, want)
		}
	})
}

func TestTimesDoNotDependOnTheTimeZoneOfTheDatabase(t *testing.T) {
	store := storetest.Postgres(t)
	storetest.ExecuteAll(t, store,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Kathmandu''', current_database()); END $$`,
		somebody, insertSite("1", "'approved'", "NULL"))
	pool, err := store.DB().DB()
	if err != nil {
		t.Fatal(err)
	}
	c, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var zone, application string
	settings := c.QueryRowContext(t.Context(), "SELECT current_setting('timezone'), current_setting('application_name')")
	if err := settings.Scan(&zone, &application); err != nil {
		t.Fatal(err)
	}
	if zone != "UTC" || application != "eosc-perf" {
		t.Errorf("the session's time zone is %s, its application %s; want UTC, eosc-perf", zone, application)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	uploaded := time.Date(2021, 5, 21, 8, 31, 0, 500_000_000, time.UTC)
	for _, c := range []struct {
		window ports.Window
		want   int
	}{
		{ports.Window{Before: &uploaded}, 0},
		{ports.Window{After: &uploaded}, 0},
		{ports.Window{}, 1},
	} {
		q := ports.SiteQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList, Status: domain.Approved, Uploaded: c.window}}
		if page, err := store.Repos().Sites.List(t.Context(), q); err != nil || page.Total != c.want {
			t.Errorf("window %+v: got %d (%v), want %d", c.window, page.Total, err, c.want)
		}
	}
}

func insertResult(digit, deleted, json string) string {
	const same = "'" + idOf + "1'"
	return `INSERT INTO result
		(deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id)
		VALUES (` + deleted + `, '` + idOf + digit + `', 'sub', 'iss', '2021-05-21 08:31:00', ` + json + `, '2021-05-21 08:31:00',
			` + same + `, ` + same + `, ` + same + `)`
}

func insertReferences(t *testing.T, store *gormdb.Store) {
	t.Helper()
	storetest.ExecuteAll(t, store, somebody, insertSite("1", "'approved'", "NULL"),
		`INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, docker_image, docker_tag, json_schema, url)
			VALUES ('`+idOf+`1', 'sub', 'iss', '2021-05-21 08:31:00', 'image', 'tag', '{}', 'url')`,
		`INSERT INTO flavor (id, uploader_sub, uploader_iss, upload_datetime, name, site_id)
			VALUES ('`+idOf+`1', 'sub', 'iss', '2021-05-21 08:31:00', 'flavor', '`+idOf+`1')`)
}

func TestDeletedResultsAreFoundByIDOnly(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		insertReferences(t, store)
		storetest.ExecuteAll(t, store, insertResult("1", "true", `'{"a":1}'`), insertResult("2", "false", `'{"a":1}'`))
		for _, digit := range []string{"1", "2"} {
			if r, err := store.Repos().Results.Get(t.Context(), numbered(digit)); err != nil || r.ID != numbered(digit) {
				t.Errorf("result %s: got %+v (%v)", digit, r, err)
			}
		}
		isOne := filter.Condition{Path: filter.Names("a"), Operator: filter.Equal, Kind: filter.Number, Value: "1"}
		for _, q := range []ports.ResultQuery{{}, {Filters: []filter.Condition{isOne}}} {
			q.ListOptions = wholeList
			if page, err := store.Repos().Results.List(t.Context(), q); err != nil || page.Total != 1 || page.Items[0].ID != numbered("2") {
				t.Errorf("list %+v: got %+v (%v), want the second result only", q, page, err)
			}
		}
	})
}

func TestInvalidJSONInSQLiteRaisesNoError(t *testing.T) {
	store := storetest.SQLite(t)
	insertReferences(t, store)
	storetest.ExecuteAll(t, store,
		insertResult("1", "0", `'{"a":'`), insertResult("2", "0", `x'00ff'`), insertResult("3", "0", `''`), insertResult("4", "0", `5`),
		insertResult("5", "0", `'{"a":2}'`), insertResult("6", "0", `'{"a":1}'`))
	page, err := store.Repos().Results.List(t.Context(), ports.ResultQuery{
		ListOptions: wholeList,
		Filters:     []filter.Condition{{Path: filter.Names("a"), Operator: filter.Greater, Kind: filter.Number, Value: "0"}},
	})
	if err != nil || page.Total != 2 {
		t.Errorf("filter: got %d (%v), want 2", page.Total, err)
	}
	ids, _, err := listIDs(t, store, ports.ResultQuery{ListOptions: ports.ListOptions{
		Page: domain.PageRequest{Number: 1, Size: 2}, Sort: []filter.Key{{Field: filter.JSONField, Path: filter.Names("a")}},
	}})
	if want := []uuid.UUID{numbered("6"), numbered("5")}; err != nil || !slices.Equal(ids, want) {
		t.Errorf("sort: got %v (%v), want %v first", ids, err, want)
	}
}

func listIDs(t *testing.T, store *gormdb.Store, q ports.ResultQuery) (ids []uuid.UUID, total int, err error) {
	t.Helper()
	page, err := store.Repos().Results.List(t.Context(), q)
	for _, r := range page.Items {
		ids = append(ids, r.ID)
	}
	return ids, page.Total, err
}

func TestSubmitsReportTheEntitiesThatNameThem(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		submitID := func(digit string) string { return "'" + idOf + digit + "'" }
		storetest.ExecuteAll(t, store, somebody,
			insertSubmit("1", "resultclaimreport"), insertSubmit("2", "benchmark"), insertSubmit("3", "claim"),
			insertSite("1", "'on_review'", submitID("2")),
			`INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, message, resource_type, _submit_report_id)
				VALUES ('`+idOf+`7', 'sub', 'iss', '2021-05-21 08:31:00', 'wrong', 'result', `+submitID("1")+`)`)
		for _, c := range []struct {
			name  string
			query ports.SubmitQuery
			want  []domain.Resource
			ids   []uuid.UUID
		}{
			{"all", ports.SubmitQuery{}, []domain.Resource{domain.ClaimResource, domain.SiteResource}, []uuid.UUID{numbered("7"), numbered("1")}},
			{
				"claims", ports.SubmitQuery{ResourceType: pointer(domain.ClaimResource)},
				[]domain.Resource{domain.ClaimResource}, []uuid.UUID{numbered("7")},
			},
			{"benchmarks", ports.SubmitQuery{ResourceType: pointer(domain.BenchmarkResource)}, nil, nil},
			{"by type", ports.SubmitQuery{ListOptions: ports.ListOptions{Sort: []filter.Key{{Field: "resource_type", Descending: true}}}},
				[]domain.Resource{domain.SiteResource, domain.ClaimResource}, []uuid.UUID{numbered("1"), numbered("7")}},
		} {
			c.query.Page = wholeList.Page
			page, err := store.Repos().Submits.List(t.Context(), c.query)
			if err != nil {
				t.Fatal(err)
			}
			var types []domain.Resource
			var ids []uuid.UUID
			for _, s := range page.Items {
				types, ids = append(types, s.ResourceType), append(ids, s.ResourceID)
				if s.Uploader.Email != "e@example.org" {
					t.Errorf("%s: the uploader is %+v", c.name, s.Uploader)
				}
			}
			if !slices.Equal(types, c.want) || !slices.Equal(ids, c.ids) || page.Total != len(c.want) {
				t.Errorf("%s: got %v %v of %d, want %v %v", c.name, types, ids, page.Total, c.want, c.ids)
			}
		}
	})
}

func pointer[T any](v T) *T { return &v }

// Another replica may run a later revision while this program answers requests.
func TestNewColumnsDoNotDisturbQueries(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		storetest.ExecuteAll(t, store, somebody, insertSite("1", "'approved'", "NULL"))
		for range 2 {
			for range 3 { // every connection of the pool has prepared the statement
				if _, err := store.Repos().Sites.Get(t.Context(), numbered("1")); err != nil {
					t.Fatalf("read a site: %v", err)
				}
			}
			storetest.ExecuteAll(t, store, "ALTER TABLE site ADD COLUMN new_"+uuid.NewString()[:8]+" text")
		}
	})
}
