package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func matching(u *domain.User) ports.UserMatch {
	return ports.UserMatch{Subject: &u.Subject, Issuer: &u.Issuer}
}

// beginRemoval begins the removal of a user, so many seconds after noon.
func (w *world) beginRemoval(t tester, user *domain.User, second int) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return r.Removals.Add(ctx, &domain.Removal{User: *user, RequestedAt: noon.Add(time.Duration(second) * time.Second)})
	})
}

func removalsAreStored(t *testing.T, w *world) {
	p, late, stays := w.place(t), w.user(t), w.user(t)
	w.add(t, p.result(`{}`), p.result(`{}`))
	w.claim(t, p.user, w.documents(t, p, `{}`)[0], noon)
	w.tag(t, func(tag *domain.Tag) { tag.Uploader = &p.user.UserID })
	w.beginRemoval(t, late, 1)
	w.beginRemoval(t, p.user, 0)
	w.beginRemoval(t, p.user, 2) // changes nothing
	const uploads = 8            // benchmark, site, flavor, tag, claim and three results
	first := domain.Removal{User: *p.user, RequestedAt: noon, Total: uploads}
	second := domain.Removal{User: *late, RequestedAt: noon.Add(time.Second)}
	for name, c := range map[string]struct {
		match ports.UserMatch
		want  []*domain.Removal
	}{
		"all":     {ports.UserMatch{}, []*domain.Removal{&first, &second}},
		"one":     {matching(late), []*domain.Removal{&second}},
		"address": {ports.UserMatch{Email: &late.Email}, []*domain.Removal{&first, &second}},
		"nobody":  {matching(stays), nil},
	} {
		got, err := w.Repos().Removals.List(t.Context(), c.match)
		if err != nil || len(got) != len(c.want) {
			t.Fatalf("removals of %s: got %+v (%v), want %+v", name, deref(got), err, deref(c.want))
		}
		for i := range got {
			same(t, "removal of "+name, got[i], nil, c.want[i])
		}
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Removals.SetDone(ctx, p.user.UserID, 5), r.Removals.Remove(ctx, late.UserID))
	})
	first.Done = 5
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		got, err := r.Removals.Take(ctx, ports.UserMatch{})
		same(t, "the removal that is left", got, err, &first)
		_, err = r.Removals.Take(ctx, matching(late))
		if !errors.Is(err, ports.ErrNotFound) {
			t.Errorf("take a removal that has ended: got %v, want ErrNotFound", err)
		}
		return nil
	})
}

// peopleInRemovalAreNoUsers: they are not found, but their rows are there.
func peopleInRemovalAreNoUsers(t *testing.T, w *world) {
	p, stays := w.place(t), w.user(t)
	w.beginRemoval(t, p.user, 0)
	if _, err := w.Repos().Users.Get(t.Context(), p.user.UserID); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("get: got %v, want ErrNotFound", err)
	}
	page, err := w.Repos().Users.List(t.Context(), ports.UserQuery{ListOptions: ports.ListOptions{Page: wholeList}})
	if err != nil || page.Total != 1 || page.Items[0].UserID != stays.UserID {
		t.Errorf("list: got %v (%v), want the other user", deref(page.Items), err)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		locked, err := r.Users.Lock(ctx, matching(p.user), 10)
		if len(locked) > 0 {
			t.Errorf("lock: got %v, want nobody", deref(locked))
		}
		return err
	})
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, p.user) })
	if _, ok := errors.AsType[*ports.DuplicateError](err); !ok {
		t.Errorf("add the user again: got %v, want a DuplicateError", err)
	}
	w.expectPlace(t, p)
}

// removalsAreTakenByOne: who takes a removal keeps it from others, and the person from
// uploading.
func removalsAreTakenByOne(t *testing.T, w *world) {
	user := w.user(t)
	w.beginRemoval(t, user, 0)
	uploaded, another := make(chan error, 1), make(chan error, 1)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if _, err := r.Removals.Take(ctx, ports.UserMatch{}); err != nil {
			return err
		}
		go func() {
			another <- w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				_, err := r.Removals.Take(ctx, ports.UserMatch{})
				return err
			})
		}()
		go func() {
			uploaded <- w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				return r.Sites.Add(ctx, &domain.Site{ID: uuid.New(), Upload: uploadBy(user), Name: "late"})
			})
		}()
		select {
		case err := <-uploaded:
			t.Errorf("somebody in removal could upload, and got %v", err)
			uploaded <- err
		case <-time.After(50 * time.Millisecond): // the upload waits, as it should
		}
		return errors.Join(r.Users.Remove(ctx, user.UserID), r.Removals.Remove(ctx, user.UserID))
	})
	if err := <-another; !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("another took the removal: got %v, want ErrNotFound", err)
	}
	if err := <-uploaded; err == nil {
		t.Errorf("somebody who was removed meanwhile could upload")
	}
}

func blocksAreStored(t *testing.T, w *world) {
	user, stranger := w.user(t), domain.UserID{Subject: "a stranger", Issuer: "https://a.example.org"}
	first := &domain.Block{UserID: user.UserID, BlockedAt: noon, Reason: "false claims"}
	second := &domain.Block{UserID: stranger, BlockedAt: noon}
	put := func(block *domain.Block) {
		t.Helper()
		w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Blocks.Put(ctx, block) })
	}
	put(first)
	put(second)
	first.Reason = "12,000 false claims"
	put(first)
	got, err := w.Repos().Blocks.List(t.Context())
	if err != nil || len(got) != 2 {
		t.Fatalf("blocks: got %+v (%v), want two", deref(got), err)
	}
	same(t, "the stranger's block", got[0], nil, second)
	same(t, "the user's block", got[1], nil, first)
	blocked := *user
	blocked.Blocked = true
	found, err := w.Repos().Users.Get(t.Context(), user.UserID)
	same(t, "blocked user", found, err, &blocked)
	page, err := w.Repos().Users.List(t.Context(), ports.UserQuery{ListOptions: ports.ListOptions{Page: wholeList}})
	if err != nil || page.Total != 1 || !page.Items[0].Blocked {
		t.Errorf("list: got %+v (%v), want the user blocked", deref(page.Items), err)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Blocks.Remove(ctx, user.UserID) })
	err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error { return r.Blocks.Remove(ctx, user.UserID) })
	if !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("unblock again: got %v, want ErrNotFound", err)
	}
	for id, want := range map[domain.UserID]bool{user.UserID: false, stranger: true, {Subject: "\x00"}: false} {
		if got, err := w.Repos().Blocks.Contains(t.Context(), id); err != nil || got != want {
			t.Errorf("%+v is blocked: got %v (%v), want %v", id, got, err, want)
		}
	}
	found, err = w.Repos().Users.Get(t.Context(), user.UserID)
	same(t, "unblocked user", found, err, user)
}

// uploadsAreRemovedInParts: no method works on more rows than it may, and all together do
// the whole work.
func uploadsAreRemovedInParts(t *testing.T, w *world) {
	p, by := w.place(t), w.user(t)
	mine := p
	mine.user = by
	w.documents(t, mine, `{}`, `{}`, `{}`)
	theirs := w.documents(t, p, `{}`)[0]
	for range 3 {
		w.submitBenchmark(t, by, noon)
		w.claim(t, by, theirs, noon)
		w.tag(t, func(tag *domain.Tag) { tag.Uploader = &by.UserID })
	}
	const limit = 2
	for _, c := range []struct {
		name string
		work func(ctx context.Context, r ports.Repos) (int, error)
	}{
		{"results", func(ctx context.Context, r ports.Repos) (int, error) {
			ids, err := r.Results.OfUploader(ctx, by.UserID, limit)
			return len(ids), errors.Join(err, r.Results.RemoveAll(ctx, ports.ResultMatch{IDs: ids}))
		}},
		{"benchmarks", func(ctx context.Context, r ports.Repos) (int, error) {
			removed, err := r.Benchmarks.RemoveUnused(ctx, by.UserID, limit)
			return len(removed), err
		}},
		{"claims", func(ctx context.Context, r ports.Repos) (int, error) {
			open, err := r.Claims.OpenOf(ctx, by.UserID, limit)
			return len(open), errors.Join(err, r.Claims.RemoveAll(ctx, idsOf(open, claimID)))
		}},
		{"tags", func(ctx context.Context, r ports.Repos) (int, error) {
			return r.Tags.HandOver(ctx, by.UserID, p.user.UserID, limit)
		}},
	} {
		for _, want := range []int{2, 1, 0} {
			w.do(t, func(ctx context.Context, r ports.Repos) error {
				count, err := c.work(ctx, r)
				if count != want {
					t.Errorf("%s: worked on %d, want %d", c.name, count, want)
				}
				return err
			})
		}
	}
	if got := w.submits(t, ports.SubmitQuery{}); len(got) > 0 {
		t.Errorf("submits that are left: %+v", deref(got))
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Users.Remove(ctx, by.UserID) })
}

func tagsKnowTheirMakers(t *testing.T, w *world) {
	maker, heir := w.user(t), w.user(t)
	made, inherited := w.tag(t, func(tag *domain.Tag) { tag.Uploader = &maker.UserID }), w.tag(t)
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		made.Name = w.name("tag")
		return r.Tags.Update(ctx, &domain.Tag{ID: made.ID, Name: made.Name})
	})
	for _, want := range []*domain.Tag{made, inherited} {
		got, err := w.Repos().Tags.Get(t.Context(), want.ID)
		same(t, "tag", got, err, want)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		_, err := r.Tags.HandOver(ctx, maker.UserID, heir.UserID, 100)
		return err
	})
	made.Uploader = &heir.UserID
	got, err := w.Repos().Tags.Get(t.Context(), made.ID)
	same(t, "tag that was handed over", got, err, made)
}

// orphansAreClaims: a claim whose result is gone is found, locked and removed.
func orphansAreClaims(t *testing.T, w *world) {
	by := w.user(t)
	orphan := w.claim(t, by, &domain.Result{}, noon)
	page, err := w.Repos().Claims.List(t.Context(), ports.ClaimQuery{ReviewedOptions: withStatus(domain.OnReview), Uploader: &by.UserID})
	expectPage(t, "claims", page, err, claimID, orphan)
	got, err := w.Repos().Claims.Get(t.Context(), orphan.ID)
	same(t, "orphan", got, err, orphan)
	open, err := w.Repos().Claims.OpenOf(t.Context(), by.UserID, 100)
	if err != nil || len(open) != 1 || !open[0].IsOrphan() {
		t.Errorf("open claims: got %+v (%v), want the orphan", deref(open), err)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		got, err := r.Claims.Lock(ctx, orphan.ID)
		same(t, "locked orphan", got, err, orphan)
		return r.Claims.Remove(ctx, orphan.ID)
	})
	if got := w.submits(t, ports.SubmitQuery{}); len(got) > 0 {
		t.Errorf("submits that are left: %+v", deref(got))
	}
}

// resultsAreChangedTogether: results are locked, described, and change their visibility
// together.
func resultsAreChangedTogether(t *testing.T, w *world) {
	p := w.place(t)
	results := w.documents(t, p, `{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":4}`)
	claim, second := w.claim(t, p.user, results[1], noon), w.claim(t, p.user, results[1], noon)
	want := map[uuid.UUID]domain.Visibility{
		results[0].ID: {},
		results[1].ID: {Hidden: true, ClaimID: &claim.ID},
		results[2].ID: {Hidden: true, Deleted: true, DeletedAt: &noon},
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Results.SetVisibilities(ctx, want), r.Results.SetVisibilities(ctx, nil))
	})
	ids := append(resultIDs(results[:3]), uuid.New())
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		got, err := r.Results.LockAll(ctx, ids)
		same(t, "visibilities", &got, err, &want)
		active, err := r.Claims.ActiveOfAll(ctx, ids)
		if err != nil || len(active) != 1 {
			t.Errorf("active claims: got %v (%v), want those of one result", active, err)
		}
		expectIDs(t, "active claims", sorted(idsOf(active[results[1].ID], claimID)), sorted([]uuid.UUID{claim.ID, second.ID}))
		return nil
	})
	described, err := w.Repos().Results.Described(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	expectIDs(t, "described results", resultIDs(described), sorted(ids[:3]))
	for _, result := range described {
		if result.Benchmark.Name() != p.benchmark.Name() || result.Uploader != p.user.UserID || len(result.JSON) > 0 {
			t.Errorf("described: got %+v, want the benchmark, the uploader and no document", result)
		}
	}
	page, err := w.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList}})
	expectPage(t, "visible results", page, err, func(r *domain.Result) uuid.UUID { return r.ID }, results[0], results[3])
}
