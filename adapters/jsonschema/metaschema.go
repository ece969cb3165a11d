package jsonschema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/eosc-perf/backend/core/document"
)

// standardResources are the drafts' own schemas, compiled, by their URLs.
var standardResources = sync.OnceValue(compileStandard)

// vocabularies are the parts of the later drafts' own schemas.
var vocabularies = map[*draft][]string{
	draft2019: {"core", "applicator", "validation", "meta-data", "format", "content"},
	draft2020: {"core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion", "content"},
}

func compileStandard() map[string]*resource {
	c := newCompiler(&clock{ctx: context.Background(), deadline: time.Now().Add(time.Hour)}, nil)
	var sources []*source
	for _, d := range drafts {
		addresses := []string{d.url}
		for _, name := range vocabularies[d] {
			addresses = append(addresses, strings.TrimSuffix(d.url, "schema")+"meta/"+name)
		}
		for _, address := range addresses {
			src := &source{value: standardText(address), schemas: map[string]*schema{}, owners: map[string]*resource{}}
			base, err := url.Parse(address)
			if err != nil {
				panic(fmt.Errorf("address of a draft's own schema: %w", err))
			}
			c.base = base
			c.collect(src.value, src, "", nil)
			src.owners[""].isDraft = address == d.url
			sources = append(sources, src)
		}
	}
	for _, src := range sources {
		for place := range src.owners {
			c.schemaAtPlace(src, place)
		}
	}
	c.drain()
	if c.fault != nil {
		panic(fmt.Errorf("compile a draft's own schema: %w at %q", c.fault, c.fault.pointer))
	}
	for _, src := range sources {
		src.closed = true
	}
	return c.resources
}

// standardText returns one of the drafts' own schemas. The library for JSON Schema has
// them built in. It shows them to extensions only.
func standardText(address string) document.Value {
	var found map[string]any
	compiler := santhosh.NewCompiler()
	compiler.UseLoader(denyAll{})
	compiler.AssertVocabs()
	compiler.RegisterVocabulary(&santhosh.Vocabulary{
		URL: "urn:eosc-perf:text",
		Compile: func(_ *santhosh.CompilerContext, object map[string]any) (santhosh.SchemaExt, error) {
			if found == nil {
				found = object
			}
			return nil, nil
		},
	})
	if _, err := compiler.Compile(address); err != nil {
		panic(fmt.Errorf("read the draft's own schema %s: %w", address, err))
	}
	text, err := json.Marshal(found)
	if err != nil {
		panic(fmt.Errorf("read the draft's own schema %s: %w", address, err))
	}
	value, err := document.Parse(context.Background(), text, schemaLimits)
	if err != nil {
		panic(fmt.Errorf("read the draft's own schema %s: %w", address, err))
	}
	return value
}

// denyAll loads nothing.
type denyAll struct{}

func (denyAll) Load(string) (any, error) { return nil, errors.New("nothing is fetched") }

// checkForm reports the first place where a value that lies at a place of a source
// does not satisfy the schema of its draft.
func (c *compiler) checkForm(value document.Value, src *source, place string) {
	if c.standard == nil || c.fault != nil {
		return
	}
	d := src.owners[place].draft
	e := newEvaluation(c.clock)
	e.prefix = place
	for _, r := range c.resources {
		if r.draft != d {
			e.dialects = c.dialects()
			break
		}
	}
	if !e.apply(c.standard[d.url].root, value, nil) {
		first := e.first()
		c.report(&fault{pointer: place + first.pointer(), text: first.message, lost: place != ""})
	}
}

// dialects are the drafts' own schemas for the resources, by their places.
func (c *compiler) dialects() map[string]*schema {
	dialects := map[string]*schema{}
	for _, r := range c.resources {
		dialects[r.place] = c.standard[r.draft.url].root
	}
	return dialects
}
