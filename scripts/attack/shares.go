package main

import (
	"context"
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
	some := "/results?per_page=20&benchmark_id=" + a.data.Usual
	light := probe{"light read", get(some), http.StatusOK}
	filter := probe{"filter", get(some + "&filters=" + url.QueryEscape("score >= 1000")), http.StatusOK}
	uploads := 0
	upload := probe{"upload", func(ctx context.Context) answer {
		uploads++ // the same content would not be stored again
		return a.user.post(ctx, a.data.upload(a.data.Usual), usualResult(usualResults+uploads))
	}, http.StatusCreated}
	largeUpload := probe{"upload of 1 MB", func(ctx context.Context) answer {
		document := largeResult()
		got := a.other.post(ctx, a.data.upload(a.data.Free), document)
		time.Sleep(time.Second)
		return got
	}, http.StatusCreated}
	usual := []probe{light, filter, upload}
	withLarge := []probe{light, filter, upload, largeUpload}
	for _, attack := range []struct {
		flood  string
		probes []probe
	}{
		{"8 heaviest lists", usual},
		{"64 lists of 100", usual},
		{"2 slow readers of 100 MB", withLarge},
		{"64 readers of 100 MB", usual},
		{"32 uploads of 1 MB", usual},
		{"64 checks by a slow schema", usual},
		{"64 requests that are refused", usual},
		{"800 connections that never send", usual},
		{"200 connections that never read", usual},
	} {
		// The machine may be slower or faster a minute later.
		quiet := measure(ctx, attack.probes, a.seconds)
		end, err := a.flood(ctx, attack.flood)
		if err != nil {
			return err
		}
		loud := measure(ctx, attack.probes, a.seconds)
		if _, err := end(); err != nil {
			return err
		}
		for _, p := range attack.probes {
			a.compare("A5 "+attack.flood+": "+p.name, quiet[p.name], loud[p.name])
		}
		if !a.server.alive() {
			a.set("A5 "+attack.flood+": the server", "killed")
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
