package api_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/tests/harness"
)

// lifeResult is what the rules say of a result.
type lifeResult struct {
	owner, content, benchmark string
	deleted                   bool
	// withdrawnBy is uploader, administrator or empty.
	withdrawnBy            string
	supersedes, superseded string
	claims                 map[string]bool // approved
}

func (r *lifeResult) state() string {
	switch {
	case r.deleted:
		return "deleted"
	case r.withdrawnBy != "":
		return "withdrawn"
	case len(r.claims) > 0:
		return "claimed"
	}
	return ""
}

func (r *lifeResult) counts() bool { return r.state() == "" || r.state() == "claimed" }

// life walks through random operations on results, next to a model of the rules.
type life struct {
	t       *testing.T
	s       *harness.Server
	random  *rand.Rand
	grounds []harness.Fixture
	results map[string]*lifeResult
	order   []string
}

func (l *life) pick() (string, *lifeResult) {
	if len(l.order) == 0 {
		return "", nil
	}
	id := l.order[l.random.IntN(len(l.order))]
	return id, l.results[id]
}

// holder returns the result of the person and content that counts, empty for none.
func (l *life) holder(owner, benchmark, content string) string {
	for _, id := range l.order {
		if r := l.results[id]; r != nil && r.owner == owner && r.benchmark == benchmark && r.content == content && r.counts() {
			return id
		}
	}
	return ""
}

func (l *life) want(a harness.Answer, status int) bool {
	l.t.Helper()
	if a.Status != status {
		l.t.Fatalf("%s\nwant %d", a, status)
	}
	return status < 300
}

func (l *life) added(id string, r lifeResult) {
	r.claims = map[string]bool{}
	l.results[id] = &r
	l.order = append(l.order, id)
}

func (l *life) content() string { return fmt.Sprintf(`{"score":%d}`, l.random.IntN(6)) }

func (l *life) upload() {
	g := l.grounds[l.random.IntN(len(l.grounds))]
	by, content := []string{"alice", "bob"}[l.random.IntN(2)], l.content()
	known := l.holder(by, g.Benchmark, content)
	a := l.s.Post(by, g.UploadPath(""), content)
	if known != "" {
		if l.want(a, 200); a.ID(l.t) != known {
			l.t.Fatalf("%s\nwant the result %s", a, known)
		}
		return
	}
	l.want(a, 201)
	l.added(a.ID(l.t), lifeResult{owner: by, content: content, benchmark: g.Benchmark})
}

func (l *life) correct() {
	id, r := l.pick()
	if r == nil {
		return
	}
	i := slices.IndexFunc(l.grounds, func(g harness.Fixture) bool { return g.Benchmark == r.benchmark })
	content := l.content()
	status, known := 201, l.holder(r.owner, r.benchmark, content)
	var repeated string
	switch {
	case r.superseded != "" && l.results[r.superseded] != nil && l.results[r.superseded].content == content:
		status, repeated = 200, r.superseded
	case r.superseded != "":
		status = 422
	case r.deleted || r.withdrawnBy == "administrator":
		status = 403
	case r.content == content:
		status = 422
	case known != "":
		status = 409
	}
	a := correct(l.s, r.owner, l.grounds[i], id, "better", content)
	if !l.want(a, status) {
		return
	}
	if repeated != "" {
		if a.ID(l.t) != repeated {
			l.t.Fatalf("%s\nwant the correction %s", a, repeated)
		}
		return
	}
	r.withdrawnBy, r.superseded = "uploader", a.ID(l.t)
	l.added(r.superseded, lifeResult{owner: r.owner, content: content, benchmark: r.benchmark, supersedes: id})
}

func (l *life) withdraw() {
	id, r := l.pick()
	if r == nil {
		return
	}
	by := []string{r.owner, "admin"}[l.random.IntN(2)]
	l.want(withdraw(l.s, by, id, "because"), 204)
	switch role := map[bool]string{true: "administrator", false: "uploader"}[by == "admin"]; {
	case r.deleted:
	case r.withdrawnBy == "" || role == "administrator":
		r.withdrawnBy = role
	}
}

func (l *life) restore() {
	id, r := l.pick()
	if r == nil {
		return
	}
	by, status := []string{r.owner, "admin"}[l.random.IntN(2)], 204
	known := l.holder(r.owner, r.benchmark, r.content)
	switch {
	case by != "admin" && (r.deleted || r.withdrawnBy == "administrator"):
		status = 403
	case r.counts(), r.superseded != "":
		status = 422
	case known != "":
		status = 409
	}
	if l.want(l.s.Post(by, "/results/"+id+":restore", ""), status) {
		r.deleted, r.withdrawnBy = false, ""
	}
}

func (l *life) claim() {
	if id, r := l.pick(); r != nil {
		a := l.s.Post("bob", "/results/"+id+":claim", `{"message":"odd"}`)
		l.want(a, 201)
		r.claims[a.ID(l.t)] = false
	}
}

func (l *life) settle() {
	_, r := l.pick()
	if r == nil {
		return
	}
	for claim, approved := range r.claims {
		verb, status := []string{"approve", "reject"}[l.random.IntN(2)], 204
		if approved {
			status = 422
		}
		if l.want(l.s.Post("admin", "/reports/claims/"+claim+":"+verb, ""), status) {
			if r.claims[claim] = true; verb == "reject" {
				delete(r.claims, claim)
			}
		}
		return
	}
}

func (l *life) delete() {
	if id, r := l.pick(); r != nil {
		l.want(l.s.Do(harness.Call{Method: "DELETE", Path: "/results/" + id, As: "admin"}), 204)
		r.deleted = true
	}
}

// quiet shows no progress.
type quiet struct{}

// Advance implements maintenance.Progress.
func (quiet) Advance(int64, int64) {}

// purge removes the deleted results for good, as the operator does.
func (l *life) purge() {
	cfg := l.s.Settings.Load(l.t)
	store, err := wiring.OpenStore(l.t.Context(), cfg.Database)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	now := wiring.Clock{}.Now()
	rule, err := domain.NewPurge(now, now, true)
	if err != nil {
		l.t.Fatal(err)
	}
	purged, err := maintenance.Results{Storage: store, Clock: wiring.Clock{}}.Purge(
		l.t.Context(), domain.Operator(), maintenance.PurgeResults{Rule: rule}, quiet{})
	if err != nil {
		l.t.Fatal(err)
	}
	gone := map[string]bool{}
	for _, id := range purged.IDs {
		gone[id.String()] = true
	}
	for id, r := range l.results {
		if gone[id] != r.deleted {
			l.t.Fatalf("%s is purged: %t, deleted: %t", id, gone[id], r.deleted)
		}
	}
	for id := range gone {
		l.s.Get("/results/"+id).Want(l.t, 404)
		delete(l.results, id)
		l.order = slices.DeleteFunc(l.order, func(other string) bool { return other == id })
	}
	for _, r := range l.results {
		if gone[r.supersedes] {
			r.supersedes = ""
		}
		if gone[r.superseded] {
			r.superseded = ""
		}
	}
}

func (l *life) removeUser() {
	name := []string{"alice", "bob"}[l.random.IntN(2)]
	l.want(l.s.Post("admin", "/users:remove?sub="+name, ""), 204)
	l.s.Register(name).Want(l.t, 201)
	for id, r := range l.results {
		if r.owner == name {
			delete(l.results, id)
			l.order = slices.DeleteFunc(l.order, func(other string) bool { return other == id })
		}
	}
	for _, r := range l.results {
		for claim, approved := range r.claims {
			if name == "bob" && !approved {
				delete(r.claims, claim)
			}
		}
	}
}

// compare holds each result, the list and the histories against the model.
func (l *life) compare() {
	t := l.t
	visible := 0
	for id, r := range l.results {
		shown := wantState(t, l.s, id, r.state())
		before, _ := shown["supersedes"].(string)
		after, _ := shown["superseded_by"].(string)
		if before != r.supersedes || after != r.superseded {
			t.Errorf("%s supersedes %q and is superseded by %q, want %q and %q", id, before, after, r.supersedes, r.superseded)
		}
		if r.state() == "" {
			visible++
		}
		// No result is hidden without a reason that its history shows.
		reason := map[string]string{"deleted": "deleted", "withdrawn": "withdrawn", "claimed": "claimed"}[r.state()]
		if got := history(t, l.s, "/results/"+id); !strings.Contains(got, reason) &&
			(reason != "withdrawn" || !strings.Contains(got, "corrected")) {
			t.Errorf("%s is %s, and its history says %s", id, r.state(), got)
		}
	}
	if total := l.s.Total("", "/results"); total != visible {
		t.Errorf("%d results are listed, want %d", total, visible)
	}
}

// TestResultsLiveByTheRules walks one step after the other, and compares each answer with the
// model: none is hidden without a reason, none doubled, none lost.
func TestResultsLiveByTheRules(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		const steps = 250
		seed := lifeSeed(t)
		t.Logf("LIFE_SEED=%d", seed)
		l := &life{
			t: t, s: s, random: rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // a test that can be repeated
			grounds: []harness.Fixture{s.NewFixture("life-1"), s.NewFixture("life-2")}, results: map[string]*lifeResult{},
		}
		operations := []func(){
			l.upload, l.upload, l.upload, l.correct, l.correct, l.withdraw, l.restore, l.restore, l.claim, l.settle, l.settle, l.delete,
		}
		for i := range steps {
			operations[l.random.IntN(len(operations))]()
			switch i % 80 {
			case 40:
				l.purge()
			case 79:
				l.removeUser()
			}
			if i%25 == 24 {
				l.compare()
			}
		}
		l.compare()
	})
}

// lifeSeed is LIFE_SEED, so that other sequences can be tried.
func lifeSeed(t *testing.T) uint64 {
	t.Helper()
	text := cmp.Or(os.Getenv("LIFE_SEED"), "15")
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("LIFE_SEED: %v", err)
	}
	return seed
}
