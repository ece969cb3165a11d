package hostile_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
)

// The requests of TestHostileRequests: HOSTILE_REQUESTS for each database, made
// from HOSTILE_SEED and their number. A failure names both; the same seed makes
// the same requests again, but for ids that the server chooses and what other
// requests do meanwhile.
const (
	defaultHostileSeed     = 20210521
	defaultHostileRequests = 1500
	// hostileClients send at the same time.
	hostileClients = 4
	// enoughFailures end a run.
	enoughFailures = 10
	// requestsPerGround is the number of requests after which there is new ground for results.
	requestsPerGround = 250
)

func TestHostileRequestsGetAnswersOfTheContract(t *testing.T) {
	seed := hostileSetting(t, "HOSTILE_SEED", defaultHostileSeed)
	requests := hostileSetting(t, "HOSTILE_REQUESTS", defaultHostileRequests)
	slowest = time.Duration(hostileSetting(t, "HOSTILE_SECONDS", uint64(slowest/time.Second))) * time.Second //nolint:gosec // a few
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		document := harness.ReadDocument(s)
		run := &hostileRun{
			t: t, server: s, document: judge{document}, generator: newGenerator(s, document, seed), requests: int64(requests),
			counts: map[string]map[int]int{},
		}
		t.Logf("HOSTILE_SEED=%d HOSTILE_REQUESTS=%d, made from %d operations", seed, requests, len(document.Operations))
		run.all()
		run.report()
	})
}

func hostileSetting(t *testing.T, name string, byDefault uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return byDefault
	}
	n, err := strconv.ParseUint(text, 10, 62)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// hostileRun sends requests and holds the answers against the document.
type hostileRun struct {
	t         *testing.T
	server    *harness.Server
	document  judge
	generator *generator
	requests  int64
	next      atomic.Int64
	failures  atomic.Int64
	// accountsGone asks for the accounts to be registered again.
	accountsGone atomic.Bool

	mutex  sync.Mutex
	counts map[string]map[int]int
	worst  time.Duration
	slow   string
}

// all sends all requests, from several clients.
func (h *hostileRun) all() {
	var clients sync.WaitGroup
	for range hostileClients {
		clients.Go(h.client)
	}
	clients.Wait()
}

func (h *hostileRun) client() {
	w := &wire{address: strings.TrimPrefix(h.server.Base, "http://")}
	defer w.close()
	for h.failures.Load() < enoughFailures {
		number := h.next.Add(1) - 1
		if number >= h.requests {
			return
		}
		if number%requestsPerGround == 0 || h.accountsGone.CompareAndSwap(true, false) {
			h.prepare(w, int(number))
		}
		h.exchange(w, h.generator.request(int(number)))
	}
}

func (h *hostileRun) exchange(w *wire, r hostileRequest) hostileAnswer {
	a := w.send(r)
	if fault := h.document.fault(r, a); fault != "" {
		h.failures.Add(1)
		h.t.Errorf("HOSTILE_SEED=%d, request %d: %s\n sent %s\n got %s", h.generator.seed, r.number, fault, h.generator.print(r), a)
	}
	h.count(r, a)
	h.learn(r, a)
	return a
}

func (h *hostileRun) count(r hostileRequest, a hostileAnswer) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	id := r.operation.ID
	if h.counts[id] == nil {
		h.counts[id] = map[int]int{}
	}
	h.counts[id][a.status]++
	if a.took > h.worst {
		h.worst, h.slow = a.took, fmt.Sprintf("request %d, %.300s", r.number, h.generator.print(r))
	}
}

// learn keeps the ids that an answer tells, for requests to come.
func (h *hostileRun) learn(r hostileRequest, a hostileAnswer) {
	if r.caller == "admin" && a.status == http.StatusForbidden || r.operation.Path == "/users:remove" && a.status == http.StatusNoContent {
		h.accountsGone.Store(true)
	}
	if !r.intact || a.err != nil || a.status >= http.StatusBadRequest {
		return
	}
	if a.status == http.StatusNoContent {
		h.learnChange(r)
		return
	}
	schema := r.operation.Responses[strconv.Itoa(a.status)].Content["application/json"].Schema
	if schema == nil || len(a.body) == 0 {
		return
	}
	kind := strings.TrimSuffix(strings.ToLower(schema.Name()), "s")
	var found struct {
		known
		Items []known `json:"items"`
	}
	if json.Unmarshal(a.body, &found) != nil {
		return
	}
	for _, item := range append(found.Items[:min(3, len(found.Items))], found.known) {
		h.generator.targets.add(kind, item.ID)
		h.generator.targets.add(item.Type, item.Resource)
	}
}

func (h *hostileRun) learnChange(r hostileRequest) {
	ids := h.generator.targets
	switch {
	case strings.HasSuffix(r.operation.Path, ":approve"):
		ids.add(approvedKind(r.kind), r.id)
	case strings.HasSuffix(r.operation.Path, ":reject"), r.method == http.MethodDelete:
		ids.drop(r.kind, r.id)
		ids.drop(approvedKind(r.kind), r.id)
	}
}

// known is what tells of something that requests may be about.
type known struct {
	ID       string `json:"id"`
	Type     string `json:"resource_type"`
	Resource string `json:"resource_id"`
}

// prepare registers the accounts, which requests may have removed, and makes
// something approved that results can be uploaded for.
func (h *hostileRun) prepare(w *wire, number int) {
	for _, account := range []string{"alice", "bob", "admin"} {
		h.friendly(w, number, account, "POST /users:register", "", "", "")
	}
	schema := harness.ScoreSchema
	if odd := number / requestsPerGround; odd%2 == 1 {
		schema = oddSchemas[odd/2%len(oddSchemas)]
	}
	name := fmt.Sprintf("ground-%d", number)
	benchmark := h.friendly(
		w, number, "alice", "POST /benchmarks", "", "",
		fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"https://example.org","json_schema":%s}`, name, schema),
	)
	site := h.friendly(w, number, "alice", "POST /sites", "", "", fmt.Sprintf(`{"name":%q,"address":"a"}`, name))
	flavor := h.friendly(w, number, "alice", "POST /sites/{site_id}/flavors", site, "", fmt.Sprintf(`{"name":%q}`, name))
	h.friendly(w, number, "admin", "POST /benchmarks/{benchmark_id}:approve", benchmark, "", "")
	h.friendly(w, number, "admin", "POST /sites/{site_id}:approve", site, "", "")
	h.friendly(w, number, "admin", "POST /flavors/{flavor_id}:approve", flavor, "", "")
	tag := h.friendly(w, number, "bob", "POST /tags", "", "", fmt.Sprintf(`{"name":%q}`, name))
	query := "?execution_datetime=2021-05-21T08:31:00Z&benchmark_id=" + benchmark + "&flavor_id=" + flavor + "&tags_ids=" + tag
	for _, account := range []string{"alice", "bob"} {
		h.friendly(w, number, account, "POST /results", "", query, `{"score":1,"machine":{"cpu":{"count":8}},"list":[1,"a",null]}`)
	}
}

// friendly makes a request with nothing hostile in it, and returns the id that
// the answer tells. Requests of others may have made it impossible.
func (h *hostileRun) friendly(w *wire, number int, account, operation, id, query, body string) string {
	method, path, _ := strings.Cut(operation, " ")
	o := h.document.Paths[path][strings.ToLower(method)]
	if o == nil {
		h.t.Errorf("the document has no %s", operation)
		return ""
	}
	r := hostileRequest{number: number, operation: o, method: method, caller: account, id: id, intact: true, isHTTP: true}
	if before, rest, ok := strings.Cut(path, "{"); ok {
		name, after, _ := strings.Cut(rest, "}")
		path, r.kind, r.intact = before+id+after, kindOf(name), id != ""
	}
	r.text = wireText(method+" "+path+query+" HTTP/1.1\r\nHost: 127.0.0.1", []string{
		"Authorization: Bearer " + h.generator.tokens[account], "Content-Type: application/json", "Content-Length: " + strconv.Itoa(len(body)),
	}, []byte(body))
	var made known
	if a := h.exchange(w, r); a.err != nil || json.Unmarshal(a.body, &made) != nil {
		return ""
	}
	return made.ID
}

// report prints the answers by operation, and fails if few requests got deep or
// the server logged an error.
func (h *hostileRun) report() {
	total, deep := 0, 0
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(h.counts)) {
		fmt.Fprintf(&b, "  %-18s", id)
		for _, status := range slices.Sorted(maps.Keys(h.counts[id])) {
			n := h.counts[id][status]
			fmt.Fprintf(&b, " %d:%d", status, n)
			total += n
			if status >= http.StatusOK && status < http.StatusMultipleChoices {
				deep += n
			}
		}
		b.WriteByte('\n')
	}
	h.t.Logf("%d requests, %d of them with success; by operation and status:\n%sslowest %s: %s", total, deep, &b, h.worst, h.slow)
	if deep*5 < total {
		h.t.Errorf("only %d of %d requests had success: the others prove too little", deep, total)
	}
	if logged := h.server.Logs.Errors(); len(logged) > 0 {
		h.t.Errorf("the server logged %d errors, the first of them:\n%.4000s", len(logged), strings.Join(logged[:min(5, len(logged))], ""))
	}
}
