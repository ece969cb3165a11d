package login_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// otherProvider is npm's oidc-provider.
type otherProvider struct {
	t      testing.TB
	issuer string
	// control is the address at which the test changes the provider.
	control string
	// folder has the program and what the provider knows; arguments are those of the program.
	folder    string
	arguments []string
	node      *process.Process
}

// deployment are two servers behind a proxy that asks them in turn, and a provider that is
// not ours.
type deployment struct {
	public   string
	provider *otherProvider
	servers  [2]*harness.Server
}

func deploy(t *testing.T, database harness.Settings, client harness.Settings) *deployment {
	t.Helper()
	d := &deployment{}
	var next atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, err := url.Parse(d.servers[next.Add(1)%2].Base)
		if err != nil {
			t.Error(err)
			return
		}
		to := httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		}}
		to.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	d.public = proxy.URL
	d.provider = startProvider(t, proxy.URL)
	for i := range d.servers {
		d.servers[i] = harness.Start(t, database.With(harness.Settings{
			"PUBLIC_URL": proxy.URL, "SECRET_KEY": key, "TRUSTED_PROXIES": "127.0.0.1", "AUTH_CACHE_TTL": "1ms",
			"TRUSTED_OP_LIST": d.provider.issuer, "ADMIN_ENTITLEMENTS": "urn:mace:example.org:group:perf:admins",
		}).With(client))
	}
	return d
}

// confidential is the client with a secret.
var confidential = harness.Settings{"OIDC_CLIENT_ID": "perf", "OIDC_CLIENT_SECRET": "the secret of the client"}

// startProvider starts the provider for a server that is public there, in its usual shape or in that of
// EGI Check-in.
func startProvider(t testing.TB, public string, shape ...string) *otherProvider {
	t.Helper()
	printed := strings.TrimSpace(process.Shell(t, "scripts/npm-tools tests/login/provider"))
	tools := printed[strings.LastIndex(printed, "\n")+1:]
	folder := t.TempDir()
	err := os.CopyFS(folder, os.DirFS("provider"))
	if err == nil {
		err = os.Symlink(filepath.Join(tools, "node_modules"), filepath.Join(folder, "node_modules"))
	}
	if err != nil {
		t.Fatal(err)
	}
	port := process.FreePort(t)
	p := &otherProvider{t: t, issuer: "http://127.0.0.1:" + port, folder: folder}
	p.control = p.issuer + "/control"
	p.arguments = append([]string{filepath.Join(folder, "provider.js"), port, public, filepath.Join(folder, "known.json")}, shape...)
	p.run()
	return p
}

// run starts the process, for the first time or again.
func (p *otherProvider) run() {
	p.t.Helper()
	p.node = process.Start(p.t, "node", os.Environ(), p.arguments...)
	p.node.Await(p.t, "the provider listens", func() bool { return process.Answers(p.control) })
}

// set changes how the provider behaves, and returns what it has seen.
func (p *otherProvider) set(changes map[string]any) (seen map[string]int) {
	p.t.Helper()
	if changes == nil {
		changes = map[string]any{}
	}
	text, err := json.Marshal(changes)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPut, p.control, strings.NewReader(string(text)))
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&seen); err != nil {
		p.t.Fatal(err)
	}
	return seen
}

func (d *deployment) visit(t testing.TB) *visitor { return visit(t, &harness.Server{Base: d.public}) }

var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// logInAt logs in at the other provider, and agrees to everything.
func (v *visitor) logInAt(account, returnTo string) page {
	v.t.Helper()
	return v.agree(v.get("/ui/login?"+url.Values{"return_to": {returnTo}}.Encode()), account)
}

// agree logs in as the account on the page of the other provider, and agrees to everything.
func (v *visitor) agree(p page, account string) page {
	v.t.Helper()
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {account}, "password": {"x"}}, {"prompt": {"consent"}}} {
		found := formAction.FindStringSubmatch(p.Text)
		if found == nil || !strings.Contains(p.URL.Path, "/interaction/") {
			return p
		}
		to, err := p.URL.Parse(html.UnescapeString(found[1]))
		if err != nil {
			v.t.Fatal(err)
		}
		p = v.post(to.String(), form, "Origin", origin(to))
	}
	return p
}

func TestLoginAtAnotherProvider(t *testing.T) {
	for name, database := range harness.Databases {
		if name == "sqlite" {
			continue // two servers share a PostgreSQL only
		}
		d := deploy(t, database(t), confidential)
		t.Run("newcomers register, and administrators are known", func(t *testing.T) {
			v := d.visit(t)
			v.logInAt("ann", "/ui/sessions").wants(t, http.StatusOK, "ann@example.org", d.provider.issuer)
			v.post("/ui/register", url.Values{"return_to": {"/ui/sessions"}}).wants(t, http.StatusOK, "Ann of the other provider")
			root := d.visit(t)
			root.logInAt("root", "/ui/")
			root.post("/ui/register", url.Values{"return_to": {"/ui/"}}).wants(t, http.StatusOK, "Review (")
			v.post("/ui/logout", nil).wants(t, http.StatusOK, d.provider.issuer+"/session/end?")
		})
		t.Run("many requests renew a token once", func(t *testing.T) { d.renewOnce(t) })
		t.Run("a session outlives a slow provider, an outage and new keys", func(t *testing.T) { d.outlive(t) })
		t.Run("a provider is killed and started again", func(t *testing.T) { d.killed(t) })
		t.Run("a session ends when the provider refuses", func(t *testing.T) { d.refuse(t) })
		t.Run("in Chromium", func(t *testing.T) { d.inChromium(t) })
	}
}

func (d *deployment) renewOnce(t *testing.T) {
	v := d.visit(t)
	v.logInAt("bea", "/ui/")
	before := d.provider.set(nil)
	process.Eventually(t, "the token is renewed", func() bool {
		var together sync.WaitGroup
		for range 8 {
			together.Go(func() { v.get("/ui/sessions").wants(t, http.StatusOK, "this browser") })
		}
		together.Wait()
		return d.provider.set(nil)["refreshes"] > before["refreshes"]
	})
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	after := d.provider.set(nil)
	if n := after["refreshes"] - before["refreshes"]; n > 2 || after["refused"] != before["refused"] {
		t.Errorf("eight requests at a time: %d renewals, %d refused", n, after["refused"]-before["refused"])
	}
}

func (d *deployment) outlive(t *testing.T) {
	v, w := d.visit(t), d.visit(t)
	v.logInAt("cleo", "/ui/")
	d.provider.set(map[string]any{"slow": 4000})
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	d.provider.set(map[string]any{"slow": 0, "down": true})
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	p := w.get("/ui/login/callback?state=x&code=y").wants(t, http.StatusBadRequest)
	if p.Header.Get("Set-Cookie") != "" {
		t.Errorf("a callback of nobody sets %q", p.Header.Get("Set-Cookie"))
	}
	d.provider.set(map[string]any{"down": false, "rotate": true})
	v.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	w.logInAt("cleo", "/ui/sessions").wants(t, http.StatusOK, "Not now") // she is a newcomer
	w.get("/ui/sessions").wants(t, http.StatusOK, "End the session of")
}

func (d *deployment) refuse(t *testing.T) {
	v, w := d.visit(t), d.visit(t)
	v.logInAt("dan", "/ui/")
	w.logInAt("eve", "/ui/")
	d.provider.set(map[string]any{"disabled": []string{"dan"}})
	v.get("/ui/sessions").wants(t, http.StatusUnauthorized, "does not accept your login any more")
	v.get("/ui/").wants(t, http.StatusOK, "Log in")
	w.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
	d.provider.set(map[string]any{"disabled": []string{}, "forget": true}) // as after a restart
	w.get("/ui/sessions").wants(t, http.StatusUnauthorized, "does not accept your login any more")
	w.logInAt("eve", "/ui/sessions").wants(t, http.StatusOK)
	w.get("/ui/sessions").wants(t, http.StatusOK, "this browser")
}
