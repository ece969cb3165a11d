package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/ports"
)

// Sessions are the use cases of people's own sessions.
type Sessions struct {
	storage ports.Storage
	clock   ports.Clock
}

// Actions of events about sessions. They are no operations: whoever has the token of a session
// has the session.
const (
	// BeginSession is a login: the actor has proved an identity.
	BeginSession = "BeginSession"
	// EndSession is a logout, by the actor.
	EndSession = "EndSession"
	// RefuseSession is that the identity provider did not accept the login of a session any more.
	RefuseSession = "RefuseSession"
)

// sessionEvent is an event of a person about a session.
func sessionEvent(clock ports.Clock, action string, session uuid.UUID, person *domain.UserID) domain.Event {
	return domain.Event{
		At: clock.Now(), Role: domain.UploaderRole, Actor: person, Action: action, Resource: domain.SessionResource, ResourceID: session,
	}
}

// ListOwn returns the sessions of the caller.
func (s *Sessions) ListOwn(ctx context.Context, caller domain.Caller) ([]*domain.Session, error) {
	if err := caller.May(domain.ListOwnSessions); err != nil {
		return nil, err
	}
	id := caller.Identity().UserID
	return s.storage.Repos().Sessions.List(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer})
}

// EndOwn ends those sessions of the caller that chosen accepts, and returns how many there
// were.
func (s *Sessions) EndOwn(ctx context.Context, caller domain.Caller, chosen func(*domain.Session) bool) (ended int64, err error) {
	if err := caller.May(domain.EndOwnSessions); err != nil {
		return 0, err
	}
	id := caller.Identity().UserID
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		ids, err := removeSessions(ctx, r, id, chosen)
		if err != nil {
			return err
		}
		ended = int64(len(ids))
		return recordEnded(ctx, r, s.clock, id, ids)
	})
	return ended, err
}

// recordEnded adds events about sessions that a person has ended.
func recordEnded(ctx context.Context, r ports.Repos, clock ports.Clock, person domain.UserID, ids []uuid.UUID) error {
	events := make([]domain.Event, len(ids))
	for i, id := range ids {
		events[i] = sessionEvent(clock, domain.EndOwnSessions.ID, id, &person)
	}
	return ports.RecordAll(ctx, r, events)
}

// removeSessions removes those sessions of a person that chosen accepts, and returns their ids.
func removeSessions(ctx context.Context, r ports.Repos, id domain.UserID, chosen func(*domain.Session) bool) (ids []uuid.UUID, err error) {
	sessions, err := r.Sessions.List(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer})
	if err != nil {
		return nil, err
	}
	for _, session := range sessions {
		if chosen(session) {
			ids = append(ids, session.ID)
		}
	}
	_, err = r.Sessions.RemoveIDs(ctx, ids)
	return ids, err
}

// endSessions ends all sessions of a person.
func endSessions(ctx context.Context, r ports.Repos, id domain.UserID) error {
	_, err := removeSessions(ctx, r, id, func(*domain.Session) bool { return true })
	return err
}

// SessionRules bound the sessions of browsers.
type SessionRules struct {
	// Idle is how long an unused session lasts, and Absolute how long any session does after
	// the login.
	Idle, Absolute time.Duration
	// PerPerson is the largest number of sessions of one person. Administrators may have more.
	PerPerson int
}

const (
	defaultIdle      = 12 * time.Hour
	defaultAbsolute  = 7 * 24 * time.Hour
	defaultPerPerson = 20

	// anonymousLife is how long a session lasts in which nobody has logged in: it keeps a form
	// over a login.
	anonymousLife = time.Hour
	// mostAnonymous bounds what strangers can make the database keep.
	mostAnonymous = 2000
	// touchEvery bounds how often the use of a session is written.
	touchEvery = time.Minute
)

func (r SessionRules) orDefaults() SessionRules {
	if r.Idle == 0 {
		r.Idle = defaultIdle
	}
	if r.Absolute == 0 {
		r.Absolute = defaultAbsolute
	}
	if r.PerPerson == 0 {
		r.PerPerson = defaultPerPerson
	}
	return r
}

// Browsers keeps the sessions of browsers. As Access it finds out who asks, so that its
// methods have no caller: whoever has the token of a session has the session.
type Browsers struct {
	storage ports.Storage
	clock   ports.Clock
	rules   SessionRules
}

// errManyForms is the answer to a stranger whose form cannot be kept.
var errManyForms = domain.LimitedFor(time.Minute, "Too many forms of visitors who are not logged in are kept: log in first", nil)

// Find returns the session with the hash, unless it has expired, and notes that it is used.
// Error: ports.ErrNotFound.
func (b *Browsers) Find(ctx context.Context, hash string) (*domain.Session, error) {
	session, err := b.storage.Repos().Sessions.Get(ctx, hash)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now()
	if !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= b.rules.Idle {
		return nil, ports.ErrNotFound
	}
	if now.Sub(session.SeenAt) >= min(touchEvery, b.rules.Idle/2) {
		session.SeenAt = now
		err = b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return r.Sessions.Touch(ctx, hash, now) })
	}
	return session, err
}

// Keep adds a session in which nobody has logged in. It sets the times. Error: Limited if
// there are too many.
func (b *Browsers) Keep(ctx context.Context, session *domain.Session) error {
	b.begin(session, anonymousLife)
	return b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		count, err := r.Sessions.CountAnonymous(ctx)
		if err != nil {
			return err
		}
		if count >= mostAnonymous {
			return errManyForms
		}
		return r.Sessions.Add(ctx, session)
	})
}

func (b *Browsers) begin(session *domain.Session, life time.Duration) {
	now := b.clock.Now()
	session.CreatedAt, session.SeenAt, session.ExpiresAt = now, now, now.Add(life)
}

// Replace stores a session in place of the one with the hash. Error: ports.ErrNotFound.
func (b *Browsers) Replace(ctx context.Context, hash string, session *domain.Session) error {
	return b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return r.Sessions.Replace(ctx, hash, session) })
}

// LogIn adds the session of the caller, and sets its slot and times. Error: Limited if
// the caller has too many sessions; with replace, the others are ended instead.
func (b *Browsers) LogIn(ctx context.Context, caller domain.Caller, session *domain.Session, replace bool) error {
	b.begin(session, b.rules.Absolute)
	id := caller.Identity().UserID
	session.Person = &id
	// Of several logins that take the same slot at once, one stores its session, and the others
	// take another slot: they end when there is none.
	const tries = 1000
	for try := 1; ; try++ {
		err := b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return b.addOwn(ctx, r, caller, session, replace) })
		if !isDuplicate(err) || try == tries || ctx.Err() != nil {
			return err
		}
	}
}

func (b *Browsers) addOwn(ctx context.Context, r ports.Repos, caller domain.Caller, session *domain.Session, replace bool) error {
	id := *session.Person
	sessions, err := r.Sessions.List(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer})
	if err != nil {
		return err
	}
	var over, replaced []uuid.UUID
	sessions = slices.DeleteFunc(sessions, func(s *domain.Session) bool {
		expired := !session.CreatedAt.Before(s.ExpiresAt) || session.CreatedAt.Sub(s.SeenAt) >= b.rules.Idle
		if expired {
			over = append(over, s.ID)
		}
		return expired
	})
	if full := len(sessions) >= b.rules.PerPerson && !caller.IsAdministrator(); full && replace {
		for _, s := range sessions {
			over, replaced = append(over, s.ID), append(replaced, s.ID)
		}
		sessions = nil
	} else if full {
		return b.tooMany(sessions)
	}
	if _, err := r.Sessions.RemoveIDs(ctx, over); err != nil {
		return err
	}
	session.Slot = freeSlot(sessions)
	if err := r.Sessions.Add(ctx, session); err != nil {
		return err
	}
	if err := ports.Record(ctx, r, sessionEvent(b.clock, BeginSession, session.ID, &id)); err != nil {
		return err
	}
	return recordEnded(ctx, r, b.clock, id, replaced)
}

func (b *Browsers) tooMany(sessions []*domain.Session) error {
	return domain.LimitedFor(time.Minute, fmt.Sprintf("You have %s, and %d %s allowed: log out in another browser, or end them "+
		"all. A session that is not used ends by itself after %s", plural.Count(len(sessions), "session", "sessions"),
		b.rules.PerPerson, plural.Of(b.rules.PerPerson, "is", "are"), b.rules.Idle), nil)
}

// freeSlot is the lowest number that no session has.
func freeSlot(sessions []*domain.Session) int {
	slot := 1
	for slices.ContainsFunc(sessions, func(s *domain.Session) bool { return s.Slot == slot }) {
		slot++
	}
	return slot
}

// End ends a session at the wish of whoever has it, if it has not ended yet.
func (b *Browsers) End(ctx context.Context, session *domain.Session) error {
	return b.end(ctx, session, sessionEvent(b.clock, EndSession, session.ID, session.Person))
}

// Refuse ends a session whose login the identity provider does not accept any more, if it has not
// ended yet.
func (b *Browsers) Refuse(ctx context.Context, session *domain.Session, reason string) error {
	return b.end(ctx, session, domain.Event{
		At: b.clock.Now(), Role: domain.SystemRole, Action: RefuseSession, Resource: domain.SessionResource, ResourceID: session.ID,
		Reason: reason,
	})
}

// end removes a session by its id: another server may have given it a new token meanwhile. Only
// one of several callers adds the event, and none does where nobody had logged in.
func (b *Browsers) end(ctx context.Context, session *domain.Session, event domain.Event) error {
	return b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		n, err := r.Sessions.RemoveIDs(ctx, []uuid.UUID{session.ID})
		if err != nil || n == 0 || session.Person == nil {
			return err
		}
		return ports.Record(ctx, r, event)
	})
}

const (
	// refreshLease is how long one server may take to renew tokens. It is longer than a
	// provider is waited for.
	refreshLease = 20 * time.Second
	// refreshPoll is how often another server looks whether the tokens are renewed.
	refreshPoll = 100 * time.Millisecond
)

// Refresh lets one caller among all servers renew the tokens of the session, and returns the
// session with the new ones; the others wait for them. Renew returns the new tokens, sealed.
// Errors: ports.ErrNotFound if the session has ended; the error of renew.
func (b *Browsers) Refresh(
	ctx context.Context, session *domain.Session, renew func(context.Context) (sealed string, err error),
) (*domain.Session, error) {
	for {
		now := b.clock.Now()
		leased := false
		err := b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) (err error) {
			leased, err = r.Sessions.LeaseRefresh(ctx, session.ID, session.TokensVersion, now, now.Add(refreshLease))
			return err
		})
		if err != nil {
			return nil, err
		}
		if leased {
			return b.renew(ctx, session, renew)
		}
		current, err := b.storage.Repos().Sessions.Get(ctx, session.Hash)
		if err != nil || current.TokensVersion != session.TokensVersion {
			return current, err
		}
		select {
		case <-ctx.Done():
			return nil, domain.UnavailableFor(time.Second, "The login is being renewed", context.Cause(ctx))
		case <-time.After(refreshPoll):
		}
	}
}

// renew renews the tokens under the lease. The client may leave meanwhile: the provider has
// used up the old token then, and the new one must be stored.
func (b *Browsers) renew(
	ctx context.Context, session *domain.Session, renew func(context.Context) (string, error),
) (*domain.Session, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshLease)
	defer cancel()
	sealed, err := renew(ctx)
	if err != nil {
		ended := b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			return r.Sessions.EndRefresh(ctx, session.ID, session.TokensVersion)
		})
		return nil, errors.Join(err, ended)
	}
	err = b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return r.Sessions.SetTokens(ctx, session.ID, session.TokensVersion, sealed)
	})
	if err != nil {
		return nil, err
	}
	renewed := *session
	renewed.Tokens, renewed.TokensVersion = sealed, session.TokensVersion+1
	return &renewed, nil
}

// Tidy removes the sessions that have expired.
func (b *Browsers) Tidy(ctx context.Context) error {
	now := b.clock.Now()
	return b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		_, err := r.Sessions.RemoveExpired(ctx, now, now.Add(-b.rules.Idle))
		return err
	})
}
