package service

import (
	"context"
	"errors"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Access decides who may do what.
type Access struct {
	storage  ports.Storage
	verifier ports.TokenVerifier
	admins   domain.Entitlements
}

// Authorize returns the caller behind the token, if they may ask for the
// operation. Public operations look at no token at all. Whether a person is
// registered is read from the storage each time.
//
// Errors: domain.ErrNoToken if the token is needed and empty, Unauthenticated
// if nobody accepts it, Forbidden if the right is missing, Unavailable.
func (a *Access) Authorize(ctx context.Context, operation domain.Operation, token string) (domain.Caller, error) {
	if operation.Right == domain.Public {
		return domain.Caller{}, nil
	}
	if token == "" {
		return domain.Caller{}, domain.ErrNoToken
	}
	identity, err := a.verifier.Verify(ctx, token)
	if err != nil {
		return domain.Caller{}, err
	}
	caller := domain.Caller{Identity: identity}
	caller.User, err = a.storage.Repos().Users.Get(ctx, identity.UserID)
	if err != nil && !errors.Is(err, ports.ErrNotFound) {
		return domain.Caller{}, err
	}
	caller.Admin = caller.User != nil && a.admins.GrantedBy(identity.Entitlements)
	return caller, operation.Right.Check(caller)
}
