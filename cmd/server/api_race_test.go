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

// TestSettlementRaces: what can be done once is done once, whoever else tries.
func TestSettlementRaces(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		const n = 10
		g := s.fullGround("settle")
		doubt := func() string {
			return s.post("bob", "/results/"+g.result+":claim", `{"message":"odd"}`).want(t, 201).id(t)
		}
		for _, tt := range []struct {
			name, method, path string
			// winner is the status of one, others that of all others.
			winner, others int
		}{
			{"approve a claim", "POST", "/reports/claims/" + doubt() + ":approve", 204, 422},
			{"reject a claim", "POST", "/reports/claims/" + doubt() + ":reject", 204, 404},
			{"reject a benchmark", "POST", "/benchmarks/" + g.reviewBenchmark + ":reject", 204, 404},
			{"approve a flavor", "POST", "/flavors/" + g.reviewFlavor + ":approve", 204, 422},
			{"delete a tag", "DELETE", "/tags/" + g.tag, 204, 404},
			{"delete a result", "DELETE", "/results/" + g.result, 204, 204},
			{"delete a benchmark", "DELETE", "/benchmarks/" + g.benchmark, 204, 404},
			{"delete a site", "DELETE", "/sites/" + g.site, 204, 404},
		} {
			counts := s.together(n, call{method: tt.method, path: tt.path, as: "admin"})
			if tt.winner == tt.others {
				tt.winner, counts[0], counts[tt.others] = 0, 1, counts[tt.others]-1
			}
			if counts[tt.winner] != 1 || counts[tt.others] != n-1 {
				t.Errorf("%s: %v, want one %d and %d of %d", tt.name, counts, tt.winner, n-1, tt.others)
			}
		}
	})
}

// TestChangesToOneName: of several things that get the same name one keeps it.
func TestChangesToOneName(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		const n = 6
		var (
			wait  sync.WaitGroup
			sites = make([]string, n)
			codes = make([]int, n)
		)
		for i := range sites {
			sites[i] = s.post("alice", "/sites", fmt.Sprintf(`{"name":"before %d","address":"a"}`, i)).want(t, 201).id(t)
		}
		for i, id := range sites {
			wait.Go(func() {
				codes[i] = s.do(call{method: "PUT", path: "/sites/" + id, as: "admin", body: `{"name":"after","address":"a"}`}).status
			})
		}
		wait.Wait()
		won := 0
		for _, code := range codes {
			switch code {
			case http.StatusNoContent:
				won++
			case http.StatusConflict:
			default:
				t.Errorf("status %d, want 204 or 409", code)
			}
		}
		if won != 1 || s.total("", "/sites?status=on_review&name=after") != 1 {
			t.Errorf("%d won: %v", won, codes)
		}
	})
}

// TestUploadsWhileTheGroundGoes: uploads race with the deletion of the benchmark,
// and with the removal of the uploader; nothing is left over.
func TestUploadsWhileTheGroundGoes(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		first, second := s.newGround("first"), s.newGround("second")
		for _, tt := range []struct {
			ground  ground
			end     call
			refused int
		}{
			{first, call{method: "DELETE", path: "/benchmarks/" + first.benchmark, as: "admin"}, 404},
			{second, call{method: "POST", path: "/users:remove?sub=bob", as: "admin"}, 403},
		} {
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					for range 5 {
						if a := s.post("bob", tt.ground.query("&tags_ids="+tt.ground.tag), `{"score":1}`); a.status != 201 && a.status != tt.refused {
							t.Error(a)
						}
					}
				})
			}
			wait.Go(func() { s.do(tt.end).want(t, 204) })
			wait.Wait()
			if got := s.total("", "/results"); got != 0 {
				t.Errorf("%d results are left after %s %s", got, tt.end.method, tt.end.path)
			}
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
