package jsonschema

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// evaluation is the validation of one document. Its work is bounded by its clock, its
// recursion by maxApplied, its memory by maxViolations and the size of the document.
type evaluation struct {
	*clock
	// path leads to the value that is looked at.
	path []step
	// value numbers the value that is looked at: no two have the same number.
	value, values int
	// scope are the resources that were entered, for dynamic references.
	scope []*resource
	// applied has, for schemas that a reference leads to, the value that they are
	// applied to at the moment.
	applied map[*schema]int
	depth   int

	// violations are those that were found, at most so many.
	violations []violation
	most       int
	// muted counts the reasons for not adding violations: whether the value satisfies
	// a schema is all that matters then.
	muted int
	// level counts the violations that are being explained.
	level int

	// dialects has the schema by which the schema at a JSON Pointer of the document is
	// checked; nil unless the document is a schema with several drafts.
	dialects map[string]*schema
	// prefix is the JSON Pointer of the document, if it is part of a schema.
	prefix string
}

// step is one token of a path: the name of a member, or the index of an item.
type step struct {
	name  string
	index int
}

const noIndex = -1

func newEvaluation(c *clock) *evaluation {
	return &evaluation{clock: c, most: maxViolations, applied: map[*schema]int{}}
}

// validate returns nil if the document satisfies the schema. Errors: *fault, or the
// error of a context that has ended.
func validate(s *schema, value document.Value, c *clock) error {
	c.limit("checking the document against the schema")
	e := newEvaluation(c)
	ok, err := e.run(s, value)
	switch {
	case len(e.violations) > 0:
		// This is certain even if not all of the document was looked at.
		first := e.first()
		return &fault{pointer: first.pointer(), text: first.message}
	case err != nil:
		return err
	case !ok:
		return &fault{text: "does not satisfy the schema"}
	}
	return nil
}

// violations returns what of the value does not satisfy the schema, at most limit.
func violations(s *schema, value document.Value, c *clock, limit int) ([]domain.Violation, error) {
	c.limit("checking the document against the schema")
	e := newEvaluation(c)
	e.most = limit
	ok, err := e.run(s, value)
	if len(e.violations) == 0 {
		if err == nil && !ok {
			err = &fault{text: "does not satisfy the schema"}
		}
		return nil, err
	}
	slices.SortStableFunc(e.violations, violation.compare)
	found, length := []domain.Violation{}, 0
	for _, one := range e.violations {
		if length += one.pointerLength(); length > maxPointers && len(found) > 0 {
			break
		}
		found = append(found, domain.Violation{Pointer: one.pointer(), Rule: one.keyword, Message: shorten(one.message)})
	}
	return found, nil
}

func (e *evaluation) run(s *schema, value document.Value) (ok bool, err error) {
	defer interrupted(&err)
	return e.apply(s, value, nil), nil
}

// apply tells whether the value satisfies the schema. It adds the members or items that
// the schema evaluates to seen, which may be nil.
func (e *evaluation) apply(s *schema, value document.Value, seen *evaluated) bool {
	e.step(1)
	switch {
	case s.truth == alwaysTrue:
		return true
	case s.truth == alwaysFalse:
		return e.violated(s, "false", "is not allowed here")
	case e.dialects != nil && s.resource.isDraft && s.resource.root == s:
		if other := e.dialects[e.prefix+pointerOf(e.path)]; other != nil && other != s {
			return e.applyDialect(other, value)
		}
	}
	if e.depth++; e.depth > maxApplied {
		panic(interruption{&fault{
			pointer: pointerOf(e.path),
			text:    fmt.Sprintf("checking the document applies more schemas inside each other than the limit of %d", maxApplied),
		}})
	}
	defer e.leave(len(e.scope))
	if n := len(e.scope); n == 0 || e.scope[n-1] != s.resource {
		e.scope = append(e.scope, s.resource)
	}
	if !s.referenced {
		return e.keywords(s, value, seen)
	}
	outer := e.applied[s]
	if outer == e.value+1 {
		return e.violated(s, "$ref", "the schema leads back to itself without getting further into the document")
	}
	e.applied[s] = e.value + 1
	ok := e.keywords(s, value, seen)
	e.applied[s] = outer
	return ok
}

// leave ends the application of a schema that began with so many resources.
func (e *evaluation) leave(resources int) {
	e.depth--
	e.scope = e.scope[:resources]
}

// applyDialect applies the schema of another draft, which has no part in the dynamic
// scope around.
func (e *evaluation) applyDialect(s *schema, value document.Value) bool {
	scope := e.scope
	e.scope = nil
	ok := e.apply(s, value, nil)
	e.scope = scope
	return ok
}

func (e *evaluation) keywords(s *schema, value document.Value, seen *evaluated) bool {
	for _, r := range s.gates {
		if !e.check(s, r, value) {
			return false
		}
	}
	ok := true
	for _, r := range s.assertions {
		if !e.check(s, r, value) {
			ok = false
			if e.quiet() {
				return false
			}
		}
	}
	own := seen
	if len(s.unevaluated) > 0 {
		own = &evaluated{}
	}
	for _, a := range s.applicators {
		if !a.apply(e, s, value, own) {
			ok = false
			if e.quiet() {
				return false
			}
		}
	}
	if !ok {
		return false
	}
	for _, a := range s.unevaluated {
		ok = a.apply(e, s, value, own) && ok
	}
	if own != seen {
		seen.merge(own)
	}
	return ok
}

// check tells whether a rule holds, and adds a violation if it does not.
func (e *evaluation) check(s *schema, r rule, value document.Value) bool {
	if r.assertion.holds(e, value) {
		return true
	}
	if !e.quiet() {
		e.violated(s, r.keyword, "%s", r.assertion.message(e, value))
	}
	return false
}

// applyTo applies a schema to a member or an item of the value.
func (e *evaluation) applyTo(s *schema, at step, value document.Value) bool {
	outer := e.value
	e.values++
	e.value = e.values
	e.path = append(e.path, at)
	ok := e.apply(s, value, nil)
	e.path = e.path[:len(e.path)-1]
	e.value = outer
	return ok
}

// satisfies applies a schema without adding violations.
func (e *evaluation) satisfies(s *schema, value document.Value, seen *evaluated) bool {
	e.muted++
	ok := e.apply(s, value, seen)
	e.muted--
	return ok
}

// quiet tells that no violations are added: then the first one ends the work.
func (e *evaluation) quiet() bool { return e.muted > 0 || len(e.violations) >= e.most }

// pointerOf writes a path as a JSON Pointer (RFC 6901).
func pointerOf(path []step) string {
	var pointer []byte
	for _, at := range path {
		pointer = append(pointer, '/')
		if at.index == noIndex {
			pointer = append(pointer, escape(at.name)...)
		} else {
			pointer = strconv.AppendInt(pointer, int64(at.index), 10)
		}
	}
	return string(pointer)
}
