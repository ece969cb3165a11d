package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// many is a server with a lot of rows of the development account bob's, which SQL wrote.
type many struct {
	*harness.Server
	g  harness.Fixture
	do func(statement string)
	// uuid is the expression for the id of row n of a table.
	uuid func(prefix string) string
}

func startMany(t *testing.T, database harness.Settings) many {
	t.Helper()
	// The time of a request is that of a default server.
	s := harness.Start(t, database.With(harness.Settings{"REQUEST_TIMEOUT": "30s", "QUERY_TIMEOUT": "10s"}))
	m := many{Server: s, g: s.NewFixture("many")}
	db := harness.OpenSQL(t, database)
	m.do = func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v in\n%.300s", err, statement)
		}
	}
	m.uuid = func(prefix string) string {
		id := "'" + prefix + "-0000-4000-8000-' || substr(CAST(1000000000000 + n AS text), 2)"
		if database["DB_HOST"] != "" {
			return "CAST(" + id + " AS uuid)"
		}
		return id
	}
	return m
}

// from is the part of a statement that has so many rows n.
func from(count int) string {
	return fmt.Sprintf(" FROM (WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) "+
		"SELECT n FROM numbers) AS rows", count)
}

// by are the columns that name the person, and the time.
func (m many) by(name string) string {
	return "'" + name + "', '" + m.Issuer() + "', '2021-05-21 08:31:00.000000'"
}

func (m many) addResults(of string, count int, deleted, claim string) {
	m.do(`INSERT INTO result (deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id,
		site_id, _claim_report_id) SELECT ` + deleted + ", " + m.uuid("a0000000") + ", " + m.by(of) +
		`, '{"score":1}', '2021-05-21 08:31:00.000000', '` +
		m.g.Benchmark + "', '" + m.g.Flavor + "', '" + m.g.Site + "', " + claim + from(count))
}

// addClaims makes bob claim so many results of alice's.
func (m many) addClaims(count int) {
	m.addSubmits("claim", count)
	m.do(`INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, _submit_report_id)
		SELECT ` + m.uuid("c0000000") + ", " + m.by("bob") + ", 'on_review', 'odd', 'result', " + m.uuid("d0000000") + from(count))
	m.addResults("alice", count, "true", m.uuid("c0000000"))
	m.do("UPDATE claim SET result_id = (SELECT id FROM result WHERE _claim_report_id = claim.id)")
}

func (m many) addSubmits(resource string, count int) {
	m.do("INSERT INTO submit (id, resource_type, upload_datetime) SELECT " + m.uuid("d0000000") + ", '" + resource +
		"', '2021-05-21 08:31:00.000000'" + from(count))
}

func (m many) addSites(count int) {
	m.addSubmits("site", count)
	m.do(`INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, _submit_report_id)
		SELECT ` + m.uuid("e0000000") + ", " + m.by("bob") +
		", 'on_review', 'site ' || CAST(n AS text), 'a', " + m.uuid("d0000000") + from(count))
}

// TestRemovalOfAPersonWithManyRows: the answer comes within the time of a request, and the
// person is not registered any more. Then the rest goes, as the header of each answer says.
func TestRemovalOfAPersonWithManyRows(t *testing.T) {
	for _, c := range []struct {
		name string
		add  func(m many)
		// results are those that are visible afterwards.
		results int
	}{
		{"1,600 claims", func(m many) { m.addClaims(1_600) }, 1_600},
		{"1,200 submissions", func(m many) { m.addSites(1_200) }, 0},
		{"2,200 results", func(m many) { m.addResults("bob", 2_200, "false", "NULL") }, 0},
	} {
		for kind, database := range harness.Databases {
			t.Run(c.name+" on "+kind, func(t *testing.T) {
				m := startMany(t, database(t))
				c.add(m)
				began := time.Now()
				a := m.remove(t, "bob")
				t.Logf("%s: the first answer took %v, with the progress %q", c.name, time.Since(began), a.Header.Get("Removal-Progress"))
				if a := m.Do(harness.Call{Method: http.MethodGet, Path: "/users/self", As: "bob"}); a.Status != http.StatusNotFound {
					t.Errorf("%s\nwant 404", a)
				}
				if got := m.Total("admin", "/users?sub=bob"); got != 0 {
					t.Errorf("bob is in the list of users")
				}
				for a.Header.Get("Removal-Progress") != "" && time.Since(began) < 5*time.Minute {
					time.Sleep(time.Second)
					a = m.remove(t, "bob")
				}
				t.Logf("%s: removed after %v", c.name, time.Since(began))
				if got := m.Total("", "/results"); got != c.results {
					t.Errorf("%d results, want %d", got, c.results)
				}
				if got := m.Total("admin", "/reports/submits"); got != 0 {
					t.Errorf("%d submits are left", got)
				}
				if got := m.Total("", "/sites?status=on_review"); got != 0 {
					t.Errorf("%d sites on review are left", got)
				}
				m.Register("bob").Want(t, http.StatusCreated)
			})
		}
	}
}

// TestARepetitionOfARemovalTellsHowFarItIs: an Idempotency-Key keeps the answer, but not the progress. A lock on
// a result keeps the removal from its end, which an embedded database does not have.
func TestARepetitionOfARemovalTellsHowFarItIs(t *testing.T) {
	database := harness.Postgres(t).With(harness.Settings{"REQUEST_TIMEOUT": "8s"})
	s := harness.Start(t, database)
	f := s.NewFixture("progress")
	s.Register("bob")
	s.Post("bob", f.UploadPath(""), `{"score":1}`).Want(t, http.StatusCreated)
	lock, err := harness.OpenSQL(t, database).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback() }()
	if _, err := lock.ExecContext(t.Context(), "SELECT id FROM result FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	remove := func() string {
		t.Helper()
		return s.Do(harness.Call{
			Method: http.MethodPost, Path: "/users:remove?sub=bob", As: "admin", Header: http.Header{"Idempotency-Key": {"bob"}},
		}).Want(t, http.StatusNoContent).Header.Get("Removal-Progress")
	}
	if first, again := remove(), remove(); first == "" || again != first {
		t.Errorf("the progress is %q, and %q at a repetition", first, again)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	process.Eventually(t, "the removal ends", func() bool { return remove() == "" })
	if got := s.Total("", "/results"); got != 0 {
		t.Errorf("%d results are left behind the last progress", got)
	}
}

func (m many) remove(t *testing.T, name string) harness.Answer {
	t.Helper()
	return m.Post("admin", "/users:remove?sub="+name, "").Want(t, http.StatusNoContent)
}

// TestBlockedPeople: they read, and do not write, and do not register again.
func TestBlockedPeople(t *testing.T) {
	for kind, database := range harness.Databases {
		t.Run(kind, func(t *testing.T) {
			m := startMany(t, database(t))
			block := func(name string) {
				m.do("INSERT INTO blocked_person (sub, iss, blocked_at, reason) VALUES ('" + name + "', '" + m.Issuer() +
					"', '2021-05-21 08:31:00.000000', 'false claims')")
			}
			block("bob")
			block("newcomer")
			for path, body := range map[string]string{
				"/sites": `{"name":"x","address":"y"}`, "/tags": `{"name":"x"}`, "/users/self:update": "", "/users:register": "",
				m.g.UploadPath(""): `{"score":1}`,
			} {
				a := m.Post("bob", path, body).Want(t, http.StatusForbidden)
				if !strings.Contains(a.Text("errors", "error"), "blocked") {
					t.Errorf("%s\nwant an error that says that bob is blocked", a)
				}
			}
			m.Register("newcomer").Want(t, http.StatusForbidden)
			for _, path := range []string{"/users/self", "/users/self/results", "/users/self/claims"} {
				a := m.Do(harness.Call{Method: http.MethodGet, Path: path, As: "bob"}).Want(t, http.StatusOK)
				if strings.Contains(a.Body, `"blocked"`) {
					t.Errorf("%s\nonly lists of users tell who is blocked", a)
				}
			}
			for _, path := range []string{"/users", "/users:search"} {
				for _, user := range m.Do(harness.Call{Method: http.MethodGet, Path: path, As: "admin"}).Items(t) {
					if blocked, there := user["blocked"]; there != (user["sub"] == "bob") || there && blocked != true {
						t.Errorf("%s lists %v", path, user)
					}
				}
			}
			m.Post("admin", "/users:remove?sub=bob&iss="+url.QueryEscape(m.Issuer()), "").Want(t, http.StatusNoContent)
			m.Register("bob").Want(t, http.StatusForbidden)
			m.do("DELETE FROM blocked_person WHERE sub = 'bob'")
			m.Register("bob").Want(t, http.StatusCreated)
			block("admin")
			m.Do(harness.Call{Method: http.MethodGet, Path: "/users/self:try_admin", As: "admin"}).Want(t, http.StatusForbidden)
		})
	}
}

// TestClaimsWhoseResultIsGone: the earlier program leaves them. They are shown without the
// id of a result, and settled.
func TestClaimsWhoseResultIsGone(t *testing.T) {
	for kind, database := range harness.Databases {
		t.Run(kind, func(t *testing.T) {
			m := startMany(t, database(t))
			m.addClaims(2)
			m.do("UPDATE claim SET result_id = NULL")
			m.do("DELETE FROM result")
			as := func(who, path string) harness.Answer {
				return m.Do(harness.Call{Method: http.MethodGet, Path: path, As: who})
			}
			claims := as("admin", "/reports/claims?status=on_review").Items(t)
			if own := as("bob", "/users/self/claims?status=on_review").Items(t); len(claims) != 2 || len(own) != 2 {
				t.Fatalf("%d claims, %d of bob's, want 2", len(claims), len(own))
			}
			for i, want := range []string{":approve", ":reject"} {
				id, _ := claims[i]["id"].(string)
				path := "/reports/claims/" + id
				claim := as("admin", path).Want(t, http.StatusOK).Object(t)
				if _, there := claim["resource_id"]; there || claim["resource_type"] != "result" || claim["message"] != "odd" {
					t.Errorf("claim %v, want it without the id of a result", claim)
				}
				m.Post("admin", path+want, "").Want(t, http.StatusNoContent)
				status := map[string]int{":approve": http.StatusUnprocessableEntity, ":reject": http.StatusNotFound}[want]
				m.Post("admin", path+want, "").Want(t, status)
			}
			if got := m.Total("admin", "/reports/claims"); got != 1 {
				t.Errorf("%d approved claims, want 1", got)
			}
			if got := m.Total("admin", "/reports/submits"); got != 0 {
				t.Errorf("%d submits are left", got)
			}
		})
	}
}
