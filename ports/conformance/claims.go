package conformance

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// claim adds an open claim with its submit. It does not hide the result.
func (w *world) claim(t tester, by *domain.User, of *domain.Result, at time.Time, change ...func(*domain.Claim)) *domain.Claim {
	t.Helper()
	c := &domain.Claim{ID: uuid.New(), ResultID: of.ID, Message: w.name("claim"), Uploader: by, UploadedAt: at}
	for _, change := range change {
		change(c)
	}
	review, submit := domain.StartReview(domain.ClaimResource, c.ID, by, at)
	c.Review = review
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Submits.Add(ctx, &submit), r.Claims.Add(ctx, c))
	})
	return c
}

func (w *world) approve(t tester, c *domain.Claim) {
	t.Helper()
	submit := *c.SubmitID
	c.Review = approved()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Claims.SetReview(ctx, c.ID, c.Review), r.Submits.Remove(ctx, submit))
	})
}

func (w *world) hide(t tester, r *domain.Result, by ...*domain.Claim) {
	t.Helper()
	v := domain.Visibility{Hidden: true}
	for _, claim := range by {
		v.ClaimID = &claim.ID
	}
	w.do(t, func(ctx context.Context, repos ports.Repos) error { return repos.Results.SetVisibility(ctx, r.ID, v) })
}

func claimID(c *domain.Claim) uuid.UUID { return c.ID }

func claimsAreStored(t *testing.T, w *world) {
	p, by := w.place(t), w.user(t)
	result, other := p.result(`{}`), p.result(`{}`)
	w.add(t, result, other)
	late, early := w.claim(t, by, result, noon.Add(time.Second)), w.claim(t, p.user, result, noon)
	elsewhere := w.claim(t, by, other, noon)
	w.approve(t, early)
	for _, want := range []*domain.Claim{late, early, elsewhere} {
		got, err := w.Repos().Claims.Get(t.Context(), want.ID)
		same(t, "claim", got, err, want)
	}
	active, err := w.Repos().Claims.ActiveOf(t.Context(), result.ID)
	if want := []*domain.Claim{early, late}; err != nil || !reflect.DeepEqual(active, want) {
		t.Errorf("active claims\n got %+v (%v)\nwant %+v", deref(active), err, deref(want))
	}
	for _, c := range []struct {
		of   *domain.User
		want []*domain.Claim
	}{{by, []*domain.Claim{late, elsewhere}}, {p.user, nil}} {
		open, err := w.Repos().Claims.OpenOf(t.Context(), c.of.UserID, 100)
		if err != nil {
			t.Fatal(err)
		}
		expectIDs(t, "open claims", sorted(idsOf(open, claimID)), sorted(idsOf(c.want, claimID)))
	}
	none, err := w.Repos().Claims.ActiveOf(t.Context(), uuid.New())
	if err != nil || len(none) > 0 {
		t.Errorf("claims of no result: got %v (%v), want none", none, err)
	}
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return r.Claims.Add(ctx, &domain.Claim{ID: uuid.New(), ResultID: uuid.New(), Uploader: by, UploadedAt: noon})
	})
	if _, ok := errors.AsType[*ports.ReferenceError](err); !ok {
		t.Errorf("claim of a result that does not exist: got %v, want a ReferenceError", err)
	}
	w.tag(t) // the refusal left no lock
}

func claimsAreSelectedAndSorted(t *testing.T, w *world) {
	p, by := w.place(t), w.user(t)
	results := w.documents(t, p, `{}`, `{}`)
	var claims []*domain.Claim
	for i := range 8 {
		claims = append(claims, w.claim(t, []*domain.User{by, p.user}[i/4], results[i/2%2], noon.Add(time.Duration(i%3)*time.Second)))
		if i%2 == 1 {
			w.approve(t, claims[i])
		}
	}
	list := func(q ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
		return w.Repos().Claims.List(t.Context(), q)
	}
	for _, status := range []domain.Status{domain.OnReview, domain.Approved, ""} {
		for _, uploader := range []*domain.UserID{nil, &by.UserID, {Subject: "nobody"}} {
			for _, result := range []*uuid.UUID{nil, &results[0].ID, ptr(uuid.New())} {
				want := where(claims, func(c *domain.Claim) bool {
					return c.Status == cmp.Or(status, domain.OnReview) &&
						(uploader == nil || c.Uploader.UserID == *uploader) && (result == nil || c.ResultID == *result)
				})
				page, err := list(ports.ClaimQuery{ReviewedOptions: withStatus(status), Uploader: uploader, ResultID: result})
				expectPage(t, "claims", page, err, claimID, want...)
			}
			for site, is := range map[*uuid.UUID]bool{&p.site.ID: true, ptr(uuid.New()): false} {
				want := where(claims, func(c *domain.Claim) bool {
					return is && c.Status == cmp.Or(status, domain.OnReview) && (uploader == nil || c.Uploader.UserID == *uploader)
				})
				page, err := list(ports.ClaimQuery{ReviewedOptions: withStatus(status), Uploader: uploader, SiteID: site})
				expectPage(t, "claims on results of a site", page, err, claimID, want...)
			}
		}
	}
	q := ports.ClaimQuery{ReviewedOptions: withStatus(domain.OnReview)}
	q.Uploaded = ports.Window{After: &noon}
	page, err := list(q)
	afterNoon := where(claims, func(c *domain.Claim) bool { return !c.IsApproved() && c.UploadedAt.After(noon) })
	expectPage(t, "claims after noon", page, err, claimID, afterNoon...)
	for _, status := range []domain.Status{domain.OnReview, domain.Approved} {
		selected := where(claims, func(c *domain.Claim) bool { return c.Status == status })
		expectSorted(t, ports.ClaimSort, selected, claimID, map[string]func(a, b *domain.Claim) int{
			"id":              func(a, b *domain.Claim) int { return byID(a.ID, b.ID) },
			"status":          func(a, b *domain.Claim) int { return strings.Compare(string(a.Status), string(b.Status)) },
			"upload_datetime": func(a, b *domain.Claim) int { return a.UploadedAt.Compare(b.UploadedAt) },
			"resource_type":   func(*domain.Claim, *domain.Claim) int { return 0 },
		}, func(o ports.ListOptions) (domain.Page[*domain.Claim], error) {
			return list(ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: o, Status: status}})
		})
	}
}

func claimsAreRemoved(t *testing.T, w *world) {
	p, by := w.place(t), w.user(t)
	result := p.result(`{}`)
	w.add(t, result)
	gone, stays := w.claim(t, by, result, noon), w.claim(t, by, result, noon.Add(time.Second))
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Claims.Remove(ctx, gone.ID) })
	if got := w.submits(t, ports.SubmitQuery{}); len(got) != 1 || got[0].ID != *stays.SubmitID {
		t.Errorf("submits after the removal of one of two claims: got %+v, want the other's", deref(got))
	}
	for name, ask := range map[string]func(ctx context.Context, r ports.Repos) error{
		"get":        func(ctx context.Context, r ports.Repos) error { _, err := r.Claims.Get(ctx, gone.ID); return err },
		"remove":     func(ctx context.Context, r ports.Repos) error { return r.Claims.Remove(ctx, gone.ID) },
		"set review": func(ctx context.Context, r ports.Repos) error { return r.Claims.SetReview(ctx, gone.ID, approved()) },
	} {
		if err := w.Do(t.Context(), ask); !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("%s a claim that was removed: got %v, want ErrNotFound", name, err)
		}
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		_, err := r.Claims.HandOver(ctx, by.UserID, p.user.UserID, 100)
		return err
	})
	stays.Uploader = p.user
	got, err := w.Repos().Claims.Get(t.Context(), stays.ID)
	same(t, "claim that was handed over", got, err, stays)
}

func visibilityIsStored(t *testing.T, w *world) {
	p := w.place(t)
	result, other := p.result(`{}`), p.result(`{}`)
	w.add(t, result, other)
	claim := w.claim(t, p.user, result, noon)
	for _, want := range []domain.Visibility{
		{},
		{Hidden: true},
		{Hidden: true, ClaimID: &claim.ID},
		{Hidden: true, Deleted: true, ClaimID: &claim.ID},
		{Hidden: true, Deleted: true},
		{Hidden: true, Deleted: true, DeletedAt: &noon},
		{},
	} {
		w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Results.SetVisibility(ctx, result.ID, want) })
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			got, err := r.Results.Lock(ctx, result.ID)
			same(t, "visibility", &got, err, &want)
			got, err = r.Results.Lock(ctx, other.ID)
			same(t, "visibility of the other result", &got, err, &domain.Visibility{})
			return nil
		})
		visible := []*domain.Result{other}
		if !want.Hidden {
			visible = append(visible, result)
		}
		page, err := w.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList}})
		expectPage(t, "visible results", page, err, func(r *domain.Result) uuid.UUID { return r.ID }, visible...)
		got, err := w.Repos().Results.Get(t.Context(), result.ID)
		if err != nil || got.ID != result.ID {
			t.Errorf("get a result that is %+v: got %+v (%v)", want, got, err)
		}
	}
}

func ownResultsAreListed(t *testing.T, w *world) {
	p := w.place(t)
	another := p
	another.user = w.user(t)
	seen, hidden, deleted, theirs := p.result(`{"a":1}`), p.result(`{"a":2}`), p.result(`{"a":3}`), another.result(`{"a":1}`)
	w.add(t, seen, hidden, deleted, theirs)
	w.hide(t, hidden)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Results.SetVisibility(ctx, deleted.ID, domain.Visibility{Hidden: true, Deleted: true})
	})
	q := ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList}, Uploader: &p.user.UserID}
	page, err := w.Repos().Results.List(t.Context(), q)
	expectPage(t, "own results", page, err, func(r *domain.Result) uuid.UUID { return r.ID }, seen, hidden, deleted)
	q.Filters = append(q.Filters, condition(t, "a > 1"))
	page, err = w.Repos().Results.List(t.Context(), q)
	expectPage(t, "own results, filtered", page, err, func(r *domain.Result) uuid.UUID { return r.ID }, hidden, deleted)
	q.Uploader = &domain.UserID{Subject: p.user.Subject}
	page, err = w.Repos().Results.List(t.Context(), q)
	expectPage(t, "results of nobody", page, err, func(r *domain.Result) uuid.UUID { return r.ID })
}

// claimRaces: each of several concurrent claims on a result finds the claims before it.
func claimRaces(t *testing.T, w *world) {
	p := w.place(t)
	result := p.result(`{}`)
	w.add(t, result)
	found := make(chan int, 10*racers)
	race(t, func(ctx context.Context) error {
		return w.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			if _, err := r.Results.Lock(ctx, result.ID); err != nil {
				return err
			}
			before, err := r.Claims.ActiveOf(ctx, result.ID)
			if err != nil {
				return err
			}
			found <- len(before)
			claim := &domain.Claim{ID: uuid.New(), ResultID: result.ID, Uploader: p.user, UploadedAt: noon}
			if err := r.Claims.Add(ctx, claim); err != nil {
				return err
			}
			return r.Results.SetVisibility(ctx, result.ID, domain.Visibility{Hidden: true, ClaimID: &claim.ID})
		})
	}, func(error) bool { return false })
	seen := map[int]bool{}
	for range len(found) {
		seen[<-found] = true
	}
	if len(seen) != racers {
		t.Errorf("%d who claimed at once found %v claims, want each another count", racers, seen)
	}
}
