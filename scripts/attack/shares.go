package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// shares lets one client do all that once shut out the others, and measures what another
// client notices.
func (a *attacker) shares(ctx context.Context) error {
	neighbours := a.server.client(neighbour)
	get := func(target string) func(context.Context) answer {
		return func(ctx context.Context) answer { return neighbours.get(ctx, target) }
	}
	some := "/results?per_page=20&benchmark_id=" + a.data.usual
	light := probe{"light read", get(some), http.StatusOK}
	filter := probe{"filter", get(some + "&filters=" + url.QueryEscape("score >= 1000")), http.StatusOK}
	uploads := 0
	upload := probe{"upload", func(ctx context.Context) answer {
		uploads++ // the same content would not be stored again
		return a.user.post(ctx, a.data.upload(a.data.usual), usualResult(usualResults+uploads))
	}, http.StatusCreated}
	largeUpload := probe{"upload of 1 MB", func(ctx context.Context) answer {
		document := largeResult()
		got := a.other.post(ctx, a.data.upload(a.data.free), document)
		time.Sleep(time.Second)
		return got
	}, http.StatusCreated}
	usual := []probe{light, filter, upload}
	withLarge := []probe{light, filter, upload, largeUpload}
	// Each set of probes is measured without an abuser, too.
	quiet := map[int]map[string]times{len(usual): measure(ctx, usual, a.seconds), len(withLarge): measure(ctx, withLarge, a.seconds)}
	heaviest := "/results?per_page=100&sort_by=%2Bjson&filters=" + url.QueryEscape("text >= a")
	page := "/results?per_page=100&benchmark_id="
	for _, attack := range []struct {
		name        string
		connections int
		work        func(ctx context.Context, i int)
		probes      []probe
	}{
		{"8 heaviest lists", 8, a.repeat(heaviest), usual},
		{"64 lists of 100", 64, a.repeat(page + a.data.usual), usual},
		{"2 slow readers of 100 MB", 2, a.readSlowly(page + a.data.large), withLarge},
		{"64 readers of 100 MB", 64, a.repeat(page + a.data.large), usual},
		{"32 uploads of 1 MB", 32, a.uploadAgain, usual},
		{"64 requests that are refused", 64, a.refusedAgain, usual},
		{"800 connections that never send", 800, a.holdConnection(""), usual},
		{"200 connections that never read", 200, a.holdConnection(page + a.data.usual), usual},
	} {
		end := a.flood(ctx, attack.connections, attack.work)
		loud := measure(ctx, attack.probes, a.seconds)
		end()
		for _, p := range attack.probes {
			a.compare("A5 "+attack.name+": "+p.name, quiet[len(attack.probes)][p.name], loud[p.name])
		}
		if !a.server.alive() {
			a.set("A5 "+attack.name+": the server", "killed")
			if err := a.restart(ctx); err != nil {
				return err
			}
			continue
		}
		a.settle(ctx)
	}
	return nil
}

// settle waits until the server has nothing of an attack to do any more.
func (a *attacker) settle(ctx context.Context) {
	const calm = 20 * time.Millisecond
	c := a.server.client("127.0.0.4")
	for range 60 {
		if got := c.get(ctx, "/sites?per_page=1"); got.status == http.StatusOK && got.took < calm {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// repeat asks for the target again and again.
func (a *attacker) repeat(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for c := a.server.client(abuser); ctx.Err() == nil; {
			if c.get(ctx, target).status == 0 {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
}

// uploadAgain uploads a large result again and again, each time another one.
func (a *attacker) uploadAgain(ctx context.Context, i int) {
	document := largeResult()
	for n := 0; ctx.Err() == nil; n++ {
		another := fmt.Sprintf(`{"connection":%d,"n":%d,`, i, n) + document[1:]
		if a.bad.post(ctx, a.data.upload(a.data.free), another).status == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// refusedAgain sends requests with a good token that are refused: for the right, the path of an id
// that is not there, or the query. The server looks up who asks before it refuses.
func (a *attacker) refusedAgain(ctx context.Context, i int) {
	targets := []string{"/users", "/results/00000000-0000-4000-8000-000000000000", "/results?odd=1", "/reports/claims"}
	for c := a.bad; ctx.Err() == nil; i++ {
		if c.get(ctx, targets[i%len(targets)]).status == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// readSlowly asks for the target, and reads a byte a second, again and again.
func (a *attacker) readSlowly(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for ctx.Err() == nil {
			a.hold(ctx, target, true)
		}
	}
}

// holdConnection opens a connection, asks for the target, if there is one, and reads nothing.
func (a *attacker) holdConnection(target string) func(context.Context, int) {
	return func(ctx context.Context, _ int) {
		for ctx.Err() == nil {
			a.hold(ctx, target, false)
		}
	}
}

// hold holds a connection until the server or the context ends it.
func (a *attacker) hold(ctx context.Context, target string, reads bool) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(abuser)}}
	connection, err := dialer.DialContext(ctx, "tcp", a.server.address)
	if err != nil {
		time.Sleep(100 * time.Millisecond)
		return
	}
	defer func() { _ = connection.Close() }()
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4 << 10) // so that the answer waits at the server
	}
	if target != "" {
		if _, err := fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: attack\r\n\r\n", target); err != nil {
			return
		}
	}
	begun := time.Now()
	for ctx.Err() == nil {
		time.Sleep(time.Second)
		const patience = 20 * time.Second
		if !reads {
			if time.Since(begun) > patience {
				return
			}
			continue
		}
		if _, err := io.ReadFull(connection, make([]byte, 1)); err != nil {
			return
		}
	}
}
