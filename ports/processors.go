package ports

import "context"

// Processors let the work of requests that keeps a processor busy wait for its turn.
type Processors interface {
	// Occupy waits for the turn of such work. The caller calls leave once the work has ended. The
	// error is what the client gets.
	Occupy(ctx context.Context) (leave func(), err error)
}

type processorsKey struct{}

// WithProcessors returns a context whose work waits for its turn.
func WithProcessors(ctx context.Context, processors Processors) context.Context {
	return context.WithValue(ctx, processorsKey{}, processors)
}

// ProcessorsOf returns the processors of the context, nil if its work waits for nobody.
func ProcessorsOf(ctx context.Context) Processors {
	processors, _ := ctx.Value(processorsKey{}).(Processors)
	return processors
}
