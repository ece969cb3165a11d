package login_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/browser"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// inChromium logs in and out at the other provider. Chromium applies the policies of all
// pages, form-action at redirects too, and says on its console what they forbid.
func (d *deployment) inChromium(t *testing.T) {
	tab := browser.Open(t, d.public)
	tab.Permit(d.provider.issuer)
	var name, place, cookies string
	tab.Run("log in at the provider", chromedp.Navigate(d.public+"/ui/"), chromedp.Click(`.me a[href*="login"]`),
		chromedp.WaitVisible(`input[name="login"]`), chromedp.SendKeys(`input[name="login"]`, "fay"),
		chromedp.SendKeys(`input[name="password"]`, "x"), chromedp.Click(`button[type="submit"]`),
		chromedp.WaitVisible(`input[name="prompt"][value="consent"] ~ button, form:has(input[value="consent"]) button`),
		chromedp.Click(`form:has(input[value="consent"]) button`))
	tab.Run("register", chromedp.WaitVisible(`form[action$="/ui/register"] button`), chromedp.Click(`form[action$="/ui/register"] button`),
		chromedp.WaitVisible(`.me a[href$="my"]`), chromedp.Text(".me form", &name), chromedp.Location(&place),
		chromedp.Evaluate("document.cookie", &cookies))
	if !strings.Contains(name, "Fay of the other provider") || place != d.public+"/ui/" || cookies != "" {
		t.Errorf("after the login: %q at %s, scripts see the cookies %q", name, place, cookies)
	}
	tab.Run(
		"log out here, and at the provider",
		chromedp.Click(`.me form button`), chromedp.WaitVisible(`main a.button[href*="/session/end"]`),
		chromedp.Click(`main a.button[href*="/session/end"]`), chromedp.WaitVisible(`button[name="logout"]`),
		chromedp.Click(`button[name="logout"]`), chromedp.WaitVisible(`main [role="status"]`), chromedp.Location(&place),
	)
	if !strings.HasPrefix(place, d.public+"/ui/logout") {
		t.Errorf("the logout leads to %s", place)
	}
	tab.ExpectNothingWrong(d.provider.issuer, "fonts.googleapis.com", "ERR_NAME_NOT_RESOLVED") // the provider's pages are its own
}

func TestLoginInChromiumAtTheDevelopmentProvider(t *testing.T) {
	for name, prefix := range map[string]string{"no prefix": "", "behind a prefix": "/api/v1"} {
		t.Run(name, func(t *testing.T) {
			s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": prefix + "/"}))
			tab := browser.Open(t, s.Base)
			var shown, place string
			tab.Run("log in", chromedp.Navigate(s.Base+prefix+"/ui/"), chromedp.Click(`.me a[href*="login"]`),
				chromedp.WaitVisible(`button[value="alice"]`), chromedp.Click(`button[value="alice"]`),
				chromedp.WaitVisible(`.me form button`), chromedp.Text(".me", &shown), chromedp.Location(&place))
			if !strings.Contains(shown, "Alice Uploader") || place != s.Base+prefix+"/ui/" {
				t.Errorf("after the login: %q at %s", shown, place)
			}
			tab.Run("log out here and there", chromedp.Click(`.me form button`), chromedp.WaitVisible(`main a.button[href*="/end_session"]`),
				chromedp.Click(`main a.button[href*="/end_session"]`), chromedp.WaitVisible(`main [role="status"]`), chromedp.Location(&place))
			if !strings.HasPrefix(place, s.Base+prefix+"/ui/logout") {
				t.Errorf("the logout leads to %s", place)
			}
			tab.ExpectNothingWrong()
		})
	}
}

func TestAPIPageGetsATokenByTheCodeFlow(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	tab := browser.Open(t, s.Base)
	var stored string
	tab.Run("open the page", chromedp.Navigate(s.Base+"/"), chromedp.WaitVisible("#operations-users-GetSelf"))
	tab.Popup("authorize", "/dev/oidc/login", chromedp.Click("#logins button"),
		chromedp.WaitVisible(`button[value="bob"]`), chromedp.Click(`button[value="bob"]`))
	tab.Run("have a token", chromedp.Poll(`document.getElementById("token-status").textContent.includes("the person who logged in")`, nil),
		chromedp.Click("#operations-users-GetSelf .opblock-summary-control"))
	if got := tab.Execute("GetSelf"); !strings.Contains(got, `"sub": "bob"`) {
		t.Errorf("GetSelf shows\n%s", got)
	}
	tab.Run("look for the token", chromedp.Evaluate(
		`JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie + location.href`, &stored))
	if strings.Contains(stored, "eyJ") || strings.Contains(stored, "code=") {
		t.Errorf("the browser stores %s", stored)
	}
	tab.ExpectNothingWrong()
}

// TestAPIPageHearsOnlyTheProviderItAsked: this provider names itself in its answers (RFC 9207). The
// page exchanges no code that another provider or nobody names, or that has another state, and waits
// for the right one.
func TestAPIPageHearsOnlyTheProviderItAsked(t *testing.T) {
	port := process.FreePort(t)
	public := "http://127.0.0.1:" + port
	provider := startProvider(t, public)
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{
		"LISTEN_ADDRESS": "127.0.0.1:" + port, "PUBLIC_URL": public, "SECRET_KEY": key,
		"OIDC_CLIENT_ID": "public", "OIDC_ISSUER": provider.issuer, "TRUSTED_OP_LIST": provider.issuer,
	}))
	tab := browser.Open(t, s.Base)
	tab.Permit(provider.issuer)
	answers := fmt.Sprintf(`(() => {
		crypto.getRandomValues = (bytes) => bytes.fill(7);
		const state = btoa("\x07".repeat(32)).replace(/=+$/, ""), code = "another", iss = %q;
		const channel = new BroadcastChannel("eosc-perf-api-login");
		setInterval(() => [
			{state, code}, {state, code, iss: ""}, {state, code, iss: "https://another.example"}, {state, code, iss: iss + "/realm"},
			{state: "another", code, iss}, {code, iss}, {state, error: "access_denied"}, null, "code",
		].forEach((answer) => channel.postMessage(answer)), 20);
	})()`, provider.issuer)
	tab.Run("open the page, and answer what its next login does not wait for",
		chromedp.Navigate(s.Base+"/"), chromedp.WaitVisible("#operations-users-GetSelf"), chromedp.Evaluate(answers, nil))
	tab.Popup("log in", "/interaction/", chromedp.Click("#logins button"),
		chromedp.WaitVisible(`input[name="login"]`), chromedp.SendKeys(`input[name="login"]`, "ivy"),
		chromedp.SendKeys(`input[name="password"]`, "x"), chromedp.Click(`button[type="submit"]`),
		chromedp.WaitVisible(`form:has(input[value="consent"]) button`), chromedp.Click(`form:has(input[value="consent"]) button`))
	var status string
	tab.Run("have a token", chromedp.Poll(`document.getElementById("token-status").textContent !== "Requests bear no token."`, nil),
		chromedp.Text("#token-status", &status))
	if !strings.Contains(status, "the person who logged in") {
		t.Errorf("the page says %q", status)
	}
	tab.ExpectNothingWrong()
}
