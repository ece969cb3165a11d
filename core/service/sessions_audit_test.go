package service_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// ofSessions returns what the trail says about sessions, oldest first.
func (w *world) ofSessions(names map[uuid.UUID]string) (lines []string) {
	w.t.Helper()
	w.trail()
	for _, e := range verified(w.t, w.Store.Repos()) {
		if e.Resource != domain.SessionResource {
			continue
		}
		actor := string(e.Role)
		if e.Actor != nil {
			actor = e.Actor.Subject
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprint(actor, " ", e.Action, " ", names[e.ResourceID], " ", e.Reason)))
	}
	return lines
}

// Each login, and each end of a session that somebody wants, is one entry that names who did it.
func TestTheTrailTellsWhoLoggedInAndWhoEndedASession(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada")
	ctx := t.Context()
	left, ended, refused, revoked := w.logIn(ada), w.logIn(ada), w.logIn(ada), w.logIn(ada)
	names := map[uuid.UUID]string{left.ID: "left", ended.ID: "ended", refused.ID: "refused", revoked.ID: "revoked"}
	_, err := w.Sessions.EndOwn(ctx, ada, func(s *domain.Session) bool { return s.ID == ended.ID })
	revoking := maintenance.Sessions{Storage: w.Store, Clock: w}
	_, revokeErr := revoking.Revoke(ctx, domain.Operator(), ports.UserMatch{}, &revoked.ID, false)
	for _, err := range []error{
		err, revokeErr, w.Browsers.End(ctx, left), w.Browsers.End(ctx, left), // another server was first
		w.Browsers.Refuse(ctx, refused, "The login has expired"), w.Browsers.Refuse(ctx, refused, "The login has expired"),
		w.Browsers.End(ctx, ended), // it has ended
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantLines(t, w.ofSessions(names), "ada BeginSession left", "ada BeginSession ended", "ada BeginSession refused",
		"ada BeginSession revoked", "ada EndOwnSessions ended", "operator RevokeSessions revoked", "ada EndSession left",
		"system RefuseSession refused The login has expired")
}

// A login that is not stored is no entry, and a stranger's form is none.
func TestSessionsThatDoNotBeginAreNotInTheTrail(t *testing.T) {
	w := newWorld(t)
	w.Services = service.New(service.Dependencies{
		Storage: w.Store, Clock: w, Sessions: service.SessionRules{PerPerson: 1},
	})
	ada := w.person("ada")
	first := w.logIn(ada)
	second := &domain.Session{Hash: uuid.NewString(), ID: uuid.New(), Data: "d", Tokens: "t"}
	if err := w.Browsers.LogIn(t.Context(), ada, second, false); domain.KindOf(err) != domain.Limited {
		t.Fatalf("a second session: %v", err)
	}
	form := &domain.Session{Hash: "form", ID: uuid.New()}
	for _, err := range []error{w.Browsers.Keep(t.Context(), form), w.Browsers.End(t.Context(), form)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	names := map[uuid.UUID]string{first.ID: "first", second.ID: "second"}
	wantLines(t, w.ofSessions(names), "ada BeginSession first")
	if err := w.Browsers.LogIn(t.Context(), ada, second, true); err != nil {
		t.Fatal(err)
	}
	wantLines(t, w.ofSessions(names), "ada BeginSession first", "ada BeginSession second", "ada EndOwnSessions first")
}

// What operators did to a person names the person, and goes when the person is removed: also
// what waits to become an entry. Others stay named, and the trail is whole.
func TestRemovedPeopleAreNotInWhatOthersDidToThem(t *testing.T) {
	w := newWorld(t)
	w.person("ada")
	w.person("bob")
	ada, bob := w.caller("ada").Identity().UserID, w.caller("bob").Identity().UserID
	users := maintenance.Users{Users: w.Users, Storage: w.Store, Clock: w, Personal: noRows{}}
	block := func(id domain.UserID) {
		t.Helper()
		match := ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer}
		_, err := users.Block(t.Context(), domain.Operator(), match, "spam of "+id.Subject, false)
		if err == nil {
			_, err = users.Unblock(t.Context(), domain.Operator(), match, false)
		}
		if err == nil {
			err = users.Export(t.Context(), domain.Operator(), match, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	block(ada)
	block(bob)
	w.trail()
	block(ada) // these events wait while ada is removed
	if err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &ada.Subject}); err != nil {
		t.Fatal(err)
	}
	w.trail()
	named, of := map[string]int{}, 0
	for _, e := range verified(t, w.Store.Repos()) {
		if strings.Contains(e.Changes+e.Reason, ada.Subject) {
			t.Errorf("entry %d says %q, %q", e.Seq, e.Reason, e.Changes)
		}
		if slices.Contains(audit.AllAbout(bob), e.Changes) {
			named[e.Action]++
		}
		if e.Action == domain.BlockUser.ID && e.Changes == "" {
			of++
		}
	}
	if fmt.Sprint(named) != "map[BlockUser:1 ExportUser:1 UnblockUser:1]" || of != 2 {
		t.Errorf("the other person is named in %v, and %d blocks name nobody", named, of)
	}
}

// noRows is a ports.PersonalData without any.
type noRows struct{}

func (noRows) Personal(context.Context, *domain.User, func(string, []byte) error) error { return nil }

var errFull = errors.New("the disk is full")

// A change that fails leaves no entry, and an entry that cannot be stored lets the change fail.
func TestAnExportThatCannotBeNotedShowsNothing(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada").Identity().UserID
	users := maintenance.Users{Users: w.Users, Storage: failing{w.Store}, Clock: w, Personal: noRows{}}
	err := users.Export(t.Context(), domain.Operator(), ports.UserMatch{Subject: &ada.Subject}, nil)
	if !errors.Is(err, errFull) {
		t.Errorf("the export answers %v, want %v", err, errFull)
	}
}

// failing is a storage in which nothing can be written.
type failing struct{ ports.Storage }

func (failing) Do(context.Context, func(context.Context, ports.Repos) error) error { return errFull }

// Two hundred logins of one person at once: twenty sessions begin, each with an entry, and the
// others are told why not.
func TestTwoHundredLoginsAtOnceAreTwentySessions(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		const logins, most = 200, 20
		browsers := service.New(service.Dependencies{Storage: store, Clock: standing{}}).Browsers
		id := domain.Identity{UserID: domain.UserID{Subject: "ada", Issuer: "https://op.example.org"}}
		var together sync.WaitGroup
		answers := make(chan error, logins)
		for range logins {
			together.Go(func() {
				s := &domain.Session{Hash: uuid.NewString(), ID: uuid.New(), Data: "d", Tokens: "t"}
				answers <- browsers.LogIn(t.Context(), domain.Person(id, nil), s, false)
			})
		}
		together.Wait()
		close(answers)
		began := 0
		for err := range answers {
			switch {
			case err == nil:
				began++
			case domain.KindOf(err) != domain.Limited:
				t.Errorf("a login: %v", err)
			}
		}
		if err := service.NewTrail(store).Chain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if entries := verified(t, store.Repos()); began != most || len(entries) != most {
			t.Errorf("%d sessions began, with %d entries, want %d", began, len(entries), most)
		}
	})
}

// standing is a clock that stands still.
type standing struct{}

func (standing) Now() time.Time { return noon }
