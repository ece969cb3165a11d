package oidc

import (
	"crypto/sha256"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	defaultAcceptedFor = time.Minute
	// refusedFor is how long the refusal of a provider is not asked for again.
	refusedFor = 10 * time.Second
	// maxVerdicts bounds each of the two caches.
	maxVerdicts = 10_000
)

// fingerprint is the SHA-256 of a token, so that no token stays in memory.
type fingerprint [sha256.Size]byte

func fingerprintOf(token string) fingerprint { return sha256.Sum256([]byte(token)) }

// verdict is what providers said of a token.
type verdict struct {
	identity domain.Identity
	// issuer is the name of the trusted one that the token is of, empty if that is
	// not known.
	issuer string
	err    error
	until  time.Time
}

// verdicts remembers what providers said, in two caches, so that a flood of bad
// tokens does not drive out good ones. It is safe for concurrent use.
type verdicts struct {
	now         func() time.Time
	acceptedFor time.Duration
	accepted    *lru.Cache[fingerprint, verdict]
	refused     *lru.Cache[fingerprint, verdict]
}

func newVerdicts(now func() time.Time, acceptedFor time.Duration) (*verdicts, error) {
	accepted, err := lru.New[fingerprint, verdict](maxVerdicts)
	if err != nil {
		return nil, fmt.Errorf("make cache of accepted tokens: %w", err)
	}
	refused, err := lru.New[fingerprint, verdict](maxVerdicts)
	if err != nil {
		return nil, fmt.Errorf("make cache of refused tokens: %w", err)
	}
	return &verdicts{now: now, acceptedFor: acceptedFor, accepted: accepted, refused: refused}, nil
}

// find returns the verdict that still holds, and whether the token was accepted at
// any time and not refused since.
func (v *verdicts) find(key fingerprint) (d verdict, holds, known bool) {
	now := v.now()
	d, known = v.accepted.Get(key)
	if known && now.Before(d.until) {
		return d, true, true
	}
	d, holds = v.refused.Get(key)
	return d, holds && now.Before(d.until), known
}

// store remembers what came out of a question that was asked at the given time. That
// a provider was away is not remembered.
func (v *verdicts) store(key fingerprint, asked time.Time, d verdict, expires time.Time) {
	switch {
	case domain.KindOf(d.err) == domain.Unauthenticated:
		d.until = asked.Add(refusedFor)
		v.refused.Add(key, d)
		v.accepted.Remove(key)
	case d.err == nil:
		d.until = asked.Add(v.acceptedFor)
		if !expires.IsZero() && expires.Before(d.until) {
			d.until = expires
		}
		v.accepted.Add(key, d)
		v.refused.Remove(key)
	}
}
