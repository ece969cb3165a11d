package login_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/browser"
	"github.com/eosc-perf/backend/tests/harness"
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
