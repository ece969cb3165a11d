package maintenance

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Sessions looks after the sessions of browsers.
type Sessions struct {
	Storage ports.Storage
	// Clock is needed by Revoke alone.
	Clock ports.Clock
}

// List returns the sessions of the people who match, by person.
func (s Sessions) List(ctx context.Context, caller domain.Caller, match ports.UserMatch) ([]*domain.Session, error) {
	if err := caller.May(domain.ListSessions); err != nil {
		return nil, err
	}
	return s.Storage.Repos().Sessions.List(ctx, match)
}

// Revoke ends all sessions of the people who match, or the one with the id, and returns them.
// The next request in such a session is one of a visitor who has not logged in. Errors:
// Invalid if nothing chooses; NotFound if there is no such session. A dry run ends none.
func (s Sessions) Revoke(
	ctx context.Context, caller domain.Caller, match ports.UserMatch, id *uuid.UUID, dryRun bool,
) (chosen []*domain.Session, err error) {
	if err := caller.May(domain.RevokeSessions); err != nil {
		return nil, err
	}
	if match == (ports.UserMatch{}) && id == nil {
		return nil, domain.Invalidf("nothing is chosen, by subject and issuer, by e-mail address or by the id of a session")
	}
	err = s.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		chosen = nil
		sessions, err := r.Sessions.List(ctx, match)
		if err != nil {
			return err
		}
		var ids []uuid.UUID
		for _, session := range sessions {
			if id == nil || session.ID == *id {
				chosen, ids = append(chosen, session), append(ids, session.ID)
			}
		}
		if len(ids) == 0 {
			return domain.NotFoundf("there is no such session; `admin sessions list` shows all")
		}
		if dryRun {
			return nil
		}
		if _, err := r.Sessions.RemoveIDs(ctx, ids); err != nil {
			return err
		}
		for _, id := range ids {
			// The entry of the login, which is of the same resource, names the person.
			err := recordJob(ctx, r, s.Clock, caller, domain.RevokeSessions, domain.Event{Resource: domain.SessionResource, ResourceID: id})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return chosen, err
}
