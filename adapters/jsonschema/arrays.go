package jsonschema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/document"
)

// items are the keywords for the items of an array by their indexes: prefixItems and
// items, or items and additionalItems of drafts before 2020-12.
type items struct {
	prefix []*schema
	// rest is for all other items; nil if there is no schema for them.
	rest *schema
}

func compilePrefixItems(p part, _ document.Value) {
	p.apply(&items{prefix: p.list("prefixItems")})
}

// compileItems2020 completes what compilePrefixItems began.
func compileItems2020(p part, _ document.Value) {
	for _, a := range p.schema.applicators {
		if i, ok := a.(*items); ok {
			i.rest = p.child("items")
			return
		}
	}
	p.apply(&items{rest: p.child("items")})
}

func compileItems(p part, value document.Value) {
	if value.Kind() == document.Array {
		p.apply(&items{prefix: p.list("items"), rest: p.child("additionalItems")})
		return
	}
	p.apply(&items{rest: p.child("items")})
}

func (i *items) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	if value.Kind() != document.Array {
		return true
	}
	ok := true
	for at := range value.Len() {
		one := i.rest
		if at < len(i.prefix) {
			one = i.prefix[at]
		}
		if one == nil {
			break
		}
		if !e.applyTo(one, step{index: at}, value.Item(at)) {
			if ok = false; e.quiet() {
				return false
			}
		}
		seen.add(at, value.Len())
	}
	return ok
}

func (*items) inPlace() []*schema { return nil }

// contains are the keywords contains, minContains and maxContains.
type contains struct {
	schema *schema
	// minimum is 1 without minContains.
	minimum  int
	maximum  int
	explicit bool
	bounded  bool
}

func compileContains(p part, _ document.Value) {
	c := &contains{schema: p.child("contains"), minimum: 1}
	if p.schema.resource.draft.version >= draft2019.version {
		if n, ok := p.integer("minContains"); ok {
			c.minimum, c.explicit = n, true
		}
		c.maximum, c.bounded = p.integer("maxContains")
	}
	p.apply(c)
}

// namedItems is how many items a message names.
const namedItems = 20

func (c *contains) apply(e *evaluation, s *schema, value document.Value, seen *evaluated) bool {
	if value.Kind() != document.Array {
		return true
	}
	if s.resource.draft.version < draft2020.version {
		seen = nil
	}
	count, matched := 0, []string{}
	for i := range value.Len() {
		if !e.satisfiesItem(c.schema, i, value.Item(i)) {
			continue
		}
		if count++; count <= namedItems {
			matched = append(matched, strconv.Itoa(i))
		}
		seen.add(i, value.Len())
		// More is not of interest, unless a message or an annotation needs all.
		if seen == nil && count >= c.minimum && (!c.bounded || e.quiet() && count > c.maximum) {
			break
		}
	}
	switch {
	case count < c.minimum && !c.explicit:
		return e.violatedBecause(s, "contains", "no items match contains schema", func() []func() { return c.causes(e, value) })
	case count < c.minimum && count == 0:
		return e.violated(s, "minContains", "min %d items required to match contains schema, but none matched", c.minimum)
	case count < c.minimum:
		return e.violated(s, "minContains", "min %d items required to match contains schema, but %s", c.minimum, matchedItems(count, matched))
	case c.bounded && count > c.maximum:
		return e.violated(s, "maxContains", "max %d items required to match contains schema, but %s", c.maximum, matchedItems(count, matched))
	}
	return true
}

func (e *evaluation) satisfiesItem(s *schema, index int, item document.Value) bool {
	e.muted++
	ok := e.applyTo(s, step{index: index}, item)
	e.muted--
	return ok
}

// causes are why the first items do not match.
func (c *contains) causes(e *evaluation, value document.Value) []func() {
	var causes []func()
	for i := range min(value.Len(), explainedCauses) {
		causes = append(causes, func() { e.applyTo(c.schema, step{index: i}, value.Item(i)) })
	}
	return causes
}

func matchedItems(count int, first []string) string {
	if count > len(first) {
		first = append(first, "...")
	}
	return fmt.Sprintf("matched %d item%s at %s", count, map[bool]string{false: "s"}[count == 1], strings.Join(first, " "))
}

func (*contains) inPlace() []*schema { return nil }

// unevaluatedList is the keyword unevaluatedItems.
type unevaluatedList struct{ schema *schema }

func compileUnevaluatedItems(p part, _ document.Value) {
	p.schema.unevaluated = append(p.schema.unevaluated, &unevaluatedList{p.child("unevaluatedItems")})
}

func (u *unevaluatedList) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	if value.Kind() != document.Array {
		return true
	}
	ok := true
	for i := range value.Len() {
		e.step(1)
		if !seen.has(i) && !e.applyTo(u.schema, step{index: i}, value.Item(i)) {
			if ok = false; e.quiet() {
				return false
			}
		}
	}
	seen.addAll()
	return ok
}

func (*unevaluatedList) inPlace() []*schema { return nil }
