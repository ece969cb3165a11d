package jsonschema

import (
	"bytes"
	"crypto/sha256"

	lru "github.com/hashicorp/golang-lru/v2"
	santhosh "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/eosc-perf/backend/core/domain"
)

// Validator implements ports.SchemaValidator. It is safe for concurrent use.
type Validator struct {
	// cache has schemas by the SHA-256 of their text: whoever changes a
	// benchmark behind the server's back changes the key, too.
	cache *lru.Cache[[sha256.Size]byte, *entry]
}

// entry is a schema that was compiled, or one that cannot be used.
type entry struct {
	fault *fault
	idle  chan *program
}

// New makes a validator with an empty cache.
func New() *Validator {
	cache, err := lru.New[[sha256.Size]byte, *entry](cacheSize)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Validator{cache}
}

// Check returns nil for a usable schema, else a domain.Error that is Invalid and
// points into the schema. It leaves the cache to schemas that are in use.
func (v *Validator) Check(schema []byte) error {
	if _, f := compile(schema); f != nil {
		return domain.InvalidAt(f.pointer, shorten("Invalid JSON Schema: "+f.text))
	}
	return nil
}

// Validate returns nil if the document satisfies the schema, else a domain.Error
// that is Invalid: with a pointer into the document, or, when the schema itself
// cannot be used, without a pointer.
func (v *Validator) Validate(schema, document []byte) error {
	e := v.entry(schema)
	if e.fault != nil {
		return domain.Invalidf("%s", shorten("The JSON Schema of the benchmark cannot be used: "+e.fault.text))
	}
	tree, err := decode(document)
	if err != nil {
		return domain.InvalidAt("", "not a JSON document")
	}
	f := checkBounds(tree, 0)
	if f == nil {
		f = e.run(schema, tree)
	}
	if f != nil {
		return domain.InvalidAt(f.pointer, shorten(f.text))
	}
	return nil
}

// entry finds the schema in the cache or compiles it. Two goroutines may do so
// at once: one of the entries stays.
func (v *Validator) entry(schema []byte) *entry {
	key := sha256.Sum256(schema)
	if e, ok := v.cache.Get(key); ok {
		return e
	}
	compiled, f := compile(schema)
	e := &entry{fault: f, idle: make(chan *program, maxIdle)}
	if f == nil {
		e.idle <- compiled
	}
	v.cache.Add(key, e)
	return e
}

// run validates with an idle program, or with another one of the same schema.
func (e *entry) run(schema []byte, document any) *fault {
	var p *program
	select {
	case p = <-e.idle:
	default:
		var f *fault
		if p, f = compile(schema); f != nil {
			return f
		}
	}
	f := p.run(document)
	select {
	case e.idle <- p:
	default:
	}
	return f
}

// decode keeps the spelling of numbers.
func decode(text []byte) (any, error) { return santhosh.UnmarshalJSON(bytes.NewReader(text)) }
