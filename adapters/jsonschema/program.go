package jsonschema

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
)

// baseURL is what relative references are resolved against: a name that no
// author writes by chance.
const (
	baseFolder = "mem:///"
	baseURL    = baseFolder + "json-schema-of-the-benchmark"
)

// program is a compiled schema. It is used by one goroutine at a time, because
// the schema's patterns and steps know its stopwatch.
type program struct {
	schema *santhosh.Schema
	watch  *stopwatch
}

// denyAll loads nothing.
type denyAll struct{}

func (denyAll) Load(string) (any, error) { return nil, errors.New("nothing is fetched") }

// compile makes a program of a schema's text.
func compile(text []byte) (p *program, f *fault) {
	defer func() {
		if recover() != nil {
			p, f = nil, &fault{text: "the schema is too odd for the validator"}
		}
	}()
	tree, err := decode(text)
	if err != nil {
		return nil, &fault{text: "not a JSON document"}
	}
	if f := checkBounds(tree, 0); f != nil {
		return nil, f
	}
	outline, f := outlineOf(tree)
	if f != nil {
		return nil, f
	}
	p = &program{watch: &stopwatch{}}
	if err := p.compile(tree, outline); err != nil {
		return nil, outline.explain(err)
	}
	return p, nil
}

func (p *program) compile(tree any, outline *outline) error {
	compiler := santhosh.NewCompiler()
	compiler.DefaultDraft(santhosh.Draft2020)
	compiler.UseLoader(denyAll{})
	compiler.UseRegexpEngine(p.watch.compilePattern)
	if err := compiler.AddResource(baseURL, tree); err != nil {
		return fmt.Errorf("add the schema: %w", err)
	}
	schema, err := compiler.Compile(baseURL)
	if err != nil {
		return err
	}
	p.schema = schema
	schemas := map[*santhosh.Schema]bool{}
	reachable(schema, schemas)
	for _, pointer := range outline.entries {
		entry, err := compiler.Compile(baseURL + "#" + url.PathEscape(pointer))
		if _, remote := errors.AsType[*santhosh.LoadURLError](err); remote {
			return err
		}
		// Whatever else is wrong with what nothing refers to does not matter.
		if err == nil {
			reachable(entry, schemas)
		}
	}
	if loop := findLoop(slices.SortedFunc(maps.Keys(schemas), byLocation)); loop != nil {
		return &loopError{loop.Location}
	}
	// Formats are annotations, which leaves their place to the stopwatch: the
	// library passes no other at each step.
	format := &santhosh.Format{Name: "stopwatch", Validate: p.watch.step}
	for schema := range schemas {
		schema.Format = format
	}
	return nil
}

func byLocation(a, b *santhosh.Schema) int { return strings.Compare(a.Location, b.Location) }

// loopError says that a schema applies itself to the value it is applied to.
type loopError struct{ url string }

func (e *loopError) Error() string { return "the schema at " + e.url + " applies itself" }

// run validates the document.
func (p *program) run(document any) (f *fault) {
	defer func() {
		if recover() != nil {
			f = &fault{text: "the validator fails on this document"}
		}
	}()
	p.watch.start()
	err := p.schema.Validate(document)
	if p.watch.stopped != "" {
		return &fault{text: p.watch.stopped}
	}
	if violation, ok := errors.AsType[*santhosh.ValidationError](err); ok {
		return describe(violation)
	}
	if err != nil {
		return &fault{text: err.Error()}
	}
	return nil
}

// stopwatch ends a validation: from then on every schema and every pattern is
// violated, so that nothing remains to be done.
type stopwatch struct {
	deadline time.Time
	steps    int
	// stopped says why.
	stopped string
}

var errStopped = errors.New("stopped")

func (w *stopwatch) start() { *w = stopwatch{deadline: time.Now().Add(maxTime)} }

// step is called with every value that a schema is applied to.
func (w *stopwatch) step(any) error {
	const stepsBetweenLooks = 32
	if w.steps++; w.steps%stepsBetweenLooks == 0 {
		w.look()
	}
	if w.stopped != "" {
		return errStopped
	}
	return nil
}

func (w *stopwatch) look() {
	if w.stopped == "" && time.Now().After(w.deadline) {
		w.stopped = fmt.Sprintf("checking the document against the schema takes longer than %s", maxTime)
	}
}

// compilePattern is the compiler's regular expression engine.
func (w *stopwatch) compilePattern(text string) (santhosh.Regexp, error) {
	expression, err := regexp2.Compile(text, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return nil, err
	}
	expression.MatchTimeout = maxMatch
	return &pattern{expression, w}, nil
}

type pattern struct {
	expression *regexp2.Regexp
	watch      *stopwatch
}

// String returns the pattern as it was written.
func (p *pattern) String() string { return p.expression.String() }

// MatchString tells whether the pattern is found in the text; once the stopwatch
// has stopped, it is not.
func (p *pattern) MatchString(text string) bool {
	if p.watch.look(); p.watch.stopped != "" {
		return false
	}
	// The engine's clock may lag on a busy machine, which makes the quickest match
	// take too long; it is right again after that.
	const tries = 2
	for range tries {
		if found, err := p.expression.MatchString(text); err == nil {
			return found
		}
	}
	p.watch.stopped = fmt.Sprintf("matching the pattern %q takes longer than %s", p, maxMatch)
	return false
}
