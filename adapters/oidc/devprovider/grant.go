package devprovider

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// request is an application's wish to have somebody sign in. It is never
// changed once it is stored.
type request struct {
	oidc.AuthRequest
	id string
	// subject is empty until somebody has signed in.
	subject  string
	signedIn time.Time
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return nil }
func (r *request) GetAudience() []string              { return []string{r.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.signedIn }
func (r *request) GetClientID() string                { return r.ClientID }
func (r *request) GetNonce() string                   { return r.Nonce }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }
func (r *request) GetScopes() []string                { return r.Scopes }
func (r *request) GetSubject() string                 { return r.subject }
func (r *request) Done() bool                         { return r.subject != "" }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}

// grant is what a token stands for.
type grant struct {
	subject  string
	clientID string
	scopes   []string
	signedIn time.Time
}

func (g *grant) GetSubject() string     { return g.subject }
func (g *grant) GetAudience() []string  { return []string{g.clientID} }
func (g *grant) GetScopes() []string    { return g.scopes }
func (g *grant) GetClientID() string    { return g.clientID }
func (g *grant) GetAuthTime() time.Time { return g.signedIn }

// renewal is a grant that is used by means of its refresh token. Only this
// may have fewer scopes this time; by the method the library knows it.
type renewal struct{ grant }

func (r *renewal) GetAMR() []string                 { return nil }
func (r *renewal) SetCurrentScopes(scopes []string) { r.scopes = scopes }

// grantOf reads what the library wants a token for.
func grantOf(wish op.TokenRequest) grant {
	g := grant{subject: wish.GetSubject(), scopes: wish.GetScopes()}
	if by, ok := wish.(interface{ GetClientID() string }); ok {
		g.clientID = by.GetClientID()
	}
	if at, ok := wish.(interface{ GetAuthTime() time.Time }); ok {
		g.signedIn = at.GetAuthTime()
	}
	return g
}
