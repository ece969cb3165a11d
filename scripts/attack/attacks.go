package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// abuser and neighbour are the addresses of two clients.
	abuser    = "127.0.0.2"
	neighbour = "127.0.0.3"
)

// attacker attacks one server.
type attacker struct {
	*options
	*table
	server *server
	data   data
	// user, other and admin are people, at the address of the neighbour; bad is a person at
	// that of the abuser.
	user, other, admin, bad *client
}

// attackOne runs all attacks on one revision and database.
func attackOne(ctx context.Context, o options, t *table, p program, database, folder string, c *cell) error {
	s, drop, err := newServer(ctx, o, p, database, folder, c)
	if err != nil {
		return err
	}
	defer drop()
	a := &attacker{options: &o, table: t, server: s}
	for _, attack := range []struct {
		row string
		run func(context.Context) error
	}{
		{"A1", a.slowWrite}, {"A2", a.schemas}, {"A3", a.validation}, {"A5", a.shares}, {"A7", a.tokens}, {"A4", a.sortKeys},
		{"A6", a.claimsOfOne},
	} {
		if len(o.only) > 0 && !slices.Contains(o.only, attack.row) {
			continue
		}
		if err := a.restart(ctx); err != nil {
			return err
		}
		err := attack.run(ctx)
		if peak := s.peak(); s.alive() && peak > 0 {
			t.set(attack.row+" memory of the server", "%d MiB", peak)
		} else {
			t.set(attack.row+" memory of the server", "the server was killed")
		}
		s.stop()
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// restart starts the server on its data, which it makes the first time.
func (a *attacker) restart(ctx context.Context, settings ...string) (err error) {
	if err := a.server.start(ctx, settings...); err != nil {
		return err
	}
	for _, person := range []struct {
		client  **client
		account string
		from    string
	}{{&a.user, "alice", neighbour}, {&a.other, "alice", neighbour}, {&a.admin, "admin", neighbour}, {&a.bad, "bob", abuser}} {
		if *person.client, err = a.server.client(person.from).as(ctx, person.account); err != nil {
			return err
		}
	}
	if a.data.Flavor == "" {
		a.data, err = fill(ctx, a.user, a.admin)
	}
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// slowWrite lets a write take five seconds, by a registry that does not answer, and then
// asks on the same connection.
func (a *attacker) slowWrite(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	registry := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(7 * time.Second):
		}
	})}
	go func() { _ = registry.Serve(listener) }() // it ends with Close
	defer func() { _ = registry.Close() }()
	a.server.stop()
	address := listener.Addr().String()
	if err := a.restart(ctx, "IMAGE_CHECK=on", "IMAGE_REGISTRIES="+address); err != nil {
		return err
	}
	a.user.http.Transport.(*http.Transport).MaxConnsPerHost = 1 //nolint:forcetypeassert // it is ours
	slow := a.user.post(ctx, "/benchmarks", fmt.Sprintf(
		`{"docker_image":"%s/a/slow","docker_tag":"1","url":"https://example.org","json_schema":{}}`, address))
	var after statuses
	for range 5 {
		after.add(a.user.get(ctx, "/sites?per_page=1").status)
	}
	a.set("A1 a write that waits for a registry, then 5 requests on its connection", "%d after %s; %s",
		slow.status, seconds(slow.took), &after)
	return a.lockedTable(ctx)
}

// lockedTable lets a write wait for a table, seven seconds long, and then asks on the same
// connection. The embedded database has no such locks.
func (a *attacker) lockedTable(ctx context.Context) error {
	if a.server.database == nil {
		return nil
	}
	const held = 7 * time.Second
	connection, err := pgx.ConnectConfig(ctx, a.server.database)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	if _, err := connection.Exec(ctx, "BEGIN; LOCK TABLE site IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	released := make(chan error, 1)
	go func() {
		time.Sleep(held)
		_, err := connection.Exec(ctx, "ROLLBACK")
		released <- err
	}()
	slow := a.user.post(ctx, "/sites", `{"name":"slow","address":"127.0.0.1"}`)
	var after statuses
	for range 5 {
		after.add(a.user.get(ctx, "/sites?per_page=1").status)
	}
	a.set("A1 a write that waits 7 s for a table, then 5 requests on its connection", "%d after %s; %s",
		slow.status, seconds(slow.took), &after)
	return <-released
}

// schemas submits schemas that take memory and time to compile.
func (a *attacker) schemas(ctx context.Context) error {
	const nested, references = 500_000, 3300
	pattern := fmt.Sprintf(`{"properties":{"a":{"pattern":"%s%s"}}}`, strings.Repeat("(", nested), strings.Repeat(")", nested))
	var defs []string
	for i := range references {
		defs = append(defs, fmt.Sprintf(`"d%d":{"$ref":"#/$defs/d%d"}`, i, (i+1)%references))
	}
	for _, c := range []struct{ name, schema string }{
		{"A2 three patterns of 500,000 nested brackets", pattern},
		{"A2 three schemas of 3,300 references", `{"$defs":{` + strings.Join(defs, ",") + `},"$ref":"#/$defs/d0"}`},
	} {
		var found statuses
		var slowest time.Duration
		var mutex sync.Mutex
		inParallel(3, 3, func(i int) {
			_, got := benchmark(ctx, a.bad, a.admin, fmt.Sprintf("schema%d-%d", i, time.Now().UnixNano()), c.schema)
			found.add(got.status)
			mutex.Lock()
			defer mutex.Unlock()
			slowest = max(slowest, got.took)
		})
		a.set(c.name, "%s; slowest %s", &found, seconds(slowest))
		if !a.server.alive() {
			if err := a.restart(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// validation uploads documents that take time to validate.
func (a *attacker) validation(ctx context.Context) error {
	numbers := func(from, count int, format string) string {
		var items []string
		for i := range count {
			items = append(items, fmt.Sprintf(format, from+i))
		}
		return strings.Join(items, ",")
	}
	property := func(schema string) string { return `{"properties":{"a":` + schema + `}}` }
	for _, c := range []struct{ name, schema, items string }{
		{"enum of 9,000 numbers, 5,000 items", `{"items":{"enum":[` + numbers(0, 9000, "%d") + `]}}`, numbers(4000, 5000, "%d")},
		{"uniqueItems, nested arrays, 100 KB", `{"uniqueItems":true}`, numbers(10000, 12_000, "[%d]")},
		{"contains in allOf", `{"allOf":[` + numbers(0, 300, `{"contains":{"properties":{"x":{"const":%d}},"required":["x"]}}`) + `]}`,
			numbers(1000, 60_000, `{"x":%d}`)},
		{"unevaluatedItems", `{"allOf":[` + numbers(0, 100, `{"contains":{"minimum":%d}}`) + `],"unevaluatedItems":false}`,
			numbers(1, 100_000, "%d")},
	} {
		id, made := benchmark(ctx, a.bad, a.admin, fmt.Sprintf("validation-%d", time.Now().UnixNano()), property(c.schema))
		if id == "" {
			a.set("A3 "+c.name, "the schema is refused: %d", made.status)
			continue
		}
		got := a.bad.post(ctx, a.data.upload(id), `{"a":[`+c.items+`]}`)
		text := fmt.Sprint(got.status)
		if got.status == 0 {
			text = "no answer"
		}
		a.set("A3 "+c.name, "%s after %s", text, seconds(got.took))
		if got.took > 5*time.Second || !a.server.alive() {
			a.server.stop() // it may still work on it
			if err := a.restart(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// sortKeys uploads documents of many empty objects, and sorts by them.
func (a *attacker) sortKeys(ctx context.Context) error {
	const count, objects = 10, 340_000
	document := `{"score":[{}` + strings.Repeat(",{}", objects-1) + `]}`
	var uploads statuses
	for i := range count {
		// Each is another one: the same content would not be stored again.
		another := fmt.Sprintf(`{"n":%d,`, i) + document[1:]
		uploads.add(a.bad.post(ctx, a.data.upload(a.data.Free), another).status)
	}
	a.set("A4 ten uploads of 340,000 objects each", "%s", &uploads)
	for _, sort := range []string{"+json.score", "+json"} {
		got := a.user.get(ctx, "/results?per_page=10&benchmark_id="+a.data.Free+"&sort_by="+url.QueryEscape(sort))
		a.set("A4 a list of them sorted by "+sort, "%d after %s", got.status, seconds(got.took))
		got = a.user.get(ctx, "/results?per_page=10&benchmark_id="+a.data.Usual+"&sort_by="+url.QueryEscape(sort))
		a.set("A4 a list of others sorted by "+sort, "%d after %s", got.status, seconds(got.took))
	}
	return nil
}

// claimsOfOne lets one person claim many results and submit many sites, and removes the person.
func (a *attacker) claimsOfOne(ctx context.Context) error {
	results := make([]string, a.claims)
	begun := time.Now()
	inParallel(len(results), 8, func(i int) {
		results[i] = a.user.post(ctx, a.data.upload(a.data.Free), fmt.Sprintf(`{"n":%d}`, i)).id()
	})
	a.set(fmt.Sprintf("A6 %d results", len(results)), "%s", seconds(time.Since(begun)))
	var claims, sites statuses
	begun = time.Now()
	inParallel(len(results), 8, func(i int) {
		claims.add(a.bad.post(ctx, "/results/"+results[i]+":claim", `{"message":"wrong"}`).status)
	})
	a.set("A6 claims of all by one person", "%s in %s", &claims, seconds(time.Since(begun)))
	begun = time.Now()
	submissions := a.claims * 5 / 6
	inParallel(submissions, 8, func(i int) {
		sites.add(a.bad.post(ctx, "/sites", fmt.Sprintf(`{"name":"nowhere %d","address":"127.0.0.1"}`, i)).status)
	})
	a.set(fmt.Sprintf("A6 %d submissions of this person", submissions), "%s in %s", &sites, seconds(time.Since(begun)))
	a.removal(ctx)
	return nil
}

// removal removes the person who made the claims, and asks again until all is gone.
func (a *attacker) removal(ctx context.Context) {
	const most = 60
	target := "/users:remove?" + url.Values{"iss": {"http://" + a.server.address + "/dev/oidc"}, "sub": {"bob"}}.Encode()
	var answers statuses
	var first, slowest time.Duration
	begun := time.Now()
	for i := range most {
		got := a.admin.post(ctx, target, "")
		answers.add(got.status)
		slowest = max(slowest, got.took)
		if i == 0 {
			first = got.took
		}
		isDone := got.status == http.StatusNoContent && got.header.Get("Removal-Progress") == ""
		if isDone || got.status >= http.StatusInternalServerError && i >= 2 {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	a.set("A6 removal of the person", "first answer after %s, slowest %s; %s; the end after %s",
		seconds(first), seconds(slowest), &answers, seconds(time.Since(begun)))
}

// tokens sends random bearer tokens, and measures requests with a good one: with one that the
// server knows, and with a new one each time.
func (a *attacker) tokens(ctx context.Context) error {
	fresh := func(ctx context.Context) answer {
		c, err := a.server.client(neighbour).as(ctx, "alice")
		if err != nil {
			return answer{}
		}
		return c.get(ctx, "/users/self")
	}
	probes := []probe{
		{"known good token", func(ctx context.Context) answer { return a.user.get(ctx, "/users/self") }, http.StatusOK},
		{"new good token", fresh, http.StatusOK},
	}
	quiet := measure(ctx, probes, a.seconds)
	end, err := a.flood(ctx, randomTokens)
	if err != nil {
		return err
	}
	loud := measure(ctx, probes, a.seconds)
	refusals, err := end()
	if err != nil {
		return err
	}
	a.set("A7 answers to the random tokens", "%s", refusals)
	for _, p := range probes {
		a.compare("A7 "+randomTokens+": "+p.name, quiet[p.name], loud[p.name])
	}
	return nil
}

// most is how much longer a request may take beside an abuser: so many times as long as without.
const most = 3

// compare tells what an attack does to a probe, and whether that is within bounds.
func (a *attacker) compare(row string, quiet, loud times) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	if len(loud.good) == 0 {
		a.set(row, "%.1f ms; none of %d answered: no", ms(quiet.p95()), loud.asked)
		a.verdict(row, math.Inf(1))
		return
	}
	factor := ms(loud.p95()) / max(0.001, ms(quiet.p95()))
	verdict := "yes"
	if factor > most || len(loud.good) < loud.asked {
		verdict = "no"
	}
	a.set(row, "%.1f to %.1f ms (%.1fx), %d of %d answered: %s", ms(quiet.p95()), ms(loud.p95()), factor, len(loud.good), loud.asked, verdict)
	if len(loud.good) < loud.asked {
		factor = math.Inf(1)
	}
	a.verdict(row, factor)
}
