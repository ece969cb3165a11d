package jsonschema

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/adapters/jsonschema/pattern"
	"github.com/eosc-perf/backend/core/document"
)

// compiler makes schemas of the values of one source, or of several that refer to
// each other.
type compiler struct {
	*clock
	// standard has the resources of all drafts; nil while these are compiled.
	standard map[string]*resource
	// base is the URL of the source that is read.
	base *url.URL
	// resources are those of the sources, by their URLs.
	resources map[string]*resource
	queue     []pending
	// patterns are those that were compiled, by their texts.
	patterns      map[string]*pattern.Pattern
	patternWeight int
	references    int
	// fault is the first one that was found.
	fault *fault
	// tolerant tells that references may be lost, since nothing refers to the schemas
	// that have them.
	tolerant bool
}

// pending is a schema that is to be compiled.
type pending struct {
	schema *schema
	value  document.Value
}

// compile compiles the text of a schema, which may refer to the standard resources.
// Errors: *fault, or the error of a context that has ended.
func compile(text []byte, standard map[string]*resource, c *clock) (root *schema, err error) {
	defer interrupted(&err)
	c.limit("compiling the schema")
	value, err := document.Parse(c.ctx, text, schemaLimits)
	if err != nil {
		c.look()
		return nil, parseFault(err)
	}
	if f := measure(value); f != nil {
		return nil, f
	}
	compiler := newCompiler(c, standard)
	root = compiler.compile(value)
	if compiler.fault != nil {
		return nil, compiler.fault
	}
	return root, nil
}

func newCompiler(c *clock, standard map[string]*resource) *compiler {
	return &compiler{
		clock: c, standard: standard, base: baseURL,
		resources: map[string]*resource{}, patterns: map[string]*pattern.Pattern{},
	}
}

// report stores a fault, if it is the first one and matters.
func (c *compiler) report(f *fault) {
	if c.fault == nil && (!c.tolerant || !f.lost) {
		c.fault = f
	}
}

// compile compiles all schemas of a document. It returns that of the whole.
func (c *compiler) compile(value document.Value) *schema {
	src := &source{value: value, schemas: map[string]*schema{}, owners: map[string]*resource{}}
	c.collect(value, src, "", nil)
	if c.fault == nil {
		c.checkForm(value, src, "")
	}
	root := c.schemaAt(src, "", value)
	c.drain()
	// Definitions that nothing refers to may refer to nothing, as they do no harm. Yet
	// their remote references and bad patterns are refused.
	c.tolerant = true
	for _, place := range slices.Sorted(maps.Keys(src.owners)) {
		c.schemaAtPlace(src, place)
	}
	c.drain()
	places := slices.Sorted(maps.Keys(src.schemas))
	schemas := make([]*schema, len(places))
	for i, place := range places {
		schemas[i] = src.schemas[place]
	}
	if loop := findLoop(schemas); loop != nil {
		c.report(&fault{pointer: loop.place, text: "a schema that leads back to itself without getting further into the document"})
	}
	src.closed = true
	return root
}

// drain compiles what is pending, until there is a fault.
func (c *compiler) drain() {
	for len(c.queue) > 0 && c.fault == nil {
		next := c.queue[0]
		c.queue = c.queue[1:]
		c.step(1)
		switch next.value.Kind() {
		case document.True:
			next.schema.truth = alwaysTrue
		case document.False:
			next.schema.truth = alwaysFalse
		case document.Object:
			c.object(next.schema, next.value)
		default:
			// checkForm has found it.
		}
	}
}

// schemaAt returns the schema of a value at a place, which is compiled later.
func (c *compiler) schemaAt(src *source, place string, value document.Value) *schema {
	if s := src.schemas[place]; s != nil {
		return s
	}
	s := &schema{place: place, resource: src.owners[place]}
	if s.resource == nil {
		s.resource = c.adopt(src, place, value)
	}
	src.schemas[place] = s
	c.queue = append(c.queue, pending{s, value})
	c.enter(s.resource)
	return s
}

// schemaAtPlace returns the schema at a JSON Pointer, nil if there is none.
func (c *compiler) schemaAtPlace(src *source, pointer string) *schema {
	if src.closed {
		return src.schemas[pointer]
	}
	value, place, ok := lookup(src.value, pointer)
	if !ok {
		return nil
	}
	return c.schemaAt(src, place, value)
}

// adopt makes a value a schema that lies in no keyword for schemas, but that a
// reference leads to.
func (c *compiler) adopt(src *source, place string, value document.Value) *resource {
	outer := place
	for src.owners[outer] == nil {
		outer = outer[:strings.LastIndexByte(outer, '/')]
	}
	c.collect(value, src, place, src.owners[outer])
	c.checkForm(value, src, place)
	return src.owners[place]
}

// enter compiles the root of a resource and its dynamic anchors, which may be applied
// as soon as one of its schemas is.
func (c *compiler) enter(r *resource) {
	if r.root != nil {
		return
	}
	value, place, _ := lookup(r.source.value, r.place)
	r.root = anything // ends the recursion
	r.root = c.schemaAt(r.source, place, value)
	r.root.referenced = true
	for _, name := range slices.Sorted(maps.Keys(r.dynamicAnchors)) {
		r.dynamicAnchors[name] = c.schemaAtPlace(r.source, r.anchors[name])
		r.dynamicAnchors[name].referenced = true
	}
}

// anything is in the place of schemas that cannot be found.
var anything = &schema{truth: alwaysTrue}

// refer returns the schema that a reference leads to. keyword is where the reference
// stands in the schema.
func (c *compiler) refer(s *schema, keyword, reference string) *schema {
	place := s.place + "/" + keyword
	if c.references++; c.references > maxReferences {
		c.report(&fault{pointer: place, text: fmt.Sprintf("the schema has more references than the limit of %d", maxReferences)})
	}
	address, fragment, err := c.resolve(s.resource.url, reference)
	if err != nil {
		c.report(&fault{pointer: place, text: quote(beginning(reference)) + " is not valid uri-reference"})
		return anything
	}
	target := c.resources[address.String()]
	if target == nil {
		target = c.standard[address.String()]
	}
	if target == nil {
		c.report(&fault{pointer: place, text: fmt.Sprintf(
			"remote %s %q is not allowed; put the definitions under $defs", keyword, reference)})
		return anything
	}
	referred := c.find(target, fragment)
	if referred == nil {
		c.report(&fault{pointer: place, lost: true, text: fmt.Sprintf("%s %q leads to no place in the schema", keyword, reference)})
		return anything
	}
	if !target.source.closed {
		referred.referenced = true
	}
	return referred
}

// find returns the schema that a fragment names, nil if there is none.
func (c *compiler) find(r *resource, fragment string) *schema {
	if fragment == "" || fragment[0] == '/' {
		return c.schemaAtPlace(r.source, r.place+fragment)
	}
	if place, ok := r.anchors[fragment]; ok {
		return c.schemaAtPlace(r.source, place)
	}
	return nil
}

// pattern compiles a pattern that stands at a place of a source, nil if it cannot be
// used.
func (c *compiler) pattern(place, text string) *pattern.Pattern {
	if p := c.patterns[text]; p != nil {
		return p
	}
	p, err := pattern.Compile(text)
	c.look()
	if err != nil {
		c.report(patternFault(place, text, err))
		return nil
	}
	if c.patternWeight += p.Weight(); c.patternWeight > maxPatterns {
		c.report(&fault{pointer: place, text: fmt.Sprintf(
			"the patterns of the schema have more parts, with repetitions, than the limit of %d", maxPatterns)})
		return nil
	}
	c.patterns[text] = p
	return p
}

// parseFault says why a text cannot be read.
func parseFault(err error) *fault {
	if limit, ok := errors.AsType[*document.LimitError](err); ok {
		return &fault{pointer: limit.Pointer, text: limit.Reason}
	}
	if size, ok := errors.AsType[*document.SizeError](err); ok {
		return &fault{pointer: size.Pointer, text: size.Error()}
	}
	return &fault{text: err.Error()}
}

// object reads the keywords of a schema in the order in which they are evaluated.
func (c *compiler) object(s *schema, value document.Value) {
	p := part{c, s, value}
	version := s.resource.draft.version
	if target, ok := textOf(value, "$ref"); ok {
		s.applicators = append(s.applicators, &reference{c.refer(s, "$ref", target)})
		if s.resource.draft.ignoresSiblings() {
			return
		}
	}
	for _, keyword := range keywords {
		if version < keyword.since.version || keyword.until != nil && version >= keyword.until.version {
			continue
		}
		if member, ok := value.Get(keyword.name); ok {
			keyword.compile(p, member)
		}
	}
}

// part is a schema while its keywords are compiled.
type part struct {
	*compiler
	schema *schema
	object document.Value
}

func (p part) get(keyword string) (document.Value, bool) { return p.object.Get(keyword) }

// child returns the subschema that a keyword holds.
func (p part) child(keyword string) *schema {
	value, ok := p.get(keyword)
	if !ok {
		return nil
	}
	return p.schemaAt(p.schema.resource.source, p.schema.place+"/"+keyword, value)
}

// list returns the subschemas of an array.
func (p part) list(keyword string) []*schema {
	value, _ := p.get(keyword)
	if value.Kind() != document.Array {
		return nil
	}
	schemas := make([]*schema, value.Len())
	for i := range schemas {
		schemas[i] = p.schemaAt(p.schema.resource.source, p.schema.place+"/"+keyword+"/"+strconv.Itoa(i), value.Item(i))
	}
	return schemas
}

// member returns the subschema that is a member of an object.
func (p part) member(keyword, name string, value document.Value) *schema {
	return p.schemaAt(p.schema.resource.source, p.schema.place+"/"+keyword+"/"+escape(name), value)
}

// integer returns a number that is not negative.
func (p part) integer(keyword string) (n int, ok bool) {
	value, ok := p.get(keyword)
	if !ok || value.Kind() != document.Number {
		return 0, false
	}
	return value.Decimal().Int()
}

// flag tells whether a keyword is true.
func (p part) flag(keyword string) bool {
	value, _ := p.get(keyword)
	return value.Kind() == document.True
}

func (p part) gate(keyword string, a assertion) {
	p.schema.gates = append(p.schema.gates, rule{keyword, a})
}

func (p part) assert(keyword string, a assertion) {
	p.schema.assertions = append(p.schema.assertions, rule{keyword, a})
}

func (p part) apply(a applicator) { p.schema.applicators = append(p.schema.applicators, a) }

// textsOf returns the strings of an array.
func textsOf(value document.Value) []string {
	var texts []string
	for i := range value.Len() {
		if item := value.Item(i); item.Kind() == document.String {
			texts = append(texts, item.Text())
		}
	}
	return texts
}
