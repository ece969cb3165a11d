package jsonschema

import (
	"fmt"

	"github.com/eosc-perf/backend/adapters/jsonschema/pattern"
	"github.com/eosc-perf/backend/core/document"
)

// required is the keyword required, or one member of dependentRequired or dependencies.
type required struct {
	names []string
	// with is the member with which the others are required; only if conditional.
	with        string
	conditional bool
}

func compileRequired(p part, value document.Value) {
	if names := textsOf(value); len(names) > 0 {
		p.assert("required", &required{names: names})
	}
}

func compileDependentRequired(p part, value document.Value) {
	for i := range memberCount(value) {
		p.assert("dependentRequired", &required{names: textsOf(value.Item(i)), with: value.Name(i), conditional: true})
	}
}

// memberCount returns the number of members of an object, 0 for another value.
func memberCount(value document.Value) int {
	if value.Kind() != document.Object {
		return 0
	}
	return value.Len()
}

func (r *required) missing(e *evaluation, value document.Value) []string {
	if value.Kind() != document.Object {
		return nil
	}
	if _, ok := value.Find(r.with); r.conditional && !ok {
		return nil
	}
	e.step(len(r.names))
	var missing []string
	for _, name := range r.names {
		if _, ok := value.Find(name); !ok {
			missing = append(missing, name)
			if e.quiet() {
				break
			}
		}
	}
	return missing
}

func (r *required) holds(e *evaluation, value document.Value) bool {
	return len(r.missing(e, value)) == 0
}

func (r *required) message(e *evaluation, value document.Value) string {
	missing := r.missing(e, value)
	switch {
	case r.conditional:
		return fmt.Sprintf("properties %s required, if %s exists", quoteAll(missing), quote(beginning(r.with)))
	case len(missing) == 1:
		return "missing property " + quoteAll(missing)
	}
	return "missing properties " + quoteAll(missing)
}

// dependentSchema is one member of dependentSchemas or dependencies.
type dependentSchema struct {
	with   string
	schema *schema
}

func compileDependentSchemas(p part, value document.Value) {
	for i := range memberCount(value) {
		p.apply(&dependentSchema{value.Name(i), p.member("dependentSchemas", value.Name(i), value.Item(i))})
	}
}

func compileDependencies(p part, value document.Value) {
	for i := range memberCount(value) {
		if name, dependency := value.Name(i), value.Item(i); dependency.Kind() == document.Array {
			p.assert("dependencies", &required{names: textsOf(dependency), with: name, conditional: true})
		} else {
			p.apply(&dependentSchema{name, p.member("dependencies", name, dependency)})
		}
	}
}

func (d *dependentSchema) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	if _, ok := value.Find(d.with); !ok {
		return true
	}
	return e.apply(d.schema, value, seen)
}

func (*dependentSchema) inPlace() []*schema { return nil }

// members are the keywords properties, patternProperties and additionalProperties.
type members struct {
	named      map[string]*schema
	patterns   []patternMember
	additional *schema
}

// patternMember is one member of patternProperties.
type patternMember struct {
	pattern *pattern.Pattern
	schema  *schema
}

// members returns the applicator for members of the schema that is compiled.
func (p part) members() *members {
	for _, a := range p.schema.applicators {
		if m, ok := a.(*members); ok {
			return m
		}
	}
	m := &members{named: map[string]*schema{}}
	p.apply(m)
	return m
}

func compileProperties(p part, value document.Value) {
	m := p.members()
	for i := range memberCount(value) {
		m.named[value.Name(i)] = p.member("properties", value.Name(i), value.Item(i))
	}
}

func compilePatternProperties(p part, value document.Value) {
	m := p.members()
	for i := range memberCount(value) {
		source := value.Name(i)
		if compiled := p.pattern(p.schema.place+"/patternProperties/"+escape(source), source); compiled != nil {
			m.patterns = append(m.patterns, patternMember{compiled, p.member("patternProperties", source, value.Item(i))})
		}
	}
}

func compileAdditionalProperties(p part, _ document.Value) {
	p.members().additional = p.child("additionalProperties")
}

func (m *members) apply(e *evaluation, s *schema, value document.Value, seen *evaluated) bool {
	if value.Kind() != document.Object {
		return true
	}
	ok := true
	var refused []string
	for i := range value.Len() {
		e.step(1)
		name, member := value.Name(i), value.Item(i)
		matched, valid := m.applyNamed(e, name, member)
		if !matched && m.additional != nil {
			matched = true
			if m.additional.truth == alwaysFalse {
				valid = false
				refused = append(refused, name)
			} else {
				valid = e.applyTo(m.additional, step{name, noIndex}, member)
			}
		}
		if !valid {
			ok = false
			if e.quiet() {
				return false
			}
		}
		if matched {
			seen.add(i, value.Len())
		}
	}
	if len(refused) > 0 {
		return e.violated(s, "additionalProperties", "additional properties %s not allowed", quoteAll(refused))
	}
	return ok
}

// applyNamed applies the schemas that a name has, itself or by patterns. matched is
// false if there is none.
func (m *members) applyNamed(e *evaluation, name string, member document.Value) (matched, valid bool) {
	valid = true
	if named := m.named[name]; named != nil {
		matched, valid = true, e.applyTo(named, step{name, noIndex}, member)
	}
	for _, p := range m.patterns {
		if e.matches(p.pattern, name) {
			matched = true
			valid = e.applyTo(p.schema, step{name, noIndex}, member) && valid
		}
	}
	return matched, valid
}

func (*members) inPlace() []*schema { return nil }

// names is the keyword propertyNames.
type names struct{ schema *schema }

func compilePropertyNames(p part, _ document.Value) { p.apply(&names{p.child("propertyNames")}) }

func (n *names) apply(e *evaluation, s *schema, value document.Value, _ *evaluated) bool {
	if value.Kind() != document.Object {
		return true
	}
	ok := true
	for i := range value.Len() {
		name := document.Text(value.Name(i))
		if e.satisfiesName(n.schema, name) {
			continue
		}
		ok = e.violatedBecause(s, "propertyNames", "invalid propertyName "+quote(beginning(name.Text())),
			func() []func() { return []func(){func() { e.applyName(n.schema, name) }} })
		if e.quiet() {
			return false
		}
	}
	return ok
}

func (e *evaluation) satisfiesName(s *schema, name document.Value) bool {
	e.muted++
	ok := e.applyName(s, name)
	e.muted--
	return ok
}

// applyName applies a schema to a name. The place of a violation is the object.
func (e *evaluation) applyName(s *schema, name document.Value) bool {
	outer := e.value
	e.values++
	e.value = e.values
	ok := e.apply(s, name, nil)
	e.value = outer
	return ok
}

func (*names) inPlace() []*schema { return nil }

// unevaluatedMembers is the keyword unevaluatedProperties.
type unevaluatedMembers struct{ schema *schema }

func compileUnevaluatedProperties(p part, _ document.Value) {
	p.schema.unevaluated = append(p.schema.unevaluated, &unevaluatedMembers{p.child("unevaluatedProperties")})
}

func (u *unevaluatedMembers) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	if value.Kind() != document.Object {
		return true
	}
	ok := true
	for i := range value.Len() {
		e.step(1)
		if !seen.has(i) && !e.applyTo(u.schema, step{value.Name(i), noIndex}, value.Item(i)) {
			if ok = false; e.quiet() {
				return false
			}
		}
	}
	seen.addAll()
	return ok
}

func (*unevaluatedMembers) inPlace() []*schema { return nil }
