package jsonschema

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// Validator implements ports.SchemaValidator. It is safe for concurrent use.
type Validator struct {
	cache *cache
	// compilations has room for those that are under way.
	compilations chan struct{}
	// maxTime is for the compilation of a schema and the validation of a document
	// together. A match of a pattern may exceed it by pattern.MaxTime.
	maxTime time.Duration
}

// New makes a validator with an empty cache.
func New() *Validator {
	return &Validator{newCache(), make(chan struct{}, maxCompilations), defaultMaxTime}
}

// Check returns nil for a usable schema, else a domain.Error that is Invalid and
// points into the schema, or the error of a context that has ended. It leaves the
// cache to schemas that are in use.
func (v *Validator) Check(ctx context.Context, schema []byte) error {
	c := v.newClock(ctx)
	defer c.end()
	_, err := v.compile(ctx, schema, c)
	if f, ok := errors.AsType[*fault](err); ok {
		return domain.InvalidAt(f.pointer, shorten("Invalid JSON Schema: "+f.text))
	}
	return err
}

// Validate returns nil if the document satisfies the schema, else a domain.Error
// that is Invalid: with a pointer into the document, or, when the schema itself
// cannot be used, without a pointer. If the context has ended, it returns the error of
// the context.
func (v *Validator) Validate(ctx context.Context, schema []byte, value document.Value) error {
	c := v.newClock(ctx)
	defer c.end()
	compiled, err := v.compiled(ctx, schema, c)
	if f, ok := errors.AsType[*fault](err); ok {
		return domain.Invalidf("%s", shorten("The JSON Schema of the benchmark cannot be used: "+f.text))
	}
	if err != nil {
		return err
	}
	err = validate(compiled, value, c)
	if f, ok := errors.AsType[*fault](err); ok {
		return domain.InvalidAt(f.pointer, shorten(f.text))
	}
	return err
}

// limitRule is the rule of a document whose check a limit ended before it found a violation: no keyword of
// the schema has this name.
const limitRule = "limit"

// Violations implements ports.SchemaValidator.
func (v *Validator) Violations(ctx context.Context, schema []byte, value document.Value, limit int) ([]domain.Violation, error) {
	c := v.newClock(ctx)
	defer c.end()
	compiled, err := v.compiled(ctx, schema, c)
	if f, ok := errors.AsType[*fault](err); ok {
		return nil, domain.Invalidf("%s", shorten("The JSON Schema of the benchmark cannot be used: "+f.text))
	}
	if err != nil {
		return nil, err
	}
	found, err := violations(compiled, value, c, limit)
	if f, ok := errors.AsType[*fault](err); ok {
		return []domain.Violation{{Pointer: f.pointer, Rule: limitRule, Message: shorten(f.text)}}, nil
	}
	return found, err
}

// compiled returns the compiled schema from the cache, or compiles it.
func (v *Validator) compiled(ctx context.Context, text []byte, c *clock) (*schema, error) {
	key := sha256.Sum256(text)
	if e, ok := v.cache.get(key); ok {
		return e.schema, e.err()
	}
	compiled, err := v.compile(ctx, text, c)
	f, isFault := errors.AsType[*fault](err)
	if err == nil || isFault && !f.late {
		v.cache.add(key, &entry{compiled, f, len(text)})
	}
	return compiled, err
}

// compile waits until one of the compilations at a time is free. Then the clock starts
// anew.
func (v *Validator) compile(ctx context.Context, text []byte, c *clock) (*schema, error) {
	select {
	case v.compilations <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-v.compilations }()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	standard := standardResources() // compiled by the first call
	c.start()
	return compile(text, standard, c)
}

// newClock makes a clock that ends the work of one call.
func (v *Validator) newClock(ctx context.Context) *clock {
	c := &clock{ctx: ctx, maxTime: v.maxTime}
	c.start()
	return c
}
