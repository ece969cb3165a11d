// Package browser looks at pages with Chromium, and notes everything that goes wrong in
// them.
package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/process"
)

// Tab is a tab of Chromium.
type Tab struct {
	t     testing.TB
	ctx   context.Context //nolint:containedctx // chromedp's handle of the tab is a context
	base  string
	mutex sync.Mutex
	wrong []string
	// others are the origins of other servers that pages may lead to.
	others []string
}

// Permit lets pages lead to other servers.
func (b *Tab) Permit(origins ...string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.others = append(b.others, origins...)
}

// isPermitted tells whether the origin is that of the server, or of a permitted one.
func (b *Tab) isPermitted(origin string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return origin == b.base || slices.Contains(b.others, origin)
}

// Popup does what the actions say in the window that open opens, once its address contains
// the part.
func (b *Tab) Popup(what, part string, open chromedp.Action, actions ...chromedp.Action) {
	b.t.Helper()
	opened := chromedp.WaitNewTarget(b.ctx, func(info *target.Info) bool { return strings.Contains(info.URL, part) })
	b.Run(what, open)
	select {
	case id := <-opened:
		popup, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
		b.t.Cleanup(cancel) // it closes the window, which may go on after the actions
		if err := chromedp.Run(popup, actions...); err != nil {
			b.ExpectNothingWrong()
			b.t.Fatalf("%s: in the window: %v", what, err)
		}
	case <-b.ctx.Done():
		b.ExpectNothingWrong()
		b.t.Fatalf("%s: no window with %s", what, part)
	}
}

// Open starts Chromium with a profile of its own, cut off from all but the server at the
// base URL, until the test ends.
func Open(t testing.TB, base string, more ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), process.Patience)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.WSURLReadTimeout(process.Patience), chromedp.WindowSize(1300, 1000),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("force-prefers-reduced-motion", true), // a page in transition takes no clicks
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium has none for root
	)
	options = append(options, more...)
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &Tab{t: t, ctx: tab, base: base}
	chromedp.ListenTarget(tab, b.watch)
	b.Run("start Chromium", network.Enable(), runtime.Enable(), log.Enable())
	return b
}

// chromium is the path of the browser; the script says what to do where there is none.
func chromium(t testing.TB) string {
	t.Helper()
	printed := strings.TrimSpace(process.Shell(t, "scripts/chromium"))
	return printed[strings.LastIndex(printed, "\n")+1:]
}

// watch notes requests to others, requests that fail, and errors on the console.
func (b *Tab) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme != "data" && u.Scheme != "blob" && !b.isPermitted(u.Scheme+"://"+u.Host) {
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

func (b *Tab) note(format string, values ...any) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.wrong = append(b.wrong, fmt.Sprintf(format, values...))
}

// ExpectNothingWrong fails the test for everything that went wrong so far, but for what has
// one of the texts.
func (b *Tab) ExpectNothingWrong(but ...string) {
	b.t.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, wrong := range b.wrong {
		if slices.ContainsFunc(but, func(text string) bool { return strings.Contains(wrong, text) }) {
			continue
		}
		b.t.Errorf("the page: %s", wrong)
	}
}

// Run does what the actions say, and fails the test, naming it by what, if one cannot be
// done.
func (b *Tab) Run(what string, actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.ExpectNothingWrong()
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Operations are the ids of those that the API page shows.
func (b *Tab) Operations() []string {
	b.t.Helper()
	var ids []string
	const list = `Array.from(document.querySelectorAll(".opblock"), (o) => o.id.split("-").pop())`
	b.Run("list the operations", chromedp.Evaluate(list, &ids))
	return ids
}

// Execute clicks, in the API page, on Execute of an operation about users, and returns
// the body of the answer that is shown.
func (b *Tab) Execute(operation string) string {
	b.t.Helper()
	block := "#operations-users-" + operation
	var body string
	// The page shows the button before it has read the operation, but not the responses.
	b.Run("wait for "+operation, chromedp.WaitVisible(block+" .responses-wrapper"))
	b.Run("execute "+operation, chromedp.Click(block+" .execute"), chromedp.Text(block+" .live-responses-table .highlight-code code", &body))
	b.Run("clear the answer", chromedp.Click(block+" .btn-clear"), chromedp.WaitNotPresent(block+" .live-responses-table"))
	return body
}
