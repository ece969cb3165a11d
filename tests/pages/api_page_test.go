package pages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/browser"
	"github.com/eosc-perf/backend/tests/harness"
)

// TestAPIPageInABrowser: Chromium, which reaches nothing but the server, shows
// all operations, asks as an account after one click, and with a token pasted in.
func TestAPIPageInABrowser(t *testing.T) {
	for name, prefix := range map[string]string{"no prefix": "", "behind a prefix": "/api/v1"} {
		t.Run(name, func(t *testing.T) {
			s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": prefix + "/"}))
			page := browser.Open(t, s.Base)
			var status, filled, shownText string
			page.Run("open the page", chromedp.Navigate(s.Base+prefix+"/"), chromedp.WaitVisible("#operations-users-GetSelf"),
				chromedp.WaitVisible(`.information-container a[href$="`+prefix+`/docs/"]`))
			shown := page.Operations()
			for _, o := range harness.Operations {
				if !slices.Contains(shown, o.ID) {
					t.Errorf("the page does not show %s: %v", o.ID, shown)
				}
			}

			page.Run(
				"click alice", chromedp.Click(`#accounts button[data-account="alice"]`),
				chromedp.WaitReady(`#accounts button[aria-pressed="true"]`),
			)
			page.Run("unfold GetSelf", chromedp.Click("#operations-users-GetSelf .opblock-summary-control"))
			if got := page.Execute("GetSelf"); !strings.Contains(got, `"sub": "alice"`) {
				t.Errorf("GetSelf after a click on alice shows\n%s", got)
			}

			page.Run(
				"log out in the dialog", chromedp.Click(".auth-wrapper .authorize"),
				chromedp.Click(".auth-container .auth-btn-wrapper button:not(.btn-done)"),
			)
			page.Run("see that nobody is logged in", chromedp.WaitReady(`#accounts:not(:has(button[aria-pressed="true"]))`),
				chromedp.Evaluate(`document.getElementById("token-status").textContent`, &status))
			if status != "Requests bear no token." {
				t.Errorf("after the logout the page says %q", status)
			}
			page.Run("paste a token of bob", chromedp.SendKeys("#auth-bearer-value", s.Token("bob")),
				chromedp.Click(".auth-container button[type=submit]"), chromedp.Click(".auth-container .btn-done"))
			if got := page.Execute("GetSelf"); !strings.Contains(got, `"sub": "bob"`) {
				t.Errorf("GetSelf with a token of bob pasted in shows\n%s", got)
			}
			page.Run("unfold CreateResult", chromedp.Click("#operations-results-CreateResult .opblock-summary-control"),
				chromedp.WaitVisible("#operations-results-CreateResult textarea"),
				chromedp.Evaluate(`document.querySelector("#operations-results-CreateResult textarea").value`, &filled),
				chromedp.Evaluate(`document.querySelector("#operations-results-CreateResult textarea").placeholder`, &shownText))
			if filled != "" || !strings.Contains(shownText, `"score": 567.9`) {
				t.Errorf("the body of CreateResult is filled with %q, and its example is %q", filled, shownText)
			}
			page.Run("unfold all operations",
				chromedp.Evaluate(`document.querySelectorAll('.opblock:not(.is-open) .opblock-summary-control').forEach((one) => one.click())`, nil),
				chromedp.WaitReady(`body:not(:has(.opblock:not(.is-open)))`),
				chromedp.Evaluate(`{
					const fields = [...document.querySelectorAll(".opblock :is(.parameters, .opblock-section-request-body)"
						+ " :is(input, select, textarea)")];
					fields.length > 100 ? fields.filter((field) => field.value !== "" && field.value !== "--"
						&& !field.closest(".content-type-wrapper, .body-param-content-type"))
						.map((field) => field.closest(".opblock").id + ": " + field.value).join("\n") : fields.length + " fields, want all";
				}`, &filled),
				chromedp.Evaluate(`JSON.stringify([localStorage, sessionStorage, document.cookie, location.href]) + document.body.innerText`,
					&shownText))
			if filled != "" {
				t.Errorf("these fields are filled:\n%s", filled)
			}
			if strings.Contains(shownText, s.Token("bob")) || strings.Contains(shownText, "curl -X") {
				t.Error("the page or the storage of the browser shows a token")
			}
			page.ExpectNothingWrong()
		})
	}
}
