package jsonschema

import (
	"github.com/eosc-perf/backend/core/document"
)

// reference is the keyword $ref.
type reference struct{ schema *schema }

func (r *reference) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	return e.apply(r.schema, value, seen)
}

func (r *reference) inPlace() []*schema { return []*schema{r.schema} }

// recursiveReference is the keyword $recursiveRef.
type recursiveReference struct{ schema *schema }

func compileRecursiveRef(p part, value document.Value) {
	if value.Kind() == document.String {
		p.apply(&recursiveReference{p.refer(p.schema, "$recursiveRef", value.Text())})
	}
}

func (r *recursiveReference) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	target := r.schema
	if target.resource != nil && target.resource.recursive && target.resource.root == target {
		e.step(len(e.scope))
		for _, outer := range e.scope {
			if outer.recursive {
				target = outer.root
				break
			}
		}
	}
	return e.apply(target, value, seen)
}

func (*recursiveReference) inPlace() []*schema { return nil }

// dynamicReference is the keyword $dynamicRef.
type dynamicReference struct {
	schema *schema
	// anchor is the dynamic anchor that the schema has; "" if the reference leads
	// nowhere else.
	anchor string
}

func compileDynamicRef(p part, value document.Value) {
	if value.Kind() != document.String {
		return
	}
	r := &dynamicReference{schema: p.refer(p.schema, "$dynamicRef", value.Text())}
	_, fragment, err := p.resolve(p.schema.resource.url, value.Text())
	if owner := r.schema.resource; err == nil && owner != nil {
		if _, ok := owner.dynamicAnchors[fragment]; ok && owner.anchors[fragment] == r.schema.place {
			r.anchor = fragment
		}
	}
	p.apply(r)
}

func (r *dynamicReference) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	target := r.schema
	if r.anchor != "" {
		e.step(len(e.scope))
		for _, outer := range e.scope {
			if anchored := outer.dynamicAnchors[r.anchor]; anchored != nil {
				target = anchored
				break
			}
		}
	}
	return e.apply(target, value, seen)
}

func (*dynamicReference) inPlace() []*schema { return nil }

// not is the keyword not.
type not struct{ schema *schema }

func compileNot(p part, _ document.Value) { p.apply(&not{p.child("not")}) }

func (n *not) apply(e *evaluation, s *schema, value document.Value, _ *evaluated) bool {
	return !e.satisfies(n.schema, value, nil) || e.violated(s, "not", "'not' failed: the value satisfies the schema that it must not satisfy")
}

func (n *not) inPlace() []*schema { return []*schema{n.schema} }

// allOf is the keyword allOf.
type allOf struct{ schemas []*schema }

func compileAllOf(p part, _ document.Value) { p.apply(&allOf{p.list("allOf")}) }

func (a *allOf) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	ok := true
	for _, s := range a.schemas {
		if !e.apply(s, value, seen) {
			if ok = false; e.quiet() {
				return false
			}
		}
	}
	return ok
}

func (a *allOf) inPlace() []*schema { return a.schemas }

// anyOf is the keyword anyOf.
type anyOf struct{ schemas []*schema }

func compileAnyOf(p part, _ document.Value) { p.apply(&anyOf{p.list("anyOf")}) }

func (a *anyOf) apply(e *evaluation, s *schema, value document.Value, seen *evaluated) bool {
	matched := len(a.schemas) == 0
	for _, one := range a.schemas {
		own := seen.another()
		if !e.satisfies(one, value, own) {
			continue
		}
		seen.merge(own)
		matched = true
		if seen == nil {
			break
		}
	}
	return matched || e.violatedBecause(s, "anyOf", "'anyOf' failed", func() []func() { return causesOf(e, a.schemas, value) })
}

// inPlace returns the only schema that is applied in any case.
func (a *anyOf) inPlace() []*schema { return a.schemas[:min(1, len(a.schemas))] }

// causesOf are why the value does not satisfy the first of the schemas.
func causesOf(e *evaluation, schemas []*schema, value document.Value) []func() {
	var causes []func()
	for _, s := range schemas[:min(len(schemas), explainedCauses)] {
		causes = append(causes, func() { e.apply(s, value, nil) })
	}
	return causes
}

// oneOf is the keyword oneOf.
type oneOf struct{ schemas []*schema }

func compileOneOf(p part, _ document.Value) { p.apply(&oneOf{p.list("oneOf")}) }

func (o *oneOf) apply(e *evaluation, s *schema, value document.Value, seen *evaluated) bool {
	var matched []int
	for i, one := range o.schemas {
		own := seen.another()
		if !e.satisfies(one, value, own) {
			continue
		}
		if matched = append(matched, i); len(matched) > 1 {
			return e.violated(s, "oneOf", "'oneOf' failed, subschemas %d, %d matched, exactly one must", matched[0], matched[1])
		}
		seen.merge(own)
	}
	if len(matched) == 0 && len(o.schemas) > 0 {
		return e.violatedBecause(s, "oneOf", "'oneOf' failed, none matched", func() []func() { return causesOf(e, o.schemas, value) })
	}
	return true
}

// inPlace returns the schemas that are applied in any case.
func (o *oneOf) inPlace() []*schema { return o.schemas }

// conditional are the keywords if, then and else.
type conditional struct{ condition, then, otherwise *schema }

func compileIf(p part, _ document.Value) {
	p.apply(&conditional{p.child("if"), p.child("then"), p.child("else")})
}

func (c *conditional) apply(e *evaluation, _ *schema, value document.Value, seen *evaluated) bool {
	own := seen.another()
	next := c.otherwise
	if e.satisfies(c.condition, value, own) {
		seen.merge(own)
		next = c.then
	}
	return next == nil || e.apply(next, value, seen)
}

func (c *conditional) inPlace() []*schema { return []*schema{c.condition} }
