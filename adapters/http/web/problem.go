package web

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// Why a page has no answer.
var (
	errNoPage    = problem.New(http.StatusNotFound, nil)
	errLongQuery = problem.New(http.StatusRequestURITooLong, nil)
	errOurFault  = errors.New("panic")
)

// problemView is the view model of the page of an error.
type problemView struct {
	Title, Text string
	// Advice is what to do.
	Advice string
	// Details are what is wrong in detail.
	Details   []string
	RequestID string
	// LogIn leads to the login if that helps; empty if it does not.
	LogIn Link
}

// recover answers 500 where a page panics.
func (s *Site) recover(w http.ResponseWriter, r *Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	s.config.Log.ErrorContext(r.Context(), "panic", "cause", cause, "stack", string(debug.Stack()))
	s.problem(w, r, errOurFault)
}

// problem answers with the page of an error, or for another format with the API's form of it.
func (s *Site) problem(w http.ResponseWriter, r *Request, err error) {
	if wrong, ok := errors.AsType[*service.QueryError](err); ok {
		err = domain.Invalidf("%s: %s", wrong.Key, wrong.Message)
	}
	e := problem.From(r.Context(), s.config.Log, err)
	if e.Code == http.StatusUnauthorized {
		e.Code, e.Status = http.StatusForbidden, http.StatusText(http.StatusForbidden)
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	if r.Format != "" {
		e.Write(w)
		return
	}
	for key, values := range e.GetHeaders() {
		if key != "Www-Authenticate" {
			header[key] = values
		}
	}
	view := problemViews[e.Code]
	if view == nil {
		view = problemViews[http.StatusInternalServerError]
	}
	shown := *view
	shown.RequestID = middleware.RecordOf(r.Context()).RequestID
	shown.explain(e, r)
	if errors.Is(err, context.DeadlineExceeded) {
		shown.Text, shown.Advice = "This question reads too much; choose a benchmark.", "Or choose a site or a shorter time, or try again."
	}
	if e.Code == http.StatusForbidden && !r.Visitor.IsKnown() {
		shown.Title, shown.Text, shown.Advice, shown.Details = "Log in first", "This page is for people who have logged in.", "", nil
		shown.LogIn = s.frame(r, Page{}).LogIn
	}
	if errors.Is(err, errStarting) {
		shown.Title, shown.Text, shown.Details = "The server is starting", "Its pages come as soon as it is ready.", nil
		shown.Advice = "Go back in a minute, and send again: nothing was stored."
		if isReading(r.Method) {
			shown.Advice = "This page asks again every 5 seconds. After an upgrade that can take some minutes."
		}
	}
	page := Page{Template: "problem", Title: shown.Title, Status: e.Code, Model: shown}
	if err := page.send(s, w, r); err != nil {
		s.config.Log.ErrorContext(r.Context(), "internal error", "error", err)
		http.Error(w, shown.Text, e.Code)
	}
}

// explain adds what an error says, where the texts of its status do not say it.
func (v *problemView) explain(e *problem.Error, r *Request) {
	text, ok := e.Errors["error"].(string)
	switch {
	case !ok:
	case e.Code == http.StatusForbidden && r.refused.ID == "": // it is no administration
		v.Text, v.Advice = strings.TrimSuffix(text, ".")+".", ""
	case e.Code != http.StatusForbidden && e.Code != http.StatusNotFound && e.Code < http.StatusInternalServerError:
		v.Details = []string{text}
	}
}

// problemViews are the texts by status.
var problemViews = map[int]*problemView{
	http.StatusForbidden: {
		Title: "Not for you", Text: "Only administrators see this.",
		Advice: "If you should be one, ask the operator of this service.",
	},
	http.StatusNotFound: {
		Title: "No such page", Text: "There is nothing at this address.",
		Advice: "It may have been removed, or the address has a mistake.",
	},
	http.StatusMethodNotAllowed: {
		Title: "Not in this way", Text: "The page at this address takes no such request.",
		Advice: "Use the links and buttons of the pages. Programs: the header Allow names what the page takes.",
	},
	http.StatusConflict: {
		Title: "Something else came first", Text: "This cannot be done any more.", Advice: "Go back, and load the page again.",
	},
	http.StatusRequestURITooLong: {
		Title: "The address is too long", Text: "An address has at most 8 KB.", Advice: "Choose fewer values.",
	},
	http.StatusUnprocessableEntity: {
		Title: "This cannot be done", Text: "Something in the request is wrong.", Advice: "Go back, and correct it.",
	},
	http.StatusRequestEntityTooLarge: {
		Title: "This is too large", Text: "The server does not take so much at once.", Advice: "Go back, and send less at once.",
	},
	http.StatusTooManyRequests: {
		Title: "Too many requests", Text: "You have asked for many pages in a short time.", Advice: "Wait a few seconds, and try again.",
	},
	http.StatusServiceUnavailable: {
		Title: "Not now", Text: "A part of the service does not answer.", Advice: "Wait a minute, and try again. Nothing was lost.",
	},
	http.StatusInternalServerError: {
		Title: "Our mistake", Text: "The server could not make this page.",
		Advice: "Try again. If it stays, tell the operator the number below.",
	},
}
