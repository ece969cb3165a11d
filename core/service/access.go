package service

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Access identifies callers. The use cases decide what a caller may do.
type Access struct {
	storage  ports.Storage
	verifier ports.TokenVerifier
	admins   domain.Entitlements
}

// Identify returns the caller behind a bearer token, the anonymous caller for the
// empty token. Whether a person is registered is read from the storage each time.
//
// A block counts from the next request on.
//
// Errors: Unauthenticated if no provider accepts the token; Limited; Unavailable.
func (a *Access) Identify(ctx context.Context, token ports.BearerToken) (domain.Caller, error) {
	if token.Text == "" {
		return domain.Caller{}, nil
	}
	identity, err := a.verifier.Verify(ctx, token)
	if err != nil {
		return domain.Caller{}, err
	}
	return a.CallerOf(ctx, identity)
}

// CallerOf returns the caller with an identity that was proved before.
func (a *Access) CallerOf(ctx context.Context, identity domain.Identity) (domain.Caller, error) {
	user, err := a.storage.Repos().Users.Get(ctx, identity.UserID)
	if errors.Is(err, ports.ErrNotFound) {
		return a.stranger(ctx, identity)
	}
	if err != nil {
		return domain.Caller{}, err
	}
	if user.Blocked {
		return domain.BlockedPerson(identity, user), nil
	}
	if a.admins.GrantedBy(identity.Entitlements) {
		return domain.Administrator(identity, user), nil
	}
	return domain.Person(identity, user), nil
}

// stranger returns the caller for a person who is not registered.
func (a *Access) stranger(ctx context.Context, identity domain.Identity) (domain.Caller, error) {
	blocked, err := a.storage.Repos().Blocks.Contains(ctx, identity.UserID)
	if err != nil {
		return domain.Caller{}, err
	}
	if blocked {
		return domain.BlockedPerson(identity, nil), nil
	}
	return domain.Person(identity, nil), nil
}
