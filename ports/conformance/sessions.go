package conformance

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// session is a new session, of a person or of nobody.
func session(person *domain.UserID, slot int) *domain.Session {
	return &domain.Session{
		Hash: uuid.NewString(), ID: uuid.New(), Person: person, Slot: slot, CreatedAt: noon, SeenAt: noon, ExpiresAt: noon.Add(time.Hour),
		Data: "sealed data", Tokens: "sealed tokens",
	}
}

func (w *world) addSession(t tester, sessions ...*domain.Session) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for _, s := range sessions {
			if err := r.Sessions.Add(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func sessionsAreStored(t *testing.T, w *world) {
	ada := domain.UserID{Subject: "ada", Issuer: "i"}
	known, unknown := session(&ada, 1), session(nil, 0)
	w.addSession(t, known, unknown)
	for _, want := range []*domain.Session{known, unknown} {
		got, err := w.Repos().Sessions.Get(t.Context(), want.Hash)
		same(t, "session", got, err, want)
	}
	if n, err := w.Repos().Sessions.CountAnonymous(t.Context()); err != nil || n != 1 {
		t.Errorf("%d sessions of nobody (%v), want 1", n, err)
	}
	changed := *known
	changed.Hash, changed.Data, changed.SeenAt = "another", "other data", noon.Add(time.Minute)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Sessions.Replace(ctx, known.Hash, &changed), r.Sessions.Touch(ctx, unknown.Hash, noon.Add(time.Second)))
	})
	got, err := w.Repos().Sessions.Get(t.Context(), changed.Hash)
	same(t, "session with another token", got, err, &changed)
	unknown.SeenAt = noon.Add(time.Second)
	got, err = w.Repos().Sessions.Get(t.Context(), unknown.Hash)
	same(t, "session that was used", got, err, unknown)
	if _, err := w.Repos().Sessions.Get(t.Context(), known.Hash); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("the earlier token finds a session: %v", err)
	}
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Sessions.Replace(ctx, known.Hash, &changed) })
	if !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("a session that has ended is replaced: %v", err)
	}
}

func sessionsEnd(t *testing.T, w *world) {
	user := w.user(t)
	bob := domain.UserID{Subject: "bob", Issuer: "i"}
	first, second, other, nobody := session(&user.UserID, 1), session(&user.UserID, 2), session(&bob, 1), session(nil, 0)
	w.addSession(t, second, first, other, nobody)
	list := func(match ports.UserMatch, want ...*domain.Session) {
		t.Helper()
		got, err := w.Repos().Sessions.List(t.Context(), match)
		if err != nil || len(got) != len(want) {
			t.Fatalf("sessions of %+v: got %+v (%v), want %d", match, deref(got), err, len(want))
		}
		for i, s := range got {
			if s.ID != want[i].ID || *s.Person != *want[i].Person || s.Hash != "" || s.Data != "" || s.Tokens != "" {
				t.Errorf("sessions of %+v: got %+v at place %d, want that of %+v without contents", match, s, i, want[i])
			}
		}
	}
	list(matching(user), first, second)
	list(ports.UserMatch{Email: &user.Email}, first, second)
	list(ports.UserMatch{Subject: &bob.Subject, Issuer: &bob.Issuer}, other)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		n, err := r.Sessions.RemoveIDs(ctx, []uuid.UUID{first.ID, nobody.ID, uuid.New()})
		if n != 2 {
			t.Errorf("%d sessions were removed, want 2", n)
		}
		return err
	})
	list(matching(user), second)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if err := r.Sessions.Touch(ctx, other.Hash, noon.Add(30*time.Minute)); err != nil {
			return err
		}
		n, err := r.Sessions.RemoveExpired(ctx, noon.Add(40*time.Minute), noon.Add(20*time.Minute))
		if n != 1 {
			t.Errorf("%d idle sessions were removed, want 1", n)
		}
		return err
	})
	list(matching(user))
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		n, err := r.Sessions.RemoveExpired(ctx, noon.Add(61*time.Minute), noon)
		if n != 1 {
			t.Errorf("%d sessions at their end were removed, want 1", n)
		}
		return err
	})
}

func slotsAreUnique(t *testing.T, w *world) {
	ada := domain.UserID{Subject: "ada", Issuer: "i"}
	w.addSession(t, session(&ada, 1), session(&ada, 2), session(nil, 0), session(nil, 0))
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Sessions.Add(ctx, session(&ada, 2)) })
	if duplicate, ok := errors.AsType[*ports.DuplicateError](err); !ok {
		t.Errorf("a second session of a slot: %v, want a %T", err, duplicate)
	}
}

func renewalRaces(t *testing.T, w *world) {
	ada := domain.UserID{Subject: "ada", Issuer: "i"}
	s := session(&ada, 1)
	w.addSession(t, s)
	var leased atomic.Int32
	lease := func(now time.Time) (ok bool) {
		w.do(t, func(ctx context.Context, r ports.Repos) (err error) {
			ok, err = r.Sessions.LeaseRefresh(ctx, s.ID, s.TokensVersion, now, now.Add(time.Minute))
			return err
		})
		return ok
	}
	t.Run("together", func(t *testing.T) {
		for i := range 8 {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				if lease(noon) {
					leased.Add(1)
				}
			})
		}
	})
	if n := leased.Load(); n != 1 {
		t.Errorf("%d callers have the lease, want one", n)
	}
	if lease(noon.Add(30*time.Second)) || !lease(noon.Add(2*time.Minute)) {
		t.Error("a lease must hold until its end, and not longer")
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Sessions.SetTokens(ctx, s.ID, s.TokensVersion, "new")
	})
	got, err := w.Repos().Sessions.Get(t.Context(), s.Hash)
	if err != nil || got.Tokens != "new" || got.TokensVersion != s.TokensVersion+1 {
		t.Errorf("after the renewal: %+v (%v)", got, err)
	}
	if lease(noon.Add(time.Hour)) {
		t.Error("tokens that were renewed already are leased")
	}
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return r.Sessions.SetTokens(ctx, s.ID, s.TokensVersion, "late")
	})
	if !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("late tokens are stored: %v", err)
	}
}
