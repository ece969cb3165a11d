package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// The rules of claims, as a model: a result is hidden exactly while a claim on
// it is open or approved, or it is deleted.

type modelClaim struct {
	result, by string
	approved   bool
}

type modelResult struct {
	owner, benchmark string
	deleted          bool
}

// model is what the server should hold; walker asks the server to do things, at
// random, and the model to do the same.
type model struct {
	results map[string]*modelResult
	claims  map[string]*modelClaim
}

func (m *model) hidden(result string) bool {
	if m.results[result].deleted {
		return true
	}
	for _, c := range m.claims {
		if c.result == result {
			return true
		}
	}
	return false
}

func (m *model) dropResults(gone func(*modelResult) bool) {
	for id, r := range m.results {
		if !gone(r) {
			continue
		}
		delete(m.results, id)
		for claim, c := range m.claims {
			if c.result == id {
				delete(m.claims, claim)
			}
		}
	}
}

// removeUser: their results go, their open claims count as rejected, approved
// ones stand.
func (m *model) removeUser(name string) {
	m.dropResults(func(r *modelResult) bool { return r.owner == name })
	for id, c := range m.claims {
		if c.by == name && !c.approved {
			delete(m.claims, id)
		}
	}
}

type walker struct {
	s          *harness.Server
	random     *rand.Rand
	grounds    []harness.Fixture
	made       int
	model      model
	everResult []string
	everClaim  []string
}

func newWalker(s *harness.Server, seed uint64) *walker {
	w := &walker{
		s: s, random: rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // a test that can be repeated
		model: model{results: map[string]*modelResult{}, claims: map[string]*modelClaim{}},
	}
	for range 3 {
		w.grounds = append(w.grounds, w.newGround())
	}
	for _, name := range []string{"alice", "bob", "admin"} {
		s.Token(name)
	}
	return w
}

func (w *walker) newGround() harness.Fixture {
	w.made++
	return w.s.NewFixture(fmt.Sprintf("walk-%d", w.made))
}

func (w *walker) person() string { return []string{"alice", "bob"}[w.random.IntN(2)] }

func pick[T any](random *rand.Rand, from []T) (one T, ok bool) {
	if len(from) == 0 {
		return one, false
	}
	return from[random.IntN(len(from))], true
}

// step is one thing to ask for, and what the model makes of the answer; wanted
// is the status by the model as it is now.
type step struct {
	call   harness.Call
	wanted int
	effect func(a harness.Answer)
}

// next chooses a step at random. Uploads and claims are frequent, so that there
// is something to settle.
func (w *walker) next() step {
	switch n := w.random.IntN(20); {
	case n < 5:
		return w.upload()
	case n < 11:
		return w.claim()
	case n < 16:
		return w.settle()
	case n < 18:
		return w.deleteResult()
	case n < 19:
		return w.removeUser()
	default:
		return w.deleteBenchmark()
	}
}

func (w *walker) upload() step {
	g, _ := pick(w.random, w.grounds)
	by := w.person()
	body := fmt.Sprintf(`{"score":%d}`, len(w.everResult)) // another content each time
	return step{harness.Call{Method: "POST", Path: g.UploadPath(""), As: by, Body: body}, 201, func(a harness.Answer) {
		id := a.ID(w.s.T)
		w.model.results[id] = &modelResult{owner: by, benchmark: g.Benchmark}
		w.everResult = append(w.everResult, id)
	}}
}

func (w *walker) claim() step {
	result, ok := pick(w.random, w.everResult)
	if !ok {
		return w.upload()
	}
	by := w.person()
	wanted := 201
	if w.model.results[result] == nil {
		wanted = 404
	}
	return step{harness.Call{Method: "POST", Path: "/results/" + result + ":claim", As: by, Body: `{"message":"odd"}`},
		wanted, func(a harness.Answer) {
			if a.Status == 201 {
				id := a.ID(w.s.T)
				w.model.claims[id] = &modelClaim{result: result, by: by}
				w.everClaim = append(w.everClaim, id)
			}
		}}
}

func (w *walker) settle() step {
	id, ok := pick(w.random, w.everClaim)
	if !ok {
		return w.claim()
	}
	verb := []string{"approve", "reject"}[w.random.IntN(2)]
	claim, wanted := w.model.claims[id], 204
	switch {
	case claim == nil:
		wanted = 404
	case claim.approved:
		wanted = 422
	}
	return step{harness.Call{Method: "POST", Path: "/reports/claims/" + id + ":" + verb, As: "admin"}, wanted, func(a harness.Answer) {
		switch {
		case a.Status != 204:
		case verb == "approve":
			claim.approved = true
		default:
			delete(w.model.claims, id)
		}
	}}
}

func (w *walker) deleteResult() step {
	id, ok := pick(w.random, w.everResult)
	if !ok {
		return w.upload()
	}
	wanted := 204
	if w.model.results[id] == nil {
		wanted = 404
	}
	return step{harness.Call{Method: "DELETE", Path: "/results/" + id, As: "admin"}, wanted, func(a harness.Answer) {
		if a.Status == 204 {
			w.model.results[id].deleted = true
		}
	}}
}

func (w *walker) removeUser() step {
	name := w.person()
	return step{harness.Call{Method: "POST", Path: "/users:remove?sub=" + name, As: "admin"}, 204, func(harness.Answer) {
		w.model.removeUser(name)
		w.s.Register(name).Want(w.s.T, 201)
	}}
}

func (w *walker) deleteBenchmark() step {
	i := w.random.IntN(len(w.grounds))
	id := w.grounds[i].Benchmark
	return step{harness.Call{Method: "DELETE", Path: "/benchmarks/" + id, As: "admin"}, 204, func(harness.Answer) {
		w.model.dropResults(func(r *modelResult) bool { return r.benchmark == id })
		w.grounds[i] = w.newGround()
	}}
}

// observe reads what the server holds.
func (w *walker) observe() (visible map[string]bool, claims map[string]modelClaim) {
	t := w.s.T
	t.Helper()
	visible, claims = map[string]bool{}, map[string]modelClaim{}
	for page, more := 1, true; more; page++ {
		a := w.s.Get(fmt.Sprintf("/results?page=%d", page))
		for _, item := range a.Items(t) {
			visible[fmt.Sprint(item["id"])] = true
		}
		more = a.Object(t)["has_next"] == true
	}
	for _, status := range []string{"on_review", "approved"} {
		for page, more := 1, true; more; page++ {
			a := w.s.Do(harness.Call{Method: "GET", Path: fmt.Sprintf("/reports/claims?status=%s&page=%d", status, page), As: "admin"})
			for _, item := range a.Items(t) {
				claims[fmt.Sprint(item["id"])] = modelClaim{result: fmt.Sprint(item["resource_id"]), approved: status == "approved"}
			}
			more = a.Object(t)["has_next"] == true
		}
	}
	return visible, claims
}

// compare holds the server against the model.
func (w *walker) compare(when string) {
	t := w.s.T
	t.Helper()
	visible, claims := w.observe()
	for id := range w.model.results {
		if visible[id] == w.model.hidden(id) {
			t.Errorf("%s: result %s is visible %t, the rules say hidden %t", when, id, visible[id], w.model.hidden(id))
		}
	}
	for id := range visible {
		if w.model.results[id] == nil {
			t.Errorf("%s: result %s should be gone", when, id)
		}
	}
	if len(claims) != len(w.model.claims) {
		t.Errorf("%s: %d claims, the rules say %d", when, len(claims), len(w.model.claims))
	}
	for id, c := range w.model.claims {
		if got, ok := claims[id]; !ok || got.result != c.result || got.approved != c.approved {
			t.Errorf("%s: claim %s is %+v, the rules say %+v", when, id, got, *c)
		}
	}
}

// TestClaimsFollowTheRules walks one step after the other, and compares each answer
// and the state with the model.
func TestClaimsFollowTheRules(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const steps = 150
		w := newWalker(s, 7)
		for i := range steps {
			next := w.next()
			a := s.Do(next.call)
			if a.Status != next.wanted {
				t.Fatalf("step %d: %s\nwant %d", i, a, next.wanted)
			}
			next.effect(a)
			if i%10 == 0 || i == steps-1 {
				w.compare(fmt.Sprintf("after step %d, %s %s", i, next.call.Method, next.call.Path))
			}
			if t.Failed() {
				return
			}
		}
	})
}

// TestParallelClaimsLeaveConsistentResults asks for up to twelve things at once, and then looks at
// what is left: no claim without its result, nothing hidden without a reason,
// nothing visible with one, and of several who settled one claim one winner.
func TestParallelClaimsLeaveConsistentResults(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const rounds, atOnce = 25, 12
		w := newWalker(s, 11)
		deleted := map[string]bool{}
		for round := range rounds {
			steps := make([]step, 1+w.random.IntN(atOnce))
			for i := range steps {
				steps[i] = w.next()
			}
			answers := make([]harness.Answer, len(steps))
			var wait sync.WaitGroup
			for i := range steps {
				wait.Go(func() { answers[i] = s.Do(steps[i].call) })
			}
			wait.Wait()
			winners := map[string]int{}
			for _, a := range answers {
				if a.Status >= 500 {
					t.Errorf("round %d: %s", round, a)
				}
				if a.Status == 204 && a.Call.Method == http.MethodDelete {
					deleted[a.Call.Path] = true
				}
				if claim, ok := strings.CutPrefix(a.Call.Path, "/reports/claims/"); ok && a.Status == 204 {
					claim, _, _ = strings.Cut(claim, ":")
					winners[claim]++
				}
				w.remember(a)
			}
			for id, n := range winners {
				if n > 1 {
					t.Errorf("round %d: claim %s was settled %d times", round, id, n)
				}
			}
			w.repair()
			w.invariants(round, deleted)
			if t.Failed() {
				return
			}
		}
	})
}

// remember notes what an answer has made, for later steps to name.
func (w *walker) remember(a harness.Answer) {
	switch {
	case a.Status != 201:
	case strings.HasSuffix(a.Call.Path, ":claim"):
		w.everClaim = append(w.everClaim, a.ID(w.s.T))
	default:
		w.everResult = append(w.everResult, a.ID(w.s.T))
	}
}

// repair brings back what the next round needs: people and benchmarks.
func (w *walker) repair() {
	for _, name := range []string{"alice", "bob"} {
		w.s.Register(name)
	}
	for i, g := range w.grounds {
		if w.s.Get("/benchmarks/"+g.Benchmark).Status == 404 {
			w.grounds[i] = w.newGround()
		}
	}
}

// invariants holds what is left against the rules; deleted are the paths of the
// results whose deletion was confirmed.
func (w *walker) invariants(round int, deleted map[string]bool) {
	t := w.s.T
	t.Helper()
	visible, claims := w.observe()
	claimed := map[string]bool{}
	for id, c := range claims {
		claimed[c.result] = true
		if a := w.s.Get("/results/" + c.result); a.Status != 200 {
			t.Errorf("round %d: claim %s without its result: %s", round, id, a)
		}
	}
	for _, id := range w.everResult {
		path := "/results/" + id
		reason := claimed[id] || deleted[path]
		exists := w.s.Get(path).Status == 200
		switch {
		case visible[id] && (reason || !exists):
			t.Errorf("round %d: result %s is visible: claimed %t, deleted %t, exists %t", round, id, claimed[id], deleted[path], exists)
		case !visible[id] && exists && !reason:
			t.Errorf("round %d: result %s is hidden without a reason", round, id)
		}
	}
}
