package ports

import "context"

// Share is what one request may use of what all requests have in common. A storage asks
// before it uses more. Whoever shares decides who has to wait; the error is what the
// client gets, and after it the storage reads no further.
type Share interface {
	// Heavy waits for a place among the heavy requests: those that may read many rows.
	Heavy(ctx context.Context) error
	// Compute waits for a place among the requests that keep a processor busy, and for one among
	// the heavy ones. The request has both until it is encoded.
	Compute(ctx context.Context) error
	// Take waits until there is room for so many bytes more of rows in memory. They count
	// until the request is encoded.
	Take(ctx context.Context, bytes int) error
}

type shareKey struct{}

// WithShare returns a context whose reads use the share.
func WithShare(ctx context.Context, share Share) context.Context {
	return context.WithValue(ctx, shareKey{}, share)
}

// ShareOf returns the share of the context, nil if nothing bounds its reads.
func ShareOf(ctx context.Context) Share {
	share, _ := ctx.Value(shareKey{}).(Share)
	return share
}
