package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TestAPIPageInABrowser: Chromium, which reaches nothing but the server, shows
// all operations, asks as an account after one click, and with a token pasted in.
func TestAPIPageInABrowser(t *testing.T) {
	for name, prefix := range map[string]string{"no prefix": "", "behind a prefix": "/api/v1"} {
		t.Run(name, func(t *testing.T) {
			s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "BACKEND_ROUTE": prefix + "/"})
			page := openBrowser(t, s.base)
			page.run("open the page", chromedp.Navigate(s.base+prefix+"/"), chromedp.WaitVisible("#operations-users-GetSelf"),
				chromedp.WaitVisible(`.information-container a[href$="`+prefix+`/docs/"]`))
			shown := page.operations()
			for _, o := range operations {
				if !slices.Contains(shown, o.id) {
					t.Errorf("the page does not show %s: %v", o.id, shown)
				}
			}

			page.run("click alice", chromedp.Click(`#accounts button[data-account="alice"]`), chromedp.WaitReady(`#accounts button[aria-pressed="true"]`))
			page.run("unfold GetSelf", chromedp.Click("#operations-users-GetSelf .opblock-summary-control"))
			if got := page.execute("GetSelf"); !strings.Contains(got, `"sub": "alice"`) {
				t.Errorf("GetSelf after a click on alice shows\n%s", got)
			}

			page.run("log out in the dialog", chromedp.Click(".auth-wrapper .authorize"), chromedp.Click(".auth-container .auth-btn-wrapper button:not(.btn-done)"))
			page.run("paste a token of bob", chromedp.SendKeys("#auth-bearer-value", s.token("bob")),
				chromedp.Click(".auth-container button[type=submit]"), chromedp.Click(".auth-container .btn-done"))
			if got := page.execute("GetSelf"); !strings.Contains(got, `"sub": "bob"`) {
				t.Errorf("GetSelf with a token of bob pasted in shows\n%s", got)
			}
			page.complain()
		})
	}
}

// browser is a tab of Chromium, and what went wrong in it.
type browser struct {
	t     *testing.T
	tab   context.Context
	base  string
	mutex sync.Mutex
	wrong []string
}

// openBrowser starts Chromium with a profile of its own, cut off from all but
// this server.
func openBrowser(t *testing.T, base string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.WSURLReadTimeout(time.Minute), chromedp.WindowSize(1300, 1000),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium has none for root
	)
	options = append(options, more...)
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{t: t, tab: tab, base: base}
	chromedp.ListenTarget(tab, b.watch)
	b.run("start Chromium", network.Enable(), runtime.Enable(), log.Enable())
	return b
}

// chromium is the path of the browser; the script says what to do where there is none.
func chromium(t *testing.T) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "../../scripts/chromium")
	var says strings.Builder
	command.Stderr = &says
	path, err := command.Output()
	if err != nil {
		t.Fatalf("scripts/chromium: %v\n%s", err, says.String())
	}
	return strings.TrimSpace(string(path))
}

// watch notes requests to others, requests that fail, and errors on the console.
func (b *browser) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme != "data" && u.Scheme != "blob" && u.Scheme+"://"+u.Host != b.base {
			b.note("request to another server: %s", e.Request.URL)
		}
	case *network.EventLoadingFailed:
		b.note("request failed: %s", e.ErrorText)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			b.note("%s answers %d", e.Response.URL, e.Response.Status)
		}
	case *runtime.EventExceptionThrown:
		b.note("exception: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			for _, argument := range e.Args {
				b.note("console: %s %s", argument.Value, argument.Description)
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			b.note("log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	}
}

func (b *browser) note(format string, values ...any) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.wrong = append(b.wrong, fmt.Sprintf(format, values...))
}

// complain fails the test for all that went wrong.
func (b *browser) complain() {
	b.t.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, wrong := range b.wrong {
		b.t.Errorf("the page: %s", wrong)
	}
}

func (b *browser) run(what string, actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.tab, actions...); err != nil {
		b.complain()
		b.t.Fatalf("%s: %v", what, err)
	}
}

// operations are the ids of those that the page shows.
func (b *browser) operations() []string {
	b.t.Helper()
	var ids []string
	b.run("list the operations", chromedp.Evaluate(`Array.from(document.querySelectorAll(".opblock"), (o) => o.id.split("-").pop())`, &ids))
	return ids
}

// execute clicks on Execute and returns the body of the answer that is shown.
func (b *browser) execute(operation string) string {
	b.t.Helper()
	block := "#operations-users-" + operation
	var body string
	b.run("execute "+operation, chromedp.Click(block+" .execute"), chromedp.Text(block+" .live-responses-table .highlight-code code", &body))
	b.run("clear the answer", chromedp.Click(block+" .btn-clear"), chromedp.WaitNotPresent(block+" .live-responses-table"))
	return body
}
