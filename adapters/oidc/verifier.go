package oidc

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var _ ports.TokenVerifier = (*Verifier)(nil)

// retryAfter is when a provider that is away may be back.
const retryAfter = 5 * time.Second

// fingerprint stands for a token, so that tokens are not kept.
type fingerprint [sha256.Size]byte

// Verifier tells who bears a token. It is safe for concurrent use.
type Verifier struct {
	issuers     []*issuer
	acceptedFor time.Duration
	refusedFor  time.Duration
	now         func() time.Time
	observe     func(issuer string, err error)

	// Two caches, so that a flood of bad tokens does not drive out good ones.
	accepted *lru.Cache[fingerprint, verdict]
	refused  *lru.Cache[fingerprint, verdict]
	flights  singleflight.Group
}

// bearer is whom a provider knows by a token.
type bearer struct {
	identity domain.Identity
	// expires is zero if the provider does not tell when the token does.
	expires time.Time
	// issuer is the name of the trusted one that the token is of; it is there also
	// with an error, if it is known.
	issuer string
}

// verdict is what came out about a token.
type verdict struct {
	identity domain.Identity
	issuer   string
	err      error
	until    time.Time
}

// Verify returns who the bearer of the token is. The error is a *domain.Error:
// Unauthenticated, with BadToken set, if no trusted provider accepts the token;
// Unavailable if none accepts it and one that could have is away, or if ctx
// ends first.
func (v *Verifier) Verify(ctx context.Context, token string) (domain.Identity, error) {
	d := v.decide(ctx, token)
	v.observe(d.issuer, d.err)
	return d.answer()
}

func (v *Verifier) decide(ctx context.Context, token string) verdict {
	if err := checkForm(token); err != nil {
		return verdict{err: err}
	}
	key := fingerprint(sha256.Sum256([]byte(token)))
	if d, ok := v.recall(key); ok {
		return d
	}
	return v.await(ctx, key, token)
}

// await waits for the flight that asks about the token, or starts it.
func (v *Verifier) await(ctx context.Context, key fingerprint, token string) verdict {
	// Many callers may wait for one answer: it must not end with the first of them.
	detached := context.WithoutCancel(ctx)
	flight := v.flights.DoChan(string(key[:]), func() (any, error) {
		return v.judge(detached, key, token), nil
	})
	select {
	case <-ctx.Done():
		return verdict{err: domain.UnavailableFor(retryAfter,
			"The identity provider did not answer in time", context.Cause(ctx))}
	case r := <-flight:
		return r.Val.(verdict)
	}
}

// recall returns the verdict that still stands.
func (v *Verifier) recall(key fingerprint) (verdict, bool) {
	for _, cache := range []*lru.Cache[fingerprint, verdict]{v.accepted, v.refused} {
		if d, ok := cache.Get(key); ok && v.now().Before(d.until) {
			return d, true
		}
	}
	return verdict{}, false
}

// judge asks and remembers. That a provider is away is not remembered.
func (v *Verifier) judge(ctx context.Context, key fingerprint, token string) verdict {
	// Another flight may have landed since the caller looked.
	if d, ok := v.recall(key); ok {
		return d
	}
	b, err := v.identify(ctx, token)
	d := verdict{identity: b.identity, issuer: b.issuer, err: err}
	switch {
	case domain.KindOf(err) == domain.Unauthenticated:
		d.until = v.now().Add(v.refusedFor)
		v.refused.Add(key, d)
	case err == nil:
		d.until = v.now().Add(v.acceptedFor)
		if !b.expires.IsZero() && b.expires.Before(d.until) {
			d.until = b.expires
		}
		v.accepted.Add(key, d)
	}
	return d
}

func (v *Verifier) identify(ctx context.Context, token string) (bearer, error) {
	name, isJWT, err := claimedIssuer(token)
	if err != nil {
		return bearer{}, err
	}
	if !isJWT {
		return v.identifyOpaque(ctx, token)
	}
	for _, i := range v.issuers {
		if i.name == withoutSlash(name) {
			b, err := i.identifyJWT(ctx, token)
			b.issuer = i.name
			return b, err
		}
	}
	return bearer{}, refuse("The access token was not issued by a trusted identity provider", nil)
}

// identifyOpaque shows the token to all providers at once, so that one that
// hangs does not hold up those that answer. The first that knows it, counts.
func (v *Verifier) identifyOpaque(ctx context.Context, token string) (bearer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		bearer
		err error
	}
	answers := make(chan answer, len(v.issuers))
	for _, i := range v.issuers {
		go func() {
			b, err := i.identifyOpaque(ctx, token)
			b.issuer = i.name
			answers <- answer{b, err}
		}()
	}
	var outages, refusals []error
	for range v.issuers {
		a := <-answers
		switch {
		case a.err == nil:
			return a.bearer, nil
		case domain.KindOf(a.err) == domain.Unavailable:
			outages = append(outages, a.err)
		default:
			refusals = append(refusals, a.err)
		}
	}
	if len(outages) > 0 {
		return bearer{}, away(errors.Join(outages...))
	}
	return bearer{}, refuse("The access token is not accepted by any trusted identity provider", errors.Join(refusals...))
}

func (d verdict) answer() (domain.Identity, error) {
	id := d.identity
	// Many callers get the same verdict; none may change another's.
	id.Entitlements = slices.Clone(id.Entitlements)
	return id, d.err
}

func refuse(message string, cause error) error { return domain.BadToken(message, cause) }

func away(cause error) error {
	return domain.UnavailableFor(retryAfter, "The identity provider cannot be reached at the moment", cause)
}
