package service_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// logIn begins a session of the caller.
func (w *world) logIn(caller domain.Caller) *domain.Session {
	w.t.Helper()
	s := &domain.Session{Hash: uuid.NewString(), ID: uuid.New(), Data: "d", Tokens: "t"}
	if err := w.Browsers.LogIn(w.t.Context(), caller, s, false); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// isOpen fails the test unless the session is open, or not.
func (w *world) isOpen(s *domain.Session, want bool) {
	w.t.Helper()
	_, err := w.Browsers.Find(w.t.Context(), s.Hash)
	if isOpen := err == nil; isOpen != want || err != nil && !errors.Is(err, ports.ErrNotFound) {
		w.t.Errorf("the session is open: %t (%v), want %t", isOpen, err, want)
	}
}

func TestUnusedSessionsEnd(t *testing.T) {
	w := newWorld(t)
	caller := w.person("ada")
	used, unused := w.logIn(caller), w.logIn(caller)
	w.now = w.now.Add(11 * time.Hour)
	w.isOpen(used, true)
	w.now = w.now.Add(2 * time.Hour)
	w.isOpen(used, true)
	w.isOpen(unused, false)
	if err := w.Browsers.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	sessions, err := w.Sessions.ListOwn(t.Context(), caller)
	if err != nil || len(sessions) != 1 || sessions[0].ID != used.ID {
		t.Errorf("sessions %+v (%v), want the used one", sessions, err)
	}
}

func TestSessionsEndAfterAWeekHoweverOftenTheyAreUsed(t *testing.T) {
	w := newWorld(t)
	s := w.logIn(w.person("ada"))
	for begun := w.now; w.now.Sub(begun) < 7*24*time.Hour; w.now = w.now.Add(8 * time.Hour) {
		w.isOpen(s, true)
	}
	w.isOpen(s, false)
}

func TestSessionsEndWithThePerson(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	w.person("root", adminEntitlement)
	root := w.caller("root")
	s, other := w.logIn(ada), w.logIn(root)
	id := ada.Identity().UserID
	if err := w.Users.Remove(t.Context(), root, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer}); err != nil {
		t.Fatal(err)
	}
	w.isOpen(s, false)
	w.isOpen(other, true)
}

func TestPeopleEndTheirOwnSessionsOnly(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada"), w.person("bob")
	first, second, foreign := w.logIn(ada), w.logIn(ada), w.logIn(bob)
	n, err := w.Sessions.EndOwn(t.Context(), ada, func(s *domain.Session) bool { return s.ID == second.ID || s.ID == foreign.ID })
	if err != nil || n != 1 {
		t.Errorf("%d sessions ended (%v), want 1", n, err)
	}
	w.isOpen(first, true)
	w.isOpen(second, false)
	w.isOpen(foreign, true)
}

func TestStrangersKeepFewForms(t *testing.T) {
	w := newWorld(t)
	const most = 2000
	err := w.Store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		for range most {
			s := &domain.Session{Hash: uuid.NewString(), ID: uuid.New(), CreatedAt: w.now, SeenAt: w.now, ExpiresAt: w.now.Add(time.Hour)}
			if err := r.Sessions.Add(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Browsers.Keep(t.Context(), &domain.Session{Hash: "one more", ID: uuid.New()})
	if domain.KindOf(err) != domain.Limited {
		t.Errorf("one form more: %v, want Limited", err)
	}
	w.logIn(w.person("ada")) // people are not concerned
	w.now = w.now.Add(61 * time.Minute)
	if err := w.Browsers.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Browsers.Keep(t.Context(), &domain.Session{Hash: "one more", ID: uuid.New()}); err != nil {
		t.Errorf("after an hour: %v", err)
	}
}

func TestTokensOfASessionAreRenewedByOne(t *testing.T) {
	w := newWorld(t)
	s := w.logIn(w.person("ada"))
	browsers := service.New(service.Dependencies{Storage: w.Store, Clock: w}).Browsers // many may use it at once
	began, goOn := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := browsers.Refresh(t.Context(), s, func(context.Context) (string, error) {
			close(began)
			<-goOn
			return "new", nil
		})
		done <- err
	}()
	<-began
	waited := make(chan *domain.Session, 1)
	go func() {
		got, err := browsers.Refresh(t.Context(), s, func(context.Context) (string, error) { return "", errors.New("a second renewal") })
		if err != nil {
			t.Error(err)
		}
		waited <- got
	}()
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := <-waited; got == nil || got.Tokens != "new" {
		t.Errorf("the other one gets %+v", got)
	}
	failure := errors.New("refused")
	current, err := browsers.Find(t.Context(), s.Hash)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(context.Context) (string, error) { return "", failure }
	if _, err := browsers.Refresh(t.Context(), current, refused); !errors.Is(err, failure) {
		t.Errorf("got %v, want that the renewal failed", err)
	}
	if _, err := browsers.Refresh(t.Context(), current, func(context.Context) (string, error) { return "newer", nil }); err != nil {
		t.Errorf("after a failure: %v", err)
	}
}
