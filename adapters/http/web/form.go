package web

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/domain"
)

// formValues are the fields of a form as somebody sent them.
type formValues struct{ url.Values }

const (
	// formBytes bounds the forms without files, in bytes.
	formBytes = 256 << 10
	// schemaBytes bounds the form of a benchmark, which has a JSON Schema and an example.
	schemaBytes = 2 << 20
)

var (
	errLargeForm = problem.New(http.StatusRequestEntityTooLarge, map[string]any{
		"error": "A form has at most 256 KiB, the form of a benchmark 2 MiB, and a field beside files 64 KiB.",
	})
	errNoForm = problem.New(http.StatusUnprocessableEntity, map[string]any{"error": "The form could not be read."})
)

// form reads the fields of a form without files.
func (r *Request) form() (formValues, error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return formValues{}, errNoForm
	}
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return formValues{}, errLargeForm
		}
		return formValues{}, errNoForm
	}
	return formValues{r.PostForm}, nil
}

// formOf reads a form for an operation. Who has to log in or register first is told so, and the form is
// kept until then.
func (s *Site) formOf(operation domain.Operation, handle func(*Request, formValues) (Answer, error)) Handler {
	return func(r *Request) (Answer, error) {
		form, err := r.form()
		if err != nil {
			return nil, err
		}
		if s.loginHint(r, operation).Text != "" {
			return s.logInFirst(r, form)
		}
		return handle(r, form)
	}
}

// formAbout is formOf for an operation on what the id in the path names.
func (s *Site) formAbout(operation domain.Operation, handle func(*Request, uuid.UUID, formValues) (Answer, error)) Handler {
	return about(func(r *Request, id uuid.UUID) (Answer, error) {
		return s.formOf(operation, func(r *Request, form formValues) (Answer, error) { return handle(r, id, form) })(r)
	})
}

// Get returns the first value of a field as text that can be stored: browsers send line breaks
// as CR and LF.
func (f formValues) Get(name string) string {
	text := strings.ReplaceAll(f.Values.Get(name), "\r\n", "\n")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\x00", ""))
}

// optional is the text of a field, nil for an empty one.
func (f formValues) optional(name string) *string {
	if text := f.Get(name); text != "" {
		return &text
	}
	return nil
}

// fieldFault is what is wrong with a form: a sentence, and the field that it is about.
type fieldFault struct {
	// Field is the id of an element; empty for the form as a whole.
	Field, Text string
}

// faultsOf are the faults that an error of a use case tells; ok is false for an error that is
// not about what was sent. names leads from the fields of the API to those of the form.
func faultsOf(err error, names map[string]string) (faults []fieldFault, ok bool) {
	e, isDomain := errors.AsType[*domain.Error](err)
	// The form stays also if its sender has sent too much, or something does not answer now.
	about := []domain.Kind{domain.Invalid, domain.Conflict, domain.NotFound, domain.Limited, domain.Unavailable}
	if !isDomain || !slices.Contains(about, e.Kind) {
		return nil, false
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		for _, text := range e.Fields[field] {
			faults = append(faults, fieldFault{nameOr(names, field), text})
		}
	}
	if len(faults) == 0 {
		text := e.Message
		if e.Pointer != nil && *e.Pointer != "" {
			text = *e.Pointer + ": " + text
		}
		faults = append(faults, fieldFault{names[""], text})
	}
	return faults, true
}

func nameOr(names map[string]string, field string) string {
	if name, ok := names[field]; ok {
		return name
	}
	return field
}

// failed answers a form again, with what is wrong; an error that is not about the form stays an
// error.
func failed(err error, names map[string]string, again func([]fieldFault) (Answer, error)) (Answer, error) {
	if faults, ok := faultsOf(err, names); ok {
		return again(faults)
	}
	return nil, err
}
