package api_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/tests/harness"
)

const (
	crowdWorkers = 12
	crowdSteps   = 20
)

// crowd is twelve clients who do all operations on the same results at once, and what the
// server acknowledged to them.
type crowd struct {
	t     *testing.T
	s     *harness.Server
	g     harness.Fixture
	store *gormdb.Store

	mutex   sync.Mutex
	results map[string]*crowdResult
	claims  map[string]*crowdClaim
}

// crowdResult is a result that was created.
type crowdResult struct {
	owner, content string
	// done counts the answers of success by the word of the history.
	done   map[string]int
	purged bool
}

type crowdClaim struct {
	result   string
	approved bool
}

// did notes that the server acknowledged an operation.
func (c *crowd) did(id, word string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.results[id].done[word]++
}

// pick returns a result that was created, false if there is none yet.
func (c *crowd) pick(random *rand.Rand) (id string, r crowdResult, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.results) == 0 {
		return "", crowdResult{}, false
	}
	ids := slices.Sorted(maps.Keys(c.results))
	id = ids[random.IntN(len(ids))]
	return id, *c.results[id], true
}

func (c *crowd) pickClaim(random *rand.Rand) (id string, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.claims) == 0 {
		return "", false
	}
	ids := slices.Sorted(maps.Keys(c.claims))
	return ids[random.IntN(len(ids))], true
}

// acknowledged tells whether an answer is one of success; one of the server's faults is an
// error.
func (c *crowd) acknowledged(a harness.Answer) bool {
	if a.Status >= 500 || a.Status == 0 {
		c.t.Error(a)
	}
	return a.Status < 300
}

// created notes a result that was created, or checks the one that was there.
func (c *crowd) created(a harness.Answer, owner, content string) {
	if !c.acknowledged(a) {
		return
	}
	id := a.ID(c.t)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	known := c.results[id]
	switch {
	case a.Status == 201 && known != nil && known.done["submitted"] > 0:
		c.t.Errorf("%s was created twice", id)
	case known == nil: // also of an answer 200 that is here before the answer 201
		known = &crowdResult{owner: owner, content: content, done: map[string]int{}}
		c.results[id] = known
	case known.owner != owner || known.content != content:
		c.t.Errorf("%s\nis the result %s of %s, want %s of %s", a, known.content, known.owner, content, owner)
	}
	if a.Status == 201 {
		known.done["submitted"]++
	}
}

// step does one operation.
func (c *crowd) step(random *rand.Rand) {
	content := fmt.Sprintf(`{"score":%d}`, random.IntN(5))
	owner := []string{"alice", "bob"}[random.IntN(2)]
	id, r, ok := c.pick(random)
	action := random.IntN(16)
	if action < 4 || !ok {
		c.created(c.s.Post(owner, c.g.UploadPath(""), content), owner, content)
		return
	}
	by := []string{r.owner, "admin"}[random.IntN(2)]
	switch {
	case action < 6:
		a := correct(c.s, r.owner, c.g, id, "better", content)
		c.created(a, r.owner, content)
		if a.Status == 201 {
			c.did(id, "corrected")
		}
	case action < 8:
		if c.acknowledged(withdraw(c.s, by, id, "because")) {
			c.did(id, "withdrawn")
		}
	case action < 10:
		if c.acknowledged(c.s.Post(by, "/results/"+id+":restore", "")) {
			c.did(id, "restored")
		}
	case action < 12:
		c.claim(id, owner)
	case action < 14:
		c.settle(random)
	default:
		if c.acknowledged(c.s.Do(harness.Call{Method: "DELETE", Path: "/results/" + id + "?reason=odd", As: "admin"})) {
			c.did(id, "deleted")
		}
	}
}

func (c *crowd) claim(id, by string) {
	a := c.s.Post(by, "/results/"+id+":claim", `{"message":"odd"}`)
	if !c.acknowledged(a) {
		return
	}
	claim := a.ID(c.t)
	c.did(id, "claimed")
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.claims[claim] = &crowdClaim{result: id}
}

func (c *crowd) settle(random *rand.Rand) {
	claim, ok := c.pickClaim(random)
	if !ok {
		return
	}
	verb := []string{"approve", "reject"}[random.IntN(2)]
	if !c.acknowledged(c.s.Post("admin", "/reports/claims/"+claim+":"+verb, "")) {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	of := c.claims[claim]
	of.approved = verb == "approve"
	c.results[of.result].done["decided"]++
}

// purge removes deleted results for good, as the operator does.
func (c *crowd) purge() {
	now := wiring.Clock{}.Now()
	rule, err := domain.NewPurge(now, now, true)
	if err != nil {
		c.t.Error(err)
		return
	}
	purged, err := maintenance.Results{Storage: c.store, Clock: wiring.Clock{}}.Purge(
		c.t.Context(), domain.Operator(), maintenance.PurgeResults{Rule: rule}, quiet{})
	if err != nil {
		c.t.Errorf("purge: %v", err)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, id := range purged.IDs {
		if r := c.results[id.String()]; r != nil {
			r.purged = true
		}
	}
}

// removeBob removes a person with their results, and lets the person come back.
func (c *crowd) removeBob() {
	c.acknowledged(c.s.Post("admin", "/users:remove?sub=bob", ""))
	c.acknowledged(c.s.Register("bob"))
}

// historyWords are the actions in the history of a result, each after the role.
func (c *crowd) historyWords(id string) (words [][2]string) {
	for _, event := range c.s.Get("/results/"+id+"/history?per_page=100").Want(c.t, 200).Items(c.t) {
		words = append(words, [2]string{fmt.Sprint(event["role"]), fmt.Sprint(event["action"])})
	}
	return words
}

// replay returns the state that follows from a history and the claims that are active.
func replay(words [][2]string, active int) string {
	deleted, withdrawn := false, ""
	for _, word := range words {
		switch role, action := word[0], word[1]; action {
		case "withdrawn":
			withdrawn = role
		case "corrected":
			withdrawn = "uploader"
		case "deleted":
			deleted = true
		case "restored":
			deleted, withdrawn = false, ""
		}
	}
	switch {
	case deleted:
		return "deleted"
	case withdrawn != "":
		return "withdrawn"
	case active > 0:
		return "claimed"
	}
	return ""
}

// activeClaims counts the claims on results that are open or approved.
func (c *crowd) activeClaims() map[string]int {
	active := map[string]int{}
	for id, claim := range c.claims {
		a := c.s.Do(harness.Call{Method: "GET", Path: "/reports/claims/" + id, As: "admin"})
		if a.Status == 200 {
			active[claim.result]++
		} else if claim.approved && c.s.Get("/results/"+claim.result).Status == 200 {
			c.t.Errorf("the claim %s on %s was approved, and is gone: %s", id, claim.result, a)
		}
	}
	return active
}

// compare holds all results against what was acknowledged, and against their histories.
func (c *crowd) compare() {
	active := c.activeClaims()
	counting, visible, own := map[string]string{}, 0, map[string]int{}
	for id, r := range c.results {
		words := c.historyWords(id)
		c.compareHistory(id, r, words)
		shown := c.s.Get("/results/" + id)
		if shown.Status == 404 {
			if last := words[len(words)-1][1]; r.purged && last != "purged" || !r.purged && (last != "removed" || r.owner != "bob") {
				c.t.Errorf("%s of %s is lost, purged: %t, and its history is %v", id, r.owner, r.purged, words)
			}
			continue
		}
		result := shown.Want(c.t, 200).Object(c.t)
		state, _ := result["state"].(string)
		if want := replay(words, active[id]); state != want || r.purged {
			c.t.Errorf("%s is %q, want %q, purged: %t, with %d active claims and the history %v", id, state, want, r.purged, active[id], words)
		}
		own[r.owner]++
		if state == "" {
			visible++
		}
		if state == "" || state == "claimed" {
			content := r.owner + r.content
			if other := counting[content]; other != "" {
				c.t.Errorf("%s and %s have the same content", id, other)
			}
			counting[content] = id
		}
		if after, ok := result["superseded_by"].(string); ok && (c.results[after] == nil || state != "withdrawn" && state != "deleted") {
			c.t.Errorf("%s is %q and superseded by %s", id, state, after)
		}
		c.followChain(id)
	}
	if total := c.s.Total("", "/results"); total != visible {
		c.t.Errorf("%d results are listed, want %d", total, visible)
	}
	for _, owner := range []string{"alice", "bob"} {
		if total := c.s.Total(owner, "/users/self/results"); total != own[owner] {
			c.t.Errorf("%s has %d results, want %d", owner, total, own[owner])
		}
	}
}

// compareHistory holds a history against what was acknowledged: nothing is missing, and nothing
// else happened.
func (c *crowd) compareHistory(id string, r *crowdResult, words [][2]string) {
	events := map[string]int{}
	for _, word := range words {
		if word[0] != string(domain.SystemRole) {
			events[word[1]]++
		}
	}
	for _, word := range []string{"submitted", "corrected", "restored", "claimed", "decided"} {
		if events[word] != r.done[word] {
			c.t.Errorf("%s was %s %d times, and its history is %v", id, word, r.done[word], words)
		}
	}
	// To withdraw or delete again changes nothing.
	for _, word := range []string{"withdrawn", "deleted"} {
		if events[word] > r.done[word] || word == "deleted" && r.done[word] > 0 && events[word] == 0 {
			c.t.Errorf("%s was %s %d times, and its history is %v", id, word, r.done[word], words)
		}
	}
}

// followChain follows the corrections of a result to their end.
func (c *crowd) followChain(id string) {
	seen := map[string]bool{}
	for id != "" && !seen[id] {
		seen[id] = true
		next := c.s.Get("/results/"+id).Want(c.t, 200).Object(c.t)
		id, _ = next["superseded_by"].(string)
	}
	if id != "" {
		c.t.Errorf("the corrections of %s are a circle", id)
	}
}

// checkRows asks for inconsistent rows, as `admin check` and `admin derived check` do.
func (c *crowd) checkRows() {
	schema, err := migrations.OpenSchema(c.store)
	if err != nil {
		c.t.Fatal(err)
	}
	rows := c.store.Dump(schema)
	_, err = maintenance.Integrity{Rows: rows, Names: rows}.Check(c.t.Context(), domain.Operator(), func(found domain.Finding) error {
		c.t.Errorf("%s %s: %s", found.Table, found.ID, found.Problem)
		return nil
	})
	if err != nil {
		c.t.Error(err)
	}
	differences, err := maintenance.Derived{Data: c.store, Clock: wiring.Clock{}}.Check(c.t.Context(), domain.Operator())
	if err != nil || domain.Differ(differences) {
		c.t.Errorf("what is derived: %+v, %v", differences, err)
	}
}

// TestACrowdLeavesConsistentResults lets twelve clients do everything with the same results at
// once: upload, repeat, correct, withdraw, restore, claim, settle, delete, purge, remove a person.
// None is hidden without a reason that its history shows, none doubled, none lost.
func TestACrowdLeavesConsistentResults(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		seed := lifeSeed(t)
		t.Logf("LIFE_SEED=%d", seed)
		store, err := wiring.OpenStore(t.Context(), s.Settings.Load(t).Database)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		c := &crowd{t: t, s: s, g: s.NewFixture("crowd"), store: store, results: map[string]*crowdResult{}, claims: map[string]*crowdClaim{}}
		var wait sync.WaitGroup
		for worker := range crowdWorkers {
			wait.Go(func() {
				random := rand.New(rand.NewPCG(seed, uint64(worker))) //nolint:gosec // a test
				for i := range crowdSteps {
					switch {
					case worker < 2 && i%8 == 5:
						c.purge()
					case worker == 2 && i%8 == 6:
						c.removeBob()
					default:
						c.step(random)
					}
				}
			})
		}
		wait.Wait()
		c.compare()
		c.checkRows()
	})
}
