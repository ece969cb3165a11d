package devprovider

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// CreateAuthRequest stores the request of an application until somebody signs in.
func (s *storage) CreateAuthRequest(_ context.Context, wish *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if slices.Contains(wish.Prompt, oidc.PromptNone) {
		return nil, oidc.ErrLoginRequired().WithDescription("nobody stays signed in here")
	}
	if wish.CodeChallenge == "" || wish.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with a code_challenge of the method S256 is needed")
	}
	r := request{AuthRequest: *wish, id: uuid.NewString()}
	s.requests.put(r.id, r)
	return &r, nil
}

// AuthRequestByID returns a request that has not expired.
func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	r, _, ok := s.requests.get(id)
	if !ok {
		return nil, oidc.ErrInvalidRequest().WithDescription("the sign-in has expired, start it again")
	}
	return &r, nil
}

// signIn notes who signed in, unless somebody has already.
func (s *storage) signIn(id, subject string) bool {
	if _, ok := s.accounts[subject]; !ok {
		return false
	}
	return s.requests.change(id, func(r *request) bool {
		if r.Done() {
			return false
		}
		r.subject, r.signedIn = subject, time.Now()
		return true
	})
}

// SaveAuthCode stores the code for which the application gets its tokens.
func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.codes.put(code, id)
	return nil
}

// AuthRequestByCode returns the request of a code, and only once.
func (s *storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	id, ok := s.codes.take(code)
	if !ok {
		return nil, oidc.ErrInvalidGrant().WithDescription("unknown code")
	}
	return s.AuthRequestByID(ctx, id)
}

// DeleteAuthRequest forgets a request that led to tokens.
func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.requests.take(id)
	return nil
}

// TerminateSession has nothing to end: each sign-in asks who it is.
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }
