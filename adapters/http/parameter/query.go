package parameter

import (
	"maps"
	"net/url"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/problem"
)

// Set is the parameters of one operation.
type Set struct {
	parameters map[string]Parameter
	required   []string
	limits     Limits
}

// NewSet returns the set of the parameters, whose names are different.
func NewSet(limits Limits, parameters ...Parameter) *Set {
	s := &Set{parameters: map[string]Parameter{}, limits: limits}
	for _, p := range parameters {
		if s.parameters[p.Name()] != nil {
			panic("two parameters have the name " + p.Name())
		}
		s.parameters[p.Name()] = p
		if p.Describe().Required {
			s.required = append(s.required, p.Name())
		}
	}
	return s
}

// Values are the parsed values of one query. Parameters return their value from it.
type Values struct {
	set    *Set
	parsed map[string]any
	given  url.Values
}

// Canonical is the query in a form that is the same for the same keys and values, without some of
// the keys.
func (v Values) Canonical(without ...string) string {
	given := maps.Clone(v.given)
	for _, key := range without {
		delete(given, key)
	}
	return given.Encode()
}

// get returns the value of the parameter, nil if the query has none. It panics if the
// operation does not declare the parameter.
func (v Values) get(p Parameter) any {
	value, ok := v.parsed[p.Name()]
	if !ok && v.set.parameters[p.Name()] != p {
		panic("the operation does not declare the parameter " + p.Name())
	}
	return value
}

// Parse parses a raw query. If a value is invalid, the errors of all values are
// returned, by key.
func (s *Set) Parse(raw string) (Values, problem.FieldErrors) {
	errs := problem.FieldErrors{}
	given, err := url.ParseQuery(plainKeys(raw))
	if err != nil {
		errs.Add("_schema", "Malformed query string.")
		return Values{}, errs
	}
	v := Values{set: s, given: given}
	if len(given) > 0 {
		v.parsed = make(map[string]any, len(given))
	}
	excluded := problem.FieldErrors{}
	for key, texts := range given {
		p := s.parameters[key]
		if p == nil {
			errs.Add(strings.ToValidUTF8(key, "\uFFFD"), problem.UnknownField)
			continue
		}
		value, wrong := p.parse(texts, s.limits)
		if wrong != nil {
			errs[key] = wrong
		}
		v.parsed[key] = value
		others, message := p.excludes()
		for _, other := range others {
			if _, ok := given[other]; ok {
				excluded.Add(other, message)
			}
		}
	}
	maps.Copy(errs, excluded)
	for _, key := range s.required {
		if _, ok := given[key]; !ok {
			errs.Add(key, problem.MissingField)
		}
	}
	return v, errs
}

// plainKeys turns `x[]=a` into `x=a`, and escapes `;`, which the standard library
// refuses as a separator.
func plainKeys(raw string) string {
	if !strings.ContainsAny(raw, ";[") && !strings.Contains(raw, "%5B") && !strings.Contains(raw, "%5b") {
		return raw
	}
	pairs := strings.Split(strings.ReplaceAll(raw, ";", "%3B"), "&")
	for i, pair := range pairs {
		key, value, hasValue := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(key); err == nil && strings.HasSuffix(name, "[]") {
			pairs[i] = url.QueryEscape(strings.TrimSuffix(name, "[]"))
			if hasValue {
				pairs[i] += "=" + value
			}
		}
	}
	return strings.Join(pairs, "&")
}
