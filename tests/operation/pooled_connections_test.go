package operation_test

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// ways lead to a server: without a proxy, and through proxies that use a connection to the
// server for many clients.
var ways = map[string]func(t *testing.T, backend string) (address string){
	"directly": func(_ *testing.T, backend string) string { return backend },
	"nginx keepalive": func(t *testing.T, backend string) string {
		return startPooling(t, startNginx, "pooling-nginx.conf", backend)
	},
	"HAProxy http-reuse": func(t *testing.T, backend string) string {
		return startPooling(t, startHAProxy, "pooling-haproxy.cfg", backend)
	},
}

func startPooling(t *testing.T, start func(*testing.T, string, map[string]string), file, backend string) string {
	t.Helper()
	address := process.FreeAddress(t)
	start(t, filepath.Join(process.Repository(t), "tests/operation/testdata", file),
		map[string]string{"LISTEN_HTTP": address, "BACKEND": backend})
	process.Eventually(t, "an answer through the proxy", func() bool { return process.Answers("http://" + address + "/healthz") })
	return address
}

// way is a server, and one way to it.
type way struct {
	*harness.Server
	direct      *harness.Server
	db          *sql.DB
	connections *counted
	requests    int
}

func alongEachWay(t *testing.T, settings harness.Settings, test func(t *testing.T, w *way)) {
	t.Helper()
	for name, lead := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := harness.Postgres(t)
			direct := harness.Start(t, database.With(settings))
			connections := countConnections(t, direct)
			through := harness.At(t, "http://"+lead(t, connections.address), direct.Logs)
			transport := &http.Transport{MaxIdleConnsPerHost: 100}
			t.Cleanup(transport.CloseIdleConnections)
			through.Transport = transport
			test(t, &way{through, direct, harness.OpenSQL(t, database), connections, 0})
		})
	}
}

// calls are requests for every operation, each with entities of its own if it changes
// some. Each caller is known to the server already.
func (w *way) calls(t *testing.T, purpose string) (calls []harness.Call, statuses []int) {
	t.Helper()
	shared := w.direct.FullFixture(purpose)
	for _, op := range harness.Operations {
		f, as := shared, "alice"
		if op.Method != http.MethodGet && strings.Contains(op.Path, "_id}") {
			f = w.direct.FullFixture(purpose + "-" + strings.ToLower(op.ID))
		}
		if op.Right == "admin" {
			as = "admin"
		}
		calls = append(calls, harness.Call{
			Method: op.Method, Path: f.Fill(op.Path), As: "raw:Bearer " + w.direct.Token(as), Body: f.Fill(op.Body),
		})
		statuses = append(statuses, op.Status)
	}
	return calls, statuses
}

// The tables that block keeps. The server reads the table user first, to find out who asks,
// and the body afterwards: requests wait there, or in their work.
const (
	tablesOfWork = "submit, tag, benchmark, site, flavor, claim, result, result_tags, outbox"
	allTables    = `"user", ` + tablesOfWork
)

// block keeps the tables from everybody, and returns how to release them.
func (w *way) block(t *testing.T, tables string) (release func()) {
	t.Helper()
	tx, err := w.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.ExecContext(t.Context(), "LOCK TABLE "+tables+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

// together makes all calls at once, and returns the answers.
func (w *way) together(calls []harness.Call) []harness.Answer {
	answers := make([]harness.Answer, len(calls))
	var wait sync.WaitGroup
	for i, c := range calls {
		wait.Go(func() { answers[i] = w.Do(c) })
	}
	w.requests += len(calls)
	wait.Wait()
	return answers
}

// wantClean makes so many requests, many at once, that every pooled connection carries
// some of them: all must be served. A connection that is not clean stays so, but a busy machine
// may need more than the time limit: one round without a failure suffices.
func (w *way) wantClean(t *testing.T, after string) {
	t.Helper()
	const rounds = 5
	for round := range rounds {
		var failed []string
		for _, a := range w.together(w.cleanCalls(fmt.Sprintf("%s, %d", after, round))) {
			if want := map[string]int{"GET": http.StatusOK, "POST": http.StatusCreated}[a.Call.Method]; a.Status != want {
				failed = append(failed, fmt.Sprintf("%s\nwant %d", a, want))
			}
		}
		if len(failed) == 0 {
			break
		}
		if round == rounds-1 {
			t.Errorf("after %s:\n%s", after, strings.Join(failed, "\n"))
		}
	}
	for range 10 { // one after the other, on the connection that was used last
		w.Get("/readyz").Want(t, http.StatusOK)
	}
	w.requests += 10
}

func (w *way) cleanCalls(purpose string) (calls []harness.Call) {
	as := "raw:Bearer " + w.direct.Token("alice")
	for n := range len(harness.Operations)/2 + 1 { // more in all than operations had connections
		calls = append(calls,
			harness.Call{Method: "GET", Path: "/sites"},
			harness.Call{Method: "POST", Path: "/tags", As: as, Body: fmt.Sprintf(`{"name":"after %s %d"}`, purpose, n)})
	}
	return calls
}

// slowWork was the time after which the framework once failed the work, and
// every later request on the connection.
const slowWork = 5500 * time.Millisecond

func TestEveryOperationMayBeSlowAndLeavesItsConnectionClean(t *testing.T) {
	settings := harness.Settings{"DB_MAX_CONNECTIONS": "120", "HEAVY_CONNECTIONS": "100"}
	alongEachWay(t, settings, func(t *testing.T, w *way) {
		for name, tables := range map[string]string{"slow work": tablesOfWork, "slow checks": allTables} {
			calls, statuses := w.calls(t, strings.ReplaceAll(name, " ", "-"))
			release := w.block(t, tables)
			timer := time.AfterFunc(slowWork, release)
			for i, a := range w.together(calls) {
				if a.Status != statuses[i] {
					t.Errorf("%s\nwant %d", a, statuses[i])
				}
			}
			timer.Stop()
			w.wantClean(t, name)
		}
		if opened := int(w.connections.opened.Load()); opened >= w.requests {
			t.Errorf("%d connections for %d requests: none was used again", opened, w.requests)
		}
	})
}

func TestEveryOperationLeavesItsConnectionCleanHoweverItEnds(t *testing.T) {
	const bodyLimit = 20_000
	settings := harness.Settings{
		"REQUEST_TIMEOUT": "4s", "DB_MAX_CONNECTIONS": "120", "HEAVY_CONNECTIONS": "100", "BODY_LIMIT": strconv.Itoa(bodyLimit),
	}
	alongEachWay(t, settings, func(t *testing.T, w *way) {
		calls, _ := w.calls(t, "ends")

		release := w.block(t, allTables)
		// An export may take longer than REQUEST_TIMEOUT, and ends when the tables are free.
		timer := time.AfterFunc(slowWork, release)
		answers := w.together(calls)
		timer.Stop()
		release()
		for _, a := range answers {
			if strings.Contains(a.Call.Path, ":export") {
				continue
			}
			if a.Status != http.StatusServiceUnavailable {
				t.Errorf("%s\nwant 503 by the time limit", a)
			}
		}
		w.wantClean(t, "the time limit")

		release = w.block(t, tablesOfWork)
		w.abandon(t, calls, func(c harness.Call) string { return c.Body })
		time.Sleep(time.Second)
		release()
		w.wantClean(t, "clients that are gone")

		w.abandon(t, calls, func(c harness.Call) string { return c.Body + `{"cut":` })
		w.wantClean(t, "bodies that were cut off")

		// The sockets have room for such a body, so that the answer arrives whatever is read of it.
		large := strings.Repeat("x", bodyLimit)
		for i, c := range calls {
			if c.Body == "" || strings.HasPrefix(c.Path, "/results:batch") { // its limit is of its own
				continue
			}
			c.Body = `{"name":"` + large + `"}`
			if a := w.Do(c); a.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s\nwant 413", a)
			}
			c.Body = "[" + calls[i].Body
			if a := w.Do(c); a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
				t.Errorf("%s\nwant 422", a)
			}
		}
		w.wantClean(t, "bodies that are refused")
	})
}

// abandon makes each call on a connection of its own, announces a longer body than it
// sends if more gives more than the call has, and closes the connection.
func (w *way) abandon(t *testing.T, calls []harness.Call, announced func(harness.Call) string) {
	t.Helper()
	for _, c := range calls {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.Base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(connection, "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
			c.Method, c.Path, strings.TrimPrefix(c.As, "raw:"), len(announced(c)), c.Body)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond) // the request is on its way
		_ = connection.Close()
	}
}

// TestNoContentIsNothing: an answer 204 has no body and says nothing about one, in both
// versions of HTTP, and the next answer follows at once. Proxies are asked in HTTP/1.1.
func TestNoContentIsNothing(t *testing.T) {
	for name, lead := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.SQLite(t))
			address := lead(t, strings.TrimPrefix(s.Base, "http://"))
			versions, empty := []string{"1.1"}, 0
			if name == "directly" {
				versions = append(versions, "1.0")
			}
			for _, op := range harness.Operations {
				for _, version := range versions {
					if op.Status != http.StatusNoContent {
						continue
					}
					empty++
					f := s.FullFixture(strings.ToLower(op.ID) + "-" + version)
					account := map[bool]string{true: "admin", false: "alice"}[op.Right == "admin"]
					wantNothing(t, address, version, fmt.Sprintf("%s %s", op.Method, f.Fill(op.Path)),
						"Authorization: Bearer "+s.NewToken(account), f.Fill(op.Body))
				}
			}
			wantNothing(t, address, "1.1", "OPTIONS /sites", "Origin: https://a.example.org\r\nAccess-Control-Request-Method: POST", "")
			if least := 20 * len(versions); empty < least {
				t.Errorf("only %d requests were made", empty)
			}
		})
	}
}

// wantNothing makes a request for a 204, and another one on the same connection if the
// version keeps it.
func wantNothing(t *testing.T, address, version, request, header, body string) {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := connection.SetDeadline(time.Now().Add(process.Patience)); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%s HTTP/%s\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n%s", request, version, header, len(body), body)
	if version == "1.1" {
		text += "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	}
	if _, err := io.WriteString(connection, text); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	head, rest, _ := strings.Cut(string(answer), "\r\n\r\n")
	if status, _, _ := strings.Cut(head, "\r\n"); !strings.Contains(status, " 204 ") {
		t.Errorf("%s, HTTP/%s: %s", request, version, answer)
		return
	}
	for line := range strings.SplitSeq(strings.ToLower(head), "\r\n") {
		for _, name := range []string{"content-length:", "content-type:", "transfer-encoding:", "content-encoding:", "etag:"} {
			if strings.HasPrefix(line, name) {
				t.Errorf("%s, HTTP/%s: 204 has the header %s", request, version, line)
			}
		}
	}
	if follows := version == "1.1"; follows != strings.HasPrefix(rest, "HTTP/1.1 200") || !follows && rest != "" {
		t.Errorf("%s, HTTP/%s: behind 204 there is %.200q", request, version, rest)
	}
}
