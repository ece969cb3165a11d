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
// Errors: Unauthenticated if no provider accepts the token; Limited; Unavailable.
func (a *Access) Identify(ctx context.Context, token ports.BearerToken) (domain.Caller, error) {
	if token.Text == "" {
		return domain.Caller{}, nil
	}
	identity, err := a.verifier.Verify(ctx, token)
	if err != nil {
		return domain.Caller{}, err
	}
	user, err := a.storage.Repos().Users.Get(ctx, identity.UserID)
	if errors.Is(err, ports.ErrNotFound) {
		return domain.Person(identity, nil), nil
	}
	if err != nil {
		return domain.Caller{}, err
	}
	if a.admins.GrantedBy(identity.Entitlements) {
		return domain.Administrator(identity, user), nil
	}
	return domain.Person(identity, user), nil
}
