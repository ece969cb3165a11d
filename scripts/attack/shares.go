package main

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
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
	for _, name := range []string{
		"8 heaviest lists", "8 heaviest lists, never the same", "8 filters of large arrays", "8 lists with large schemas",
		"64 lists of 100", slowReaders, "64 readers of 100 MB", "32 uploads of 1 MB", "64 checks by a slow schema",
		"64 requests that are refused", "800 connections that never send", "200 connections that never read",
	} {
		atOnce := [][]probe{usual}
		if name == slowReaders {
			atOnce = append(atOnce, []probe{largeUpload}) // which delays a small one for longer than the readers do
		}
		// The machine may be slower or faster a minute later.
		quiet := a.measureEach(ctx, atOnce)
		end, err := a.flood(ctx, name)
		if err != nil {
			return err
		}
		loud := a.measureEach(ctx, atOnce)
		if _, err := end(); err != nil {
			return err
		}
		for _, p := range slices.Concat(atOnce...) {
			a.compare("A5 "+name+": "+p.name, quiet[p.name], loud[p.name])
		}
		if !a.server.alive() {
			a.set("A5 "+name+": the server", "killed")
			if err := a.restart(ctx); err != nil {
				return err
			}
			continue
		}
		a.settle(ctx)
	}
	return nil
}

// slowReaders is the flood beside which large uploads are measured, too.
const slowReaders = "2 slow readers of 100 MB"

// measureEach measures the probes of each group at once, and one group after the other.
func (a *attacker) measureEach(ctx context.Context, groups [][]probe) map[string]times {
	measured := map[string]times{}
	for _, probes := range groups {
		maps.Copy(measured, measure(ctx, probes, a.seconds))
	}
	return measured
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
