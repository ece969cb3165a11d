package jsonschema

import (
	"github.com/eosc-perf/backend/core/document"
)

// truth is the value of a schema that is true or false.
type truth int

const (
	// dependsOnKeywords is for schemas that are objects.
	dependsOnKeywords truth = iota
	alwaysTrue
	alwaysFalse
)

// schema is a compiled schema. It is never changed after compilation.
type schema struct {
	resource *resource
	// place is its JSON Pointer in the source of the resource.
	place string
	truth truth
	// types, const and enum: where one does not hold, nothing else is looked at.
	gates []rule
	// assertions look at the value itself.
	assertions []rule
	// applicators apply subschemas to the value or to its parts.
	applicators []applicator
	// unevaluated are the applicators that depend on what all others have evaluated.
	unevaluated []applicator
	// referenced tells that a reference leads here: only then a schema can come to be
	// applied inside itself.
	referenced bool
}

// rule is an assertion under the name of its keyword.
type rule struct {
	keyword   string
	assertion assertion
}

// assertion is a keyword that depends on nothing but the value.
type assertion interface {
	// holds tells whether the value satisfies the keyword.
	holds(e *evaluation, value document.Value) bool
	// message says why a value does not satisfy the keyword.
	message(e *evaluation, value document.Value) string
}

// applicator is a keyword that applies schemas.
type applicator interface {
	// apply tells whether the value satisfies the keyword. It adds what is wrong to the
	// violations of the evaluation, and the members or items that it evaluates to seen,
	// which may be nil.
	apply(e *evaluation, s *schema, value document.Value, seen *evaluated) bool
	// inPlace returns the schemas that the keyword always applies to the value itself.
	inPlace() []*schema
}

// evaluated are the members of an object or the items of an array that a schema has
// evaluated, by their indexes. All methods do nothing for nil.
type evaluated struct {
	all  bool
	bits []uint64
}

const bitsOfWord = 64

func (m *evaluated) add(index, length int) {
	if m == nil || m.all {
		return
	}
	if m.bits == nil {
		m.bits = make([]uint64, (length+bitsOfWord-1)/bitsOfWord)
	}
	m.bits[index/bitsOfWord] |= 1 << (index % bitsOfWord)
}

func (m *evaluated) addAll() {
	if m != nil {
		m.all, m.bits = true, nil
	}
}

func (m *evaluated) has(index int) bool {
	return m != nil && (m.all || m.bits != nil && m.bits[index/bitsOfWord]&(1<<(index%bitsOfWord)) != 0)
}

// another returns an empty set for an alternative that may fail; nil for nil.
func (m *evaluated) another() *evaluated {
	if m == nil {
		return nil
	}
	return &evaluated{}
}

// merge adds what other has.
func (m *evaluated) merge(other *evaluated) {
	switch {
	case m == nil || other == nil || m.all:
	case other.all:
		m.addAll()
	case m.bits == nil:
		m.bits = other.bits
	default:
		for i, word := range other.bits {
			m.bits[i] |= word
		}
	}
}

// findLoop returns a schema that always applies itself to the same value, so that no
// value can ever satisfy it, or nil. Schemas are looked at in the given order.
func findLoop(schemas []*schema) *schema {
	under, done := map[*schema]bool{}, map[*schema]bool{}
	var visit func(s *schema) *schema
	visit = func(s *schema) *schema {
		switch {
		case done[s]:
			return nil
		case under[s]:
			return s
		}
		under[s] = true
		for _, keyword := range s.applicators {
			for _, next := range keyword.inPlace() {
				if loop := visit(next); loop != nil {
					return loop
				}
			}
		}
		done[s] = true
		return nil
	}
	for _, s := range schemas {
		if loop := visit(s); loop != nil {
			return loop
		}
	}
	return nil
}
