package oidc

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var _ ports.TokenVerifier = (*Verifier)(nil)

const (
	// retryAfter is when a provider that is away may be back.
	retryAfter = 5 * time.Second
	// questionTime bounds all requests about one token, waiting for a slot included.
	questionTime = 10 * time.Second
)

// Verifier finds out who bears a token. It is safe for concurrent use.
type Verifier struct {
	issuers  []*issuer
	maxToken int
	now      func() time.Time
	observe  func(issuer string, cause Cause, err error)
	log      *slog.Logger

	verdicts *verdicts
	// unknown is the budget for unknown tokens, by client.
	unknown *budget
	// fresh is the budget for asking again about known tokens, by token.
	fresh   *budget
	flights singleflight.Group
}

// Verify returns who the bearer of the token is. The error is a *domain.Error:
// Unauthenticated, with BadToken set, if no trusted provider accepts the token;
// Limited if too many unknown tokens came; Unavailable if no provider accepts the
// token and one that could have is away, or if ctx ends first.
func (v *Verifier) Verify(ctx context.Context, token ports.BearerToken) (domain.Identity, error) {
	d := v.judge(ctx, token)
	cause := causeOf(d.err)
	v.observe(d.issuer, cause, d.err)
	if kind := domain.KindOf(d.err); kind == domain.Unauthenticated || kind == domain.Limited {
		v.log.InfoContext(ctx, "access token refused", "cause", cause, "issuer", d.issuer, "detail", detailOf(d.err))
	}
	id := d.identity
	// Many callers get the same verdict; none may change another's.
	id.Entitlements = slices.Clone(id.Entitlements)
	return id, d.err
}

func (v *Verifier) judge(ctx context.Context, token ports.BearerToken) verdict {
	if err := v.checkForm(token.Text); err != nil {
		return verdict{err: err}
	}
	if token.Issuer != "" {
		return v.judgeOwn(ctx, token)
	}
	q := question{token: token.Text, client: token.Client, key: fingerprintOf(token.Text)}
	d, holds, known := v.verdicts.find(q.key)
	if holds && (d.err != nil || !token.Fresh) {
		return d
	}
	q.known = known
	signed, err := readSignedToken(token.Text)
	if err != nil {
		return verdict{err: err}
	}
	if signed != nil {
		issuer, err := v.checkJWT(ctx, signed)
		if err != nil {
			return verdict{issuer: issuer.label(), err: err}
		}
		q.signed, q.issuer, q.known = signed, issuer, true
	}
	if token.Doubted && !q.known {
		return verdict{err: overBudget(retryAfter)}
	}
	if token.Fresh {
		// Not shared: an answer to somebody who asked earlier may be too old.
		return v.askAnew(ctx, q)
	}
	return v.share(ctx, q)
}

// judgeOwn judges a token that its provider gave us: no other provider is asked, and the
// audience does not matter.
func (v *Verifier) judgeOwn(ctx context.Context, token ports.BearerToken) verdict {
	place := slices.IndexFunc(v.issuers, func(i *issuer) bool { return i.name == withoutSlash(token.Issuer) })
	if place < 0 {
		return verdict{err: refuse(UnknownIssuer, "The access token is not of a trusted identity provider", nil)}
	}
	// Verdicts on the same token, if a request brings it, are others: they look at the audience.
	q := question{
		token: token.Text, client: token.Client, key: fingerprintOf("own " + token.Text), known: true, issuer: v.issuers[place], own: true,
	}
	if d, holds, _ := v.verdicts.find(q.key); holds && (d.err != nil || !token.Fresh) {
		return d
	}
	if token.Fresh {
		return v.askAnew(ctx, q)
	}
	return v.share(ctx, q)
}

// question is a token about which providers have to be asked.
type question struct {
	token  string
	client string
	key    fingerprint
	// known is true if the token was accepted before, or its signature was verified.
	known bool
	// signed is nil if the token is opaque. Then issuer is nil, too, unless own is true.
	signed *signedToken
	issuer *issuer
	// own: the issuer gave us the token.
	own bool
}

// flight is the name under which the callers of one question share its answer. Unknown
// tokens are shared by each client alone, whose budget pays.
func (q question) flight() string {
	if q.known {
		return string(q.key[:])
	}
	return string(q.key[:]) + q.client
}

// share waits for the answer to the question, which is asked once for all who wait.
func (v *Verifier) share(ctx context.Context, q question) verdict {
	// The answer must not end with the first of those who wait.
	detached := context.WithoutCancel(ctx)
	flight := v.flights.DoChan(q.flight(), func() (any, error) {
		// Another flight may have landed since the caller looked.
		if d, holds, _ := v.verdicts.find(q.key); holds {
			return d, nil
		}
		if !q.known {
			if wait := v.unknown.take(q.client); wait > 0 {
				return verdict{err: overBudget(wait)}, nil
			}
		}
		return v.ask(detached, q), nil
	})
	select {
	case <-ctx.Done():
		return verdict{issuer: q.issuer.label(), err: tooLate(context.Cause(ctx))}
	case r := <-flight:
		return r.Val.(verdict)
	}
}

// askAnew asks for one caller, whatever the caches have.
func (v *Verifier) askAnew(ctx context.Context, q question) verdict {
	wait := time.Duration(0)
	if q.known {
		wait = v.fresh.take(string(q.key[:]))
	} else {
		wait = v.unknown.take(q.client)
	}
	if wait > 0 {
		return verdict{issuer: q.issuer.label(), err: overBudget(wait)}
	}
	return v.ask(ctx, q)
}

// ask asks the providers and remembers what they said.
func (v *Verifier) ask(ctx context.Context, q question) verdict {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	asked := v.now()
	b, err := v.identify(ctx, q)
	d := verdict{identity: b.identity, issuer: b.issuer, err: err}
	v.verdicts.store(q.key, asked, d, b.expires)
	return d
}

func (v *Verifier) identify(ctx context.Context, q question) (bearer, error) {
	if q.own {
		b, err := q.issuer.identifyOwn(ctx, q.token)
		b.issuer = q.issuer.name
		return b, err
	}
	if q.signed == nil {
		return v.identifyOpaque(ctx, q.token, q.known)
	}
	b, err := q.issuer.identifyJWT(ctx, q.token, q.signed)
	b.issuer = q.issuer.name
	return b, err
}
