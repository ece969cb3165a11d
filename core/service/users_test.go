package service_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func TestRegisterSelf(t *testing.T) {
	w := newWorld(t)
	identity := domain.Identity{UserID: domain.UserID{Subject: "s", Issuer: "i"}}
	_, err := w.Users.RegisterSelf(t.Context(), domain.Person(identity, nil))
	if !isError(err, domain.Invalid, "No scope for email in oidc token") {
		t.Errorf("without e-mail: %v", err)
	}
	identity.Email, identity.HasEmail = "s@example.org", true
	caller := domain.Person(identity, nil)
	user, err := w.Users.RegisterSelf(t.Context(), caller)
	if err != nil || user.Email != identity.Email || !user.RegisteredAt.Equal(w.now) ||
		!slices.Equal(w.mailed(), []string{"Thank you for registering"}) {
		t.Errorf("registered as %+v, %v, mails %q", user, err, w.mailed())
	}
	if _, err = w.Users.RegisterSelf(t.Context(), caller); !isError(err, domain.Conflict, "User already submitted/exists") {
		t.Errorf("registered twice: %v", err)
	}
	if _, err = w.Users.GetSelf(t.Context(), caller); !isError(err, domain.NotFound, "User not registered") {
		t.Errorf("GetSelf of a person who is not registered: %v", err)
	}
	if got, err := w.Users.GetSelf(t.Context(), domain.Person(identity, user)); got != user || err != nil {
		t.Errorf("GetSelf: %+v, %v", got, err)
	}
}

// TestEmailThatCannotBeStored: what one database would store and the other refuse.
func TestEmailThatCannotBeStored(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	yes := true
	for email, says := range map[string]string{
		"admin\u200b@example.org": "Character 6, U+200B", "a\u202egro.elpmaxe@b": "changes the direction", "ann@example.org\u3164": "U+3164",
		"a\u00a0b@example.org":                    "U+00A0",
		"s\x00@example.org":                       "U+0000",
		"s@example.org\r\nBcc: all@example.org":   "U+000D",
		"s\xff@example.org":                       "UTF-8",
		"s\ufffd@example.org":                     "not valid Unicode",
		strings.Repeat("s", 250) + "@example.org": "longer than 254 bytes",
	} {
		identity := domain.Identity{UserID: domain.UserID{Subject: "s", Issuer: "i"}, Email: email, HasEmail: true, EmailVerified: &yes}
		_, err := w.Users.RegisterSelf(t.Context(), domain.Person(identity, nil))
		if domain.KindOf(err) != domain.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("RegisterSelf with %.40q: %v, want %q", email, err, says)
		}
		identity.UserID = alice.Identity().UserID
		err = w.Users.UpdateSelf(t.Context(), domain.Person(identity, alice.User()))
		if domain.KindOf(err) != domain.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("UpdateSelf with %.40q: %v, want %q", email, err, says)
		}
	}
}

func TestUpdateSelf(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	yes, no := true, false
	for _, tt := range []struct {
		hasEmail bool
		verified *bool
		want     string
	}{
		{false, &yes, "No scope for email in oidc token"},
		{true, nil, "No email_verified status in user"},
		{true, &no, "Email unverified by OIDC provider"},
	} {
		identity := alice.Identity()
		identity.Email, identity.HasEmail, identity.EmailVerified = "new@example.org", tt.hasEmail, tt.verified
		err := w.Users.UpdateSelf(t.Context(), domain.Person(identity, alice.User()))
		if !isError(err, domain.Invalid, tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	identity := alice.Identity()
	identity.Email, identity.HasEmail, identity.EmailVerified = "new@example.org", true, &yes
	if err := w.Users.UpdateSelf(t.Context(), domain.Person(identity, alice.User())); err != nil {
		t.Fatal(err)
	}
	if got := w.caller("alice").User().Email; got != "new@example.org" || w.mails[0].To != "new@example.org" {
		t.Errorf("the address is %s, the mail went to %s", got, w.mails[0].To)
	}
}

func TestRemoveUsersNeedsAMatch(t *testing.T) {
	w := newWorld(t)
	w.person("bob")
	err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{})
	if !isError(err, domain.Invalid, "Cancelled, undefined users") {
		t.Errorf("without any key: %v", err)
	}
	nobody := "nobody"
	if err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &nobody}); err != nil {
		t.Errorf("nobody: %v", err)
	}
	if w.caller("bob").User() == nil {
		t.Error("bob was removed")
	}
	if _, err := w.Repos().Users.Get(t.Context(), domain.Tombstone); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("the tombstone, although nobody was removed: %v", err)
	}
}

func TestRemovedUsersLeaveWhatOthersNeed(t *testing.T) {
	w, result := newWorldWithResult(t)
	bob := w.caller("bob")
	w.claim("bob", result)
	own := w.result(bob, w.place(bob, "bobs", "bobs", "bobs"))
	onReview := w.submit(bob, "unused")
	approved := w.place(bob, "used", "used", "used")
	alices := w.result(w.caller("alice"), approved)
	match := "bob"
	if err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &match}); err != nil {
		t.Fatal(err)
	}
	if w.caller("bob").User() != nil || w.visibility(result).Hidden {
		t.Errorf("bob is %+v, the result that bob claimed is %+v", w.caller("bob").User(), w.visibility(result))
	}
	ctx, r := t.Context(), w.Repos()
	getError := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"own result":          getError(r.Results.Get(ctx, own)),
		"site on review":      getError(r.Sites.Get(ctx, onReview.site.ID)),
		"flavor on review":    getError(r.Flavors.Get(ctx, onReview.flavor.ID)),
		"benchmark on review": getError(r.Benchmarks.Get(ctx, onReview.benchmark.ID)),
	} {
		if !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("%s: %v, want it removed", name, err)
		}
	}
	site, siteErr := r.Sites.Get(ctx, approved.site.ID)
	flavor, flavorErr := r.Flavors.Get(ctx, approved.flavor.ID)
	benchmark, benchmarkErr := r.Benchmarks.Get(ctx, approved.benchmark.ID)
	if err := errors.Join(siteErr, flavorErr, benchmarkErr); err != nil {
		t.Fatal(err)
	}
	for name, uploader := range map[string]domain.UserID{"site": site.Uploader, "flavor": flavor.Uploader, "benchmark": benchmark.Uploader} {
		if uploader != domain.Tombstone {
			t.Errorf("the approved %s is %+v's, want it the tombstone's", name, uploader)
		}
	}
	if got, err := w.Results.Get(ctx, domain.Caller{}, alices); err != nil || got.Uploader.Subject != "alice" {
		t.Errorf("the result of another user on bob's site: %+v, %v", got, err)
	}
	claims, err := r.Claims.ActiveOf(ctx, result)
	if err != nil || len(claims) != 0 || w.submits() != 0 {
		t.Errorf("%d claims and %d submits are left, %v", len(claims), w.submits(), err)
	}
}

// TestARemovalWithAKeyIsDoneInParts: in one unit of work it would undo everything when its time is over, and
// keep what it changes from everybody meanwhile.
func TestARemovalWithAKeyIsDoneInParts(t *testing.T) {
	w, result := newWorldWithResult(t)
	w.claim("bob", result)
	w.person("admin", adminEntitlement)
	admin := w.caller("admin")
	asked := 0
	for range 2 {
		answer, err := w.Requests.Once(t.Context(), admin, "key", "fingerprint", func(ctx context.Context) ports.KeyedAnswer {
			asked++
			for _, name := range []string{"bob", "admin"} {
				if err := w.Users.Remove(ctx, admin, ports.UserMatch{Subject: &name}); err != nil {
					t.Errorf("remove %s: %v", name, err)
				}
				if w.caller(name).User() != nil {
					t.Errorf("%s is still registered when the removal has returned", name)
				}
			}
			return ports.KeyedAnswer{Status: 204, Body: []byte{}}
		})
		if err != nil || answer.Status != 204 {
			t.Errorf("got %+v, %v", answer, err)
		}
	}
	if asked != 1 || w.visibility(result).Hidden {
		t.Errorf("the removal was done %d times, and the result that bob claimed is %+v", asked, w.visibility(result))
	}
}

// late is a context whose time is nearly over, and that does not end.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Now(), true }

// TestRemovalOfVeryManyUsersIsDoneInParts: each request makes some of them unregistered, whatever time it has.
func TestRemovalOfVeryManyUsersIsDoneInParts(t *testing.T) {
	w := newWorld(t)
	w.write(func(ctx context.Context, r ports.Repos) error {
		for n := range 250 {
			id := domain.UserID{Subject: fmt.Sprint(n), Issuer: "https://many.example.org"}
			if err := r.Users.Add(ctx, &domain.User{UserID: id, Email: "many@example.org", RegisteredAt: w.now}); err != nil {
				return err
			}
		}
		return nil
	})
	issuer := "https://many.example.org"
	match := ports.UserMatch{Issuer: &issuer}
	for _, want := range []struct {
		left int
		err  error
	}{{150, service.ErrMoreUsers}, {50, service.ErrMoreUsers}, {0, nil}} {
		err := w.Users.Remove(late{t.Context()}, domain.Operator(), match)
		page, listErr := w.Users.List(t.Context(), domain.Operator(), ports.UserQuery{ListOptions: wholeList, UserMatch: match})
		if !errors.Is(err, want.err) || listErr != nil || page.Total != want.left {
			t.Errorf("remove: %v, and %d people are registered (%v), want %v and %d", err, page.Total, listErr, want.err, want.left)
		}
	}
	if err := w.Users.Remove(t.Context(), domain.Operator(), match); err != nil {
		t.Error(err)
	}
	if left, err := w.Users.Removals(t.Context(), domain.Operator(), match); err != nil || len(left) > 0 {
		t.Errorf("%d removals are left (%v)", len(left), err)
	}
}

func TestMailsToRemovedUsersAreRemoved(t *testing.T) {
	for name, tt := range map[string]struct {
		// carol is carol's address, and want how many of bob's mails are left.
		carol string
		want  int
	}{
		"nobody else has the address": {"carol@example.org", 0},
		"another user has it":         {"bob@example.org", 2},
	} {
		w, result := newWorldWithResult(t)
		w.personWithAddress("carol", tt.carol)
		w.write(func(ctx context.Context, r ports.Repos) error {
			for _, to := range []string{"bob@example.org", "bob@example.org", "alice@example.org"} {
				if err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{ID: uuid.New(), Mail: domain.Mail{To: to}, ParkedAt: &w.now}); err != nil {
					return err
				}
			}
			return nil
		})
		w.claim("bob", result)
		bob := "bob"
		if err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &bob}); err != nil {
			t.Fatal(err)
		}
		mails, err := w.Repos().Outbox.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]int{}
		for _, mail := range mails {
			left[mail.To]++
		}
		if left["bob@example.org"] != tt.want || left["alice@example.org"] != 3 {
			t.Errorf("%s: left are mails to %v, want %d of bob's and all three of alice's", name, left, tt.want)
		}
	}
}
