package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestAdministratorsSeeTheClientOfAnUpload: and nobody else.
func TestAdministratorsSeeTheClientOfAnUpload(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		g := s.NewFixture("client")
		upload := func(client, body string) string {
			return s.Do(harness.Call{Method: "POST", Path: g.UploadPath(""), As: "alice", Body: body,
				Header: http.Header{"User-Agent": {client}}}).Want(t, 201).ID(t)
		}
		long := "perf-uploader/1.2 " + strings.Repeat("ü", 300)
		for client, want := range map[string]string{"perf-uploader/1.2": "perf-uploader/1.2", long: string([]rune(long)[:200]), "": ""} {
			id := upload(client, fmt.Sprintf(`{"score":%d}`, len(client)))
			a := s.Do(harness.Call{Method: "GET", Path: "/results/" + id + "/uploader", As: "admin"}).Want(t, 200)
			if got := a.Header.Get("Uploader-Client"); got != want || a.Object(t)["sub"] != "alice" {
				t.Errorf("the uploader's client is %q, want %q; %s", got, want, a)
			}
			s.Do(harness.Call{Method: "GET", Path: "/results/" + id + "/uploader", As: "alice"}).Want(t, 403)
			for _, as := range []string{"", "admin"} {
				a := s.Do(harness.Call{Method: "GET", Path: "/results/" + id, As: as}).Want(t, 200)
				if strings.Contains(a.Body+fmt.Sprint(a.Header), "perf-uploader") {
					t.Errorf("%s shows the uploader's client", a)
				}
			}
		}
	})
}

// TestKeysCountOnAllServers: a repetition that reaches another server of the same database gets
// the first answer, also at the same time.
func TestKeysCountOnAllServers(t *testing.T) {
	settings := harness.Postgres(t)
	first := harness.Start(t, settings)
	second := harness.Start(t, settings.With(harness.Settings{"TRUSTED_OP_LIST": first.Issuer()}))
	g := first.FullFixture("replicas")
	alice := "raw:Bearer " + first.Token("alice")
	for i, c := range []struct{ name, path, body string }{
		{"site", "/sites", `{"name":"replica","address":"a"}`},
		{"result", g.UploadPath(""), `{"score":17}`},
		{"claim", "/results/" + g.Result + ":claim", `{"message":"odd"}`},
		{"batch", "/results:batch?atomic=true", fmt.Sprintf(
			`[{"execution_datetime":"2021-05-21T08:31:00Z","benchmark_id":%q,"flavor_id":%q,"json":{"score":18}}]`, g.Benchmark, g.Flavor)},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := fmt.Sprintf("replica-%d", i)
			answers := make([]harness.Answer, 12)
			var wait sync.WaitGroup
			for n := range answers {
				wait.Go(func() { answers[n] = keyed([]*harness.Server{first, second}[n%2], alice, key, c.path, c.body) })
			}
			wait.Wait()
			for _, a := range answers {
				if a.Status >= 300 || a.Body != answers[0].Body || a.Status != answers[0].Status {
					t.Errorf("%s\nwant the answer\n%s", a, answers[0])
				}
			}
			keyed(second, alice, key, c.path, strings.Replace(c.body, `1`, `2`, 1)+" ").Want(t, 422)
		})
	}
	if total := second.Total("", "/results"); total != first.Total("", "/results") {
		t.Errorf("the servers do not agree: %d", total)
	}
	// The same content without a key, at both.
	var wait sync.WaitGroup
	ids := make([]string, 12)
	for n := range ids {
		wait.Go(func() {
			ids[n] = []*harness.Server{first, second}[n%2].Post(alice, g.UploadPath(""), `{"score":19}`).ID(t)
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one content is in several results: %v", ids)
			break
		}
	}
}
