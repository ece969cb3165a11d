package login_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/browser"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// axe is the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	printed := strings.TrimSpace(process.Shell(t, "scripts/npm-tools scripts/accessibility"))
	text, err := os.ReadFile(filepath.Join(printed[strings.LastIndex(printed, "\n")+1:], "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// found runs axe in the page, and returns what is wrong with it.
const found = `axe.run({resultTypes: ["violations"]}).then((r) =>
	r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.map((n) => n.target.join(" ")).join(", ")).join("\n") +
	(document.documentElement.scrollWidth > innerWidth ? "\nthe page scrolls sideways" : ""))`

// background tells which color the page has in the scheme: the pages have two.
const background = `getComputedStyle(document.body).backgroundColor`

// awaited waits for the promise.
func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// lookAt looks at pages with axe-core in light and dark, wide and narrow.
func lookAt(t *testing.T, tab *browser.Tab, source, base string, paths ...string) {
	t.Helper()
	colors := map[string]string{}
	for _, path := range paths {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1300, 320} {
				var wrong, color string
				tab.Run("look at "+path,
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
					emulation.SetDeviceMetricsOverride(width, 1000, 1, false), devtools.SetBypassCSP(true),
					chromedp.Navigate(base+path), chromedp.WaitReady("main"), chromedp.Evaluate(source+";0", nil),
					chromedp.Evaluate(background, &color),
					chromedp.Evaluate(found, &wrong, awaited))
				if wrong != "" {
					t.Errorf("%s, %s, %d pixels: %s", path, scheme, width, wrong)
				}
				colors[scheme] = color
			}
		}
		if colors["light"] == colors["dark"] {
			t.Errorf("%s has the background %s, light and dark", path, colors["light"])
		}
	}
}

func TestPagesOfTheLoginAreAccessibleInLightAndDark(t *testing.T) {
	source := axe(t)
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{
		"TERMS_URL": "https://example.org/terms", "PRIVACY_URL": "https://example.org/privacy", "SESSION_QUOTA": "1",
	}))
	tab := browser.Open(t, s.Base)
	lookAt(t, tab, source, s.Base, "/ui/login?return_to=//evil.example", "/ui/login?provider=x", "/ui/login/callback?state=x&code=y",
		"/ui/logout", "/ui/register", "/ui/sessions")
	visit(t, s).logIn("newcomer", "/ui/") // the quota is used up
	logIn := func(path string) {
		tab.Run("log in", chromedp.Navigate(s.Base+path), chromedp.WaitVisible(`button[value="newcomer"]`),
			chromedp.Click(`button[value="newcomer"]`),
			chromedp.WaitReady(`link[href*="assets/style."]`), // of the server's pages; the provider's have another sheet
			chromedp.WaitReady("main h1"))
	}
	logIn("/ui/login")
	var wrong, heading string
	tab.Run("have too many sessions", chromedp.Text("h1", &heading), chromedp.Evaluate(source+";0", nil),
		chromedp.Evaluate(found, &wrong, awaited))
	if wrong != "" || heading != "Too many sessions" {
		t.Errorf("%q: %s", heading, wrong)
	}
	logIn("/ui/login?end_others=true")
	lookAt(t, tab, source, s.Base, "/ui/register", "/ui/sessions", "/ui/logout")
}

// A choice among several providers, a login without one, and a refusal by the rate.
func TestOtherPagesOfTheLoginAreAccessible(t *testing.T) {
	source := axe(t)
	providers := filepath.Join(t.TempDir(), "providers.yaml")
	text := `providers:
  - {issuer: "http://127.0.0.1:1", name: One, client_id: a}
  - {issuer: "http://127.0.0.1:2", name: Two, client_id: b}
`
	if err := os.WriteFile(providers, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"OIDC_PROVIDERS_FILE": providers, "RATE_WRITES": "1/24h"}))
	lookAt(t, browser.Open(t, s.Base), source, s.Base, "/ui/login", "/ui/login?provider=http://127.0.0.1:1", "/ui/login/callback")
}
