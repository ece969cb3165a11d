package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func byIssuerAndSubject(a, b *domain.User) int {
	return cmp.Or(strings.Compare(a.Issuer, b.Issuer), strings.Compare(a.Subject, b.Subject))
}

// people adds users, some of whom differ in one field only, and the tombstone.
func (w *world) people(t tester) []*domain.User {
	t.Helper()
	var people []*domain.User
	subjects := []string{"a", "B", "\u00e9", "b"}
	issuers := []string{"https://b.example.org", "https://A.example.org/", "https://b.example.org/"}
	for i := range 12 {
		people = append(people, &domain.User{
			UserID:       domain.UserID{Subject: subjects[i%4], Issuer: issuers[i/4]},
			Email:        fmt.Sprintf("%s@example.org", []string{"x", "Y", "x"}[i%3]),
			RegisteredAt: noon.Add(time.Duration(i%5) * time.Second),
		})
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		errs := []error{r.Users.EnsureTombstone(ctx, noon)}
		for _, u := range people {
			errs = append(errs, r.Users.Add(ctx, u))
		}
		return errors.Join(errs...)
	})
	slices.SortFunc(people, byIssuerAndSubject)
	return people
}

// userIDs returns an id for each user that sorts as issuer and subject do.
func userIDs(people []*domain.User) func(*domain.User) uuid.UUID {
	return func(u *domain.User) uuid.UUID {
		i := slices.IndexFunc(people, func(other *domain.User) bool { return other.UserID == u.UserID })
		return uuid.UUID{15: byte(i)} //nolint:gosec // there are few
	}
}

func usersAreListed(t *testing.T, w *world) {
	people := w.people(t)
	expectSorted(t, ports.UserSort, people, userIDs(people), map[string]func(a, b *domain.User) int{
		"sub":                   byText(func(u *domain.User) string { return u.Subject }),
		"iss":                   byText(func(u *domain.User) string { return u.Issuer }),
		"email":                 byText(func(u *domain.User) string { return u.Email }),
		"registration_datetime": func(a, b *domain.User) int { return a.RegisteredAt.Compare(b.RegisteredAt) },
	}, func(o ports.ListOptions) (domain.Page[*domain.User], error) {
		return w.Repos().Users.List(t.Context(), ports.UserQuery{ListOptions: o})
	})
	second := ports.ListOptions{Page: domain.PageRequest{Number: 2, Size: 5}}
	page, err := w.Repos().Users.List(t.Context(), ports.UserQuery{ListOptions: second})
	if got, want := deref(page.Items), deref(people[5:10]); err != nil || page.Total != len(people) || !slices.Equal(got, want) {
		t.Errorf("the second page of five\n got %v of %d (%v)\nwant %v of %d", got, page.Total, err, want, len(people))
	}
}

func usersAreMatched(t *testing.T, w *world) {
	people := w.people(t)
	for _, c := range []struct {
		name  string
		match ports.UserMatch
		want  func(*domain.User) bool
	}{
		{"everybody", ports.UserMatch{}, func(*domain.User) bool { return true }},
		{"subject", ports.UserMatch{Subject: ptr("b")}, func(u *domain.User) bool { return u.Subject == "b" }},
		{"issuer", ports.UserMatch{Issuer: ptr("https://b.example.org")}, func(u *domain.User) bool {
			return u.Issuer == "https://b.example.org"
		}},
		{"address", ports.UserMatch{Email: ptr("Y@example.org")}, func(u *domain.User) bool { return u.Email == "Y@example.org" }},
		{"all three", ports.UserMatch{Subject: ptr("a"), Issuer: ptr("https://b.example.org"), Email: ptr("x@example.org")},
			func(u *domain.User) bool {
				return u.Subject == "a" && u.Issuer == "https://b.example.org"
			}},
		{"address in another case", ports.UserMatch{Email: ptr("y@example.org")}, nil},
		{"empty subject", ports.UserMatch{Subject: ptr("")}, nil},
		{"empty address, which the tombstone has", ports.UserMatch{Email: ptr("")}, nil},
		{"subject and another address", ports.UserMatch{Subject: ptr("a"), Email: ptr("nobody@example.org")}, nil},
		{"what nobody can be", ports.UserMatch{Subject: ptr("\x00")}, nil},
		{"the tombstone", ports.UserMatch{Subject: &domain.Tombstone.Subject, Issuer: &domain.Tombstone.Issuer}, nil},
	} {
		want := []*domain.User{}
		if c.want != nil {
			want = where(people, c.want)
		}
		page, err := w.Repos().Users.List(t.Context(), ports.UserQuery{ListOptions: ports.ListOptions{Page: wholeList}, UserMatch: c.match})
		if err != nil || page.Total != len(want) {
			t.Errorf("list %s: got a total of %d (%v), want %d", c.name, page.Total, err, len(want))
		}
		expectIDs(t, "list "+c.name, idsOf(page.Items, userIDs(people)), idsOf(want, userIDs(people)))
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			for _, limit := range []int{len(people), 1} {
				locked, err := r.Users.Lock(ctx, c.match, limit)
				if err != nil {
					return err
				}
				some := want[:min(len(want), limit)]
				expectIDs(t, fmt.Sprintf("lock %d of %s", limit, c.name), idsOf(locked, userIDs(people)), idsOf(some, userIDs(people)))
			}
			return nil
		})
	}
}

func usersChange(t *testing.T, w *world) {
	user, other, nobody := w.user(t), w.user(t), domain.UserID{Subject: "nobody", Issuer: "nowhere"}
	site := w.site(t, user)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Users.SetEmail(ctx, user.UserID, "new@example.org")
	})
	user.Email = "new@example.org"
	for _, want := range []*domain.User{user, other} {
		got, err := w.Repos().Users.Get(t.Context(), want.UserID)
		same(t, "user", got, err, want)
	}
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Users.SetEmail(ctx, nobody, "") })
	if !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("set the address of nobody: got %v, want ErrNotFound", err)
	}
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Users.Remove(ctx, user.UserID) })
	if _, ok := errors.AsType[*ports.ReferenceError](err); !ok {
		t.Errorf("remove the uploader of site %s: got %v, want a ReferenceError", site.ID, err)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Users.Remove(ctx, other.UserID), r.Users.Remove(ctx, other.UserID), r.Users.Remove(ctx, nobody))
	})
	if _, err := w.Repos().Users.Get(t.Context(), other.UserID); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("get a user who was removed: got %v, want ErrNotFound", err)
	}
}

// usersAreLocked: a locked user cannot upload, and neither can the user after the removal.
func usersAreLocked(t *testing.T, w *world) {
	user := w.user(t)
	uploaded := make(chan error, 1)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if locked, err := r.Users.Lock(ctx, ports.UserMatch{Subject: &user.Subject}, 2); err != nil || len(locked) != 1 {
			t.Errorf("lock: got %v (%v), want one", deref(locked), err)
		}
		go func() {
			uploaded <- w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				return r.Sites.Add(ctx, &domain.Site{ID: uuid.New(), Upload: uploadBy(user), Name: "late"})
			})
		}()
		select {
		case err := <-uploaded:
			t.Errorf("somebody who is locked could upload, and got %v", err)
			uploaded <- err
		case <-time.After(50 * time.Millisecond): // the upload waits, as it should
		}
		return r.Users.Remove(ctx, user.UserID)
	})
	if err := <-uploaded; err == nil {
		t.Errorf("somebody who was removed meanwhile could upload")
	}
}

func tombstoneIsAddedOnce(t *testing.T, w *world) {
	for round := range 3 {
		won := race(t, func(ctx context.Context) error {
			return w.Do(ctx, func(ctx context.Context, r ports.Repos) error {
				return r.Users.EnsureTombstone(ctx, noon.Add(time.Duration(round)*time.Second))
			})
		}, func(error) bool { return false })
		if won != racers {
			t.Errorf("%d of %d made sure of the tombstone, want all", won, racers)
		}
	}
	got, err := w.Repos().Users.Get(t.Context(), domain.Tombstone)
	same(t, "tombstone", got, err, &domain.User{UserID: domain.Tombstone, RegisteredAt: noon})
}
