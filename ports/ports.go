// Package ports declares the interfaces by which the core reaches everything outside
// of it, in the core's own words. Adapters implement them.
package ports

import (
	"context"
	"time"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// Clock tells the time.
type Clock interface {
	// Now is the current time in UTC, truncated to microseconds.
	Now() time.Time
}

// BearerToken is an access token as a request brought it.
type BearerToken struct {
	// Text is the token itself. It is a secret.
	Text string
	// Client identifies the machine or network that sent the request. Unknown tokens of
	// one client share a budget.
	Client string
	// Fresh asks the provider even if an earlier answer is cached.
	Fresh bool
	// Doubted: too many tokens from the same address were refused. Only a token that was accepted
	// before, or that a trusted provider signed, is looked at.
	Doubted bool
	// Issuer is the provider that gave us the token when the person logged in, empty for a
	// token that a request brought. Only that provider is asked, and whom else the token is
	// for does not matter: the login has proved that it is for us.
	Issuer string
}

// TokenVerifier identifies the bearers of tokens.
type TokenVerifier interface {
	// Verify returns the identity of the bearer, according to a trusted provider. The error
	// is a domain.Error: Unauthenticated if no provider accepts the token, Limited if the
	// budget for unknown tokens is used up or the token is unknown and doubted, Unavailable if a provider that has to be asked
	// does not answer.
	Verify(ctx context.Context, token BearerToken) (domain.Identity, error)
}

// ImageRegistry looks up container images.
type ImageRegistry interface {
	// Digest returns the digest of the content that the tag names, if everybody may pull the
	// image; empty if no registry is asked. Otherwise the error is a domain.Error: Invalid,
	// with the reason as its message, or Unavailable if the registry does not answer. A call
	// may take seconds. Nobody is asked about a name or a tag that package name refuses.
	Digest(ctx context.Context, image, tag string) (string, error)
}

// SchemaValidator applies JSON Schema, Draft 4 to 2020-12. Whatever schema and document
// are, a call ends within about a second. If the context ends before, the error is that
// of the context.
type SchemaValidator interface {
	// Check returns nil if the schema can be used. Otherwise the error is a
	// domain.Error that is Invalid and points into the schema.
	Check(ctx context.Context, schema []byte) error
	// Validate returns nil if the document satisfies the schema. Otherwise the error
	// is a domain.Error that is Invalid: it points into the document, or it says that
	// the schema itself cannot be used.
	Validate(ctx context.Context, schema []byte, value document.Value) error
	// Violations returns what of the document does not satisfy the schema, in the order of
	// the document, at most limit. The error is that of Validate for a schema that cannot be
	// used.
	Violations(ctx context.Context, schema []byte, value document.Value, limit int) ([]domain.Violation, error)
}
