package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// together makes the same call n times at once, each with a token of its own, and counts
// the statuses.
func together(s *harness.Server, n int, c harness.Call) map[int]int {
	s.T.Helper()
	var (
		wait   sync.WaitGroup
		mutex  sync.Mutex
		counts = map[int]int{}
		calls  []harness.Call
	)
	for range n {
		own := c
		own.As = "raw:Bearer " + s.NewToken(c.As)
		calls = append(calls, own)
	}
	for _, own := range calls {
		wait.Go(func() {
			status := s.Do(own).Status
			mutex.Lock()
			defer mutex.Unlock()
			counts[status]++
		})
	}
	wait.Wait()
	return counts
}

// TestOneOfManyParallelWritesWins: of many at once exactly one wins, and the others are told why.
func TestOneOfManyParallelWritesWins(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const n = 12
		s.Token("alice")
		s.Token("admin")
		site := s.Post("alice", "/sites", `{"name":"race","address":"a"}`).Want(t, 201).ID(t)
		for _, tt := range []struct {
			name    string
			call    harness.Call
			winner  int
			another int
		}{
			{"same site", harness.Call{Method: "POST", Path: "/sites", As: "alice", Body: `{"name":"one","address":"a"}`}, 201, 409},
			{"same flavor", harness.Call{Method: "POST", Path: "/sites/" + site + "/flavors", As: "alice", Body: `{"name":"one"}`}, 201, 409},
			{
				"same benchmark",
				harness.Call{
					Method: "POST", Path: "/benchmarks", As: "alice",
					Body: `{"docker_image":"one","docker_tag":"1","url":"https://example.org","json_schema":{}}`,
				},
				201, 409,
			},
			{"same tag", harness.Call{Method: "POST", Path: "/tags", As: "alice", Body: `{"name":"one"}`}, 201, 409},
			{"registration", harness.Call{Method: "POST", Path: "/users:register", As: "newcomer"}, 201, 409},
			{"approval", harness.Call{Method: "POST", Path: "/sites/" + site + ":approve", As: "admin"}, 204, 422},
		} {
			counts := together(s, n, tt.call)
			if counts[tt.winner] != 1 || counts[tt.another] != n-1 {
				t.Errorf("%s: %v, want one %d and %d of %d", tt.name, counts, tt.winner, n-1, tt.another)
			}
		}
		if got := len(s.Do(harness.Call{Method: "GET", Path: "/reports/submits", As: "admin"}).Items(t)); got != 3 {
			t.Errorf("%d submits left, want 3: the new site, flavor and benchmark", got)
		}
	})
}

// TestClaimIsSettledOnce: what can be done once is done once, whoever else tries.
func TestClaimIsSettledOnce(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const n = 10
		g := s.FullFixture("settle")
		doubt := func() string {
			return s.Post("bob", "/results/"+g.Result+":claim", `{"message":"odd"}`).Want(t, 201).ID(t)
		}
		for _, tt := range []struct {
			name, method, path string
			// winner is the status of one, others that of all others.
			winner, others int
		}{
			{"approve a claim", "POST", "/reports/claims/" + doubt() + ":approve", 204, 422},
			{"reject a claim", "POST", "/reports/claims/" + doubt() + ":reject", 204, 404},
			{"reject a benchmark", "POST", "/benchmarks/" + g.ReviewBenchmark + ":reject", 204, 404},
			{"approve a flavor", "POST", "/flavors/" + g.ReviewFlavor + ":approve", 204, 422},
			{"delete a tag", "DELETE", "/tags/" + g.Tag, 204, 404},
			{"delete a result", "DELETE", "/results/" + g.Result, 204, 204},
			{"delete a benchmark", "DELETE", "/benchmarks/" + g.Benchmark, 204, 404},
			{"delete a site", "DELETE", "/sites/" + g.Site, 204, 404},
		} {
			counts := together(s, n, harness.Call{Method: tt.method, Path: tt.path, As: "admin"})
			if tt.winner == tt.others {
				tt.winner, counts[0], counts[tt.others] = 0, 1, counts[tt.others]-1
			}
			if counts[tt.winner] != 1 || counts[tt.others] != n-1 {
				t.Errorf("%s: %v, want one %d and %d of %d", tt.name, counts, tt.winner, n-1, tt.others)
			}
		}
	})
}

// TestOneOfSeveralChangesGetsTheName: of several things that get the same name one keeps it.
func TestOneOfSeveralChangesGetsTheName(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const n = 6
		var (
			wait  sync.WaitGroup
			sites = make([]string, n)
			codes = make([]int, n)
		)
		for i := range sites {
			sites[i] = s.Post("alice", "/sites", fmt.Sprintf(`{"name":"before %d","address":"a"}`, i)).Want(t, 201).ID(t)
		}
		for i, id := range sites {
			wait.Go(func() {
				codes[i] = s.Do(harness.Call{Method: "PUT", Path: "/sites/" + id, As: "admin", Body: `{"name":"after","address":"a"}`}).Status
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
		if won != 1 || s.Total("", "/sites?status=on_review&name=after") != 1 {
			t.Errorf("%d won: %v", won, codes)
		}
	})
}

// TestUploadsWhileTheGroundGoes: uploads race with the deletion of the benchmark,
// and with the removal of the uploader; nothing is left over.
func TestUploadsWhileTheGroundGoes(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		first, second := s.NewFixture("first"), s.NewFixture("second")
		for _, tt := range []struct {
			ground  harness.Fixture
			end     harness.Call
			refused int
		}{
			{first, harness.Call{Method: "DELETE", Path: "/benchmarks/" + first.Benchmark, As: "admin"}, 404},
			{second, harness.Call{Method: "POST", Path: "/users:remove?sub=bob", As: "admin"}, 403},
		} {
			var wait sync.WaitGroup
			var score atomic.Int32
			for range 8 {
				wait.Go(func() {
					for range 5 {
						body := fmt.Sprintf(`{"score":%d}`, score.Add(1))
						if a := s.Post("bob", tt.ground.UploadPath("&tags_ids="+tt.ground.Tag), body); a.Status != 201 && a.Status != tt.refused {
							t.Error(a)
						}
					}
				})
			}
			wait.Go(func() { s.Do(tt.end).Want(t, 204) })
			wait.Wait()
			if got := s.Total("", "/results"); got != 0 {
				t.Errorf("%d results are left after %s %s", got, tt.end.Method, tt.end.Path)
			}
		}
	})
}

// TestUploadsWhileListing: no answer is an error, and at the end all is there.
func TestUploadsWhileListing(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("busy")
		s.Token("alice")
		var wait sync.WaitGroup
		for worker := range 4 {
			wait.Go(func() {
				for i := range 10 {
					if a := s.Post("alice", g.UploadPath("&tags_ids="+g.Tag), fmt.Sprintf(`{"score":%d}`, worker*10+i)); a.Status != http.StatusCreated {
						t.Error(a)
					}
					if a := s.Get("/results?filters=score+%3E%3D+0&sort_by=-json.score&per_page=5"); a.Status != http.StatusOK {
						t.Error(a)
					}
				}
			})
		}
		wait.Wait()
		if total := s.Get("/results?per_page=1").Want(t, 200).Object(t)["total"]; total != 40.0 {
			t.Errorf("total %v, want 40", total)
		}
	})
}
