package ports

import (
	"context"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// KeyedRequest is a request with an Idempotency-Key.
type KeyedRequest struct {
	// Key is the client's name for the request.
	Key string
	// Fingerprint tells the request from others with the same key.
	Fingerprint string
	By          domain.UserID
	At          time.Time
}

// KeyedAnswer is the answer to a keyed request.
type KeyedAnswer struct {
	Status int
	// Location is a header; empty for none.
	Location string
	// Body is nil if it was too long to be kept.
	Body []byte
}

// Keys stores the answers to keyed requests.
type Keys interface {
	// Get returns the request with the key, unless it is older than since, and its answer.
	Get(ctx context.Context, key string, since time.Time) (KeyedRequest, KeyedAnswer, error)
	// Claim stores the request without an answer, in a unit of work. ok is false if there is
	// one with the key, unless it is older than since. If another unit of work is about to
	// store the key, Claim waits until that one has ended.
	Claim(ctx context.Context, request KeyedRequest, since time.Time) (ok bool, err error)
	// SetAnswer stores the answer to a request that the same unit of work has claimed.
	SetAnswer(ctx context.Context, key string, answer KeyedAnswer) error
	// RemoveBefore removes the requests that are older, and returns their number.
	RemoveBefore(ctx context.Context, before time.Time) (int64, error)
	// RemoveOf removes requests of a person, at most limit, and returns their number.
	RemoveOf(ctx context.Context, by domain.UserID, limit int) (int, error)
}
