package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestUseOfResultsThatAnAdministratorRemoves: people claim, withdraw, correct and upload, while an
// administrator removes the benchmark, or the flavor and its site. No unit of work waits for
// another in a circle, no answer is an error of ours, and the trail says once that each result,
// claim and flavor went.
func TestUseOfResultsThatAnAdministratorRemoves(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			settings := database(t)
			s := harness.Start(t, settings)
			for round := range 3 {
				g := s.NewFixture(fmt.Sprintf("benchmark-%d", round))
				useWhile(s, g, "/benchmarks/"+g.Benchmark)
				g = s.NewFixture(fmt.Sprintf("site-%d", round))
				useWhile(s, g, "/flavors/"+g.Flavor, "/sites/"+g.Site, "/benchmarks/"+g.Benchmark)
			}
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			db := harness.OpenSQL(t, settings)
			expectEachRemovedOnce(t, db)
			expectNoDeadlock(t, db, name)
		})
	}
}

// useWhile lets people use results while an administrator deletes the paths at once. The last
// one is deleted again: it may have lost the race against the first upload.
func useWhile(s *harness.Server, g harness.Fixture, deleted ...string) {
	s.T.Helper()
	const people = 6
	s.Token("bob")
	var results []string
	for i := range 2 * people {
		results = append(results, s.Post("alice", g.UploadPath(""), fmt.Sprintf(`{"score":%d}`, i)).Want(s.T, http.StatusCreated).ID(s.T))
	}
	var wait sync.WaitGroup
	for i := range people {
		wait.Go(func() {
			for n, result := range results {
				content := fmt.Sprintf(`{"score":%d,"corrected":%d}`, n, i)
				correction := "/results/" + result + ":correct?reason=typo&" + g.UploadPath("")[len("/results?"):]
				for _, a := range []harness.Answer{
					s.Post("bob", "/results/"+result+":claim", `{"message":"odd"}`),
					s.Post("alice", correction, content),
					s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), fmt.Sprintf(`{"score":%d,"of":%d}`, n, i)),
					s.Post("alice", "/results/"+result+":withdraw", `{"reason":"odd"}`),
				} {
					if a.Status >= http.StatusInternalServerError {
						s.T.Error(a)
					}
				}
			}
		})
	}
	for _, path := range deleted {
		wait.Go(func() {
			if a := s.Do(harness.Call{Method: http.MethodDelete, Path: path, As: "admin"}); a.Status != 204 && a.Status != 404 {
				s.T.Error(a)
			}
		})
	}
	wait.Wait()
}

func expectEachRemovedOnce(t *testing.T, db *sql.DB) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT resource_type, CAST(resource_id AS text), sum(CASE WHEN action LIKE 'Delete%' THEN 1 ELSE 0 END)
		FROM (SELECT resource_type, resource_id, action FROM audit_event UNION ALL
			SELECT resource_type, resource_id, action FROM audit_entry) AS event
		WHERE resource_type IN ('result', 'claim', 'flavor') GROUP BY resource_type, resource_id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	seen, wrong := map[string]int{}, map[string]int{}
	for rows.Next() {
		var kind, id string
		var removed int
		if err := rows.Scan(&kind, &id, &removed); err != nil {
			t.Fatal(err)
		}
		seen[kind]++
		// The flavor of a removed benchmark stays.
		if removed != 1 && (kind != "flavor" || removed != 0) {
			wrong[fmt.Sprintf("%s removed %d times", kind, removed)]++
		}
	}
	if err := rows.Err(); err != nil || len(wrong) > 0 {
		t.Errorf("the trail: %v (%v) of %v", wrong, err, seen)
	}
}

func expectNoDeadlock(t *testing.T, db *sql.DB, name string) {
	t.Helper()
	if name == "sqlite" {
		return
	}
	var n int
	err := db.QueryRowContext(t.Context(), "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d deadlocks (%v)", n, err)
	}
}
