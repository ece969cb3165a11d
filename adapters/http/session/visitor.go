package session

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// Visitor is who asks for a page.
type Visitor struct {
	// Caller is for the use cases. It is anonymous for a visitor who has not logged in.
	Caller domain.Caller
	// Name is what to call the visitor, empty for one who has not logged in.
	Name string
	// ID is that of the session, uuid.Nil if there is none.
	ID uuid.UUID
	// Notice is a sentence for the visitor: why a session has ended, or cannot be used now.
	// It is empty most of the time.
	Notice string
}

// LoggedIn is true for a visitor who has proved an identity.
func (v Visitor) LoggedIn() bool { return v.Name != "" }

// Registered is true for a visitor who is registered.
func (v Visitor) Registered() bool { return v.Caller.User() != nil }

// FromContext returns who asks, a visitor who has not logged in where no session is served.
func FromContext(ctx context.Context) Visitor {
	if v := visitOf(ctx); v != nil {
		return v.visitor
	}
	return Visitor{}
}

// nameOf is what to call somebody.
func nameOf(id domain.Identity) string {
	const longest = 80 // characters
	for _, name := range []string{id.Name, id.Email, id.Subject} {
		if name != "" {
			runes := []rune(name)
			return string(runes[:min(len(runes), longest)])
		}
	}
	return ""
}

// rightsOf names what the caller may do. A session whose rights change gets a new token.
func rightsOf(caller domain.Caller) string {
	switch {
	case caller.May(domain.TryAdmin) == nil:
		return "administrator"
	case caller.May(domain.UpdateSelf) == nil:
		return "registered"
	case caller.May(domain.RegisterSelf) == nil:
		return "person"
	}
	return "blocked"
}

type visitKey struct{}

// visit is what is known of the session of a request under way.
type visit struct {
	manager *Manager
	visitor Visitor
	// row is nil if the browser has no session.
	row *domain.Session
	// lost: the browser has sent a token that opens no session.
	lost bool
	// add stores the session for the first time.
	add func(context.Context, *domain.Session) error
	// end ends the session.
	end func(context.Context, *domain.Session) error
	// renewing: the token changes, and the session stays.
	renewing bool
}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}
