package web

import (
	"net/http"
	"slices"

	"github.com/eosc-perf/backend/core/domain"
)

// loginHint says what a visitor has to do before sending a form. The zero value: nothing.
type loginHint struct {
	Text string
	More anchor
}

// loginHint is the hint before an operation.
func (s *Site) loginHint(r *Request, operation domain.Operation) loginHint {
	switch {
	case r.Caller().May(operation) == nil:
		return loginHint{}
	case !r.Visitor.IsKnown():
		return loginHint{"Log in to send.", anchor{"Log in", s.frame(r, Page{}).LogIn}}
	case !r.Visitor.Registered:
		return loginHint{"Register to send: it takes one click.", anchor{"Register", s.frame(r, Page{}).Register}}
	}
	return loginHint{Text: "You may not send this: ask the operators of this service."}
}

// keptModel is the view model of the page that asks somebody to log in, and keeps the form.
type keptModel struct {
	loginHint

	// Fields are those of the form, which the page has in hidden fields.
	Fields []keptField
	Action Link
}

type keptField struct{ Name, Value string }

// logInFirst keeps a form over a login: it answers a page with a link, and no redirect, because
// browsers apply the policy for forms to redirects, too.
func (s *Site) logInFirst(r *Request, form formValues) (Answer, error) {
	s.keepForm(r, form)
	m := &keptModel{loginHint: s.loginHint(r, domain.CreateResult), Action: r.To(r.path[1:])}
	names := make([]string, 0, len(form.Values))
	for name := range form.Values {
		// The button belongs to this request: what is sent after the login is sent by its own.
		if name != "do" || form.Get("do") != "login" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range form.Values[name] {
			m.Fields = append(m.Fields, keptField{name, value})
		}
	}
	if r.Visitor.Registered { // and blocked: another login changes nothing
		return Page{Template: "kept", Title: "Not sent", Status: http.StatusForbidden, Model: m}, nil
	}
	return Page{Template: "kept", Title: "Log in to send", Model: m}, nil
}

// keepForm keeps a form in the session of the visitor, until the page is shown again. A form
// that is too long, or a visitor without a session, has the fields of the page instead.
func (s *Site) keepForm(r *Request, form formValues) {
	if s.config.KeepForm == nil {
		return
	}
	if err := s.config.KeepForm(r.Context(), r.writer, r.path, form.Values); err != nil {
		s.config.Log.InfoContext(r.Context(), "a form is not kept", "error", err)
	}
}

// takeForm returns the form that was kept for this page.
func (s *Site) takeForm(r *Request) (formValues, bool) {
	if s.config.TakeForm == nil || !r.Visitor.IsKnown() {
		return formValues{}, false
	}
	values, ok := s.config.TakeForm(r.Context(), r.writer, r.path)
	return formValues{values}, ok
}
