package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// together makes the same call n times at once and counts the statuses.
func (s *testServer) together(n int, c call) map[int]int {
	s.t.Helper()
	var (
		wait   sync.WaitGroup
		mutex  sync.Mutex
		counts = map[int]int{}
	)
	for range n {
		wait.Go(func() {
			status := s.do(c).status
			mutex.Lock()
			defer mutex.Unlock()
			counts[status]++
		})
	}
	wait.Wait()
	return counts
}

// TestRaces: of many at once exactly one wins, and the others are told why.
func TestRaces(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		const n = 12
		s.token("alice")
		s.token("admin")
		site := s.post("alice", "/sites", `{"name":"race","address":"a"}`).want(t, 201).id(t)
		for _, tt := range []struct {
			name    string
			call    call
			winner  int
			another int
		}{
			{"same site", call{method: "POST", path: "/sites", as: "alice", body: `{"name":"one","address":"a"}`}, 201, 409},
			{"same flavor", call{method: "POST", path: "/sites/" + site + "/flavors", as: "alice", body: `{"name":"one"}`}, 201, 409},
			{"same benchmark", call{method: "POST", path: "/benchmarks", as: "alice", body: `{"docker_image":"one","docker_tag":"1","url":"u","json_schema":{}}`}, 201, 409},
			{"same tag", call{method: "POST", path: "/tags", as: "alice", body: `{"name":"one"}`}, 201, 409},
			{"registration", call{method: "POST", path: "/users:register", as: "newcomer"}, 201, 409},
			{"approval", call{method: "POST", path: "/sites/" + site + ":approve", as: "admin"}, 204, 422},
		} {
			counts := s.together(n, tt.call)
			if counts[tt.winner] != 1 || counts[tt.another] != n-1 {
				t.Errorf("%s: %v, want one %d and %d of %d", tt.name, counts, tt.winner, n-1, tt.another)
			}
		}
		if got := len(s.do(call{method: "GET", path: "/reports/submits", as: "admin"}).items(t)); got != 3 {
			t.Errorf("%d submits left, want 3: the new site, flavor and benchmark", got)
		}
	})
}

// TestUploadsWhileListing: no answer is an error, and at the end all is there.
func TestUploadsWhileListing(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		g := s.newGround("busy")
		s.token("alice")
		var wait sync.WaitGroup
		for worker := range 4 {
			wait.Go(func() {
				for i := range 10 {
					if a := s.post("alice", g.query("&tags_ids="+g.tag), fmt.Sprintf(`{"score":%d}`, worker*10+i)); a.status != http.StatusCreated {
						t.Error(a)
					}
					if a := s.get("/results?filters=score+%3E%3D+0&sort_by=-json.score&per_page=5"); a.status != http.StatusOK {
						t.Error(a)
					}
				}
			})
		}
		wait.Wait()
		if total := s.get("/results?per_page=1").want(t, 200).object(t)["total"]; total != 40.0 {
			t.Errorf("total %v, want 40", total)
		}
	})
}
