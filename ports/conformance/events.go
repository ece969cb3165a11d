package conformance

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// event returns an event about a site, so many seconds after noon.
func event(site uuid.UUID, seconds int, operation domain.Operation, by *domain.UserID, role domain.Role, reason string) domain.Event {
	return domain.Event{
		ID: uuid.Must(uuid.NewV7()), At: noon.Add(time.Duration(seconds) * time.Second), Role: role, Actor: by,
		Action: operation.ID, Resource: domain.SiteResource, ResourceID: site, Reason: reason, RequestID: "request",
	}
}

func (w *world) record(t tester, events ...domain.Event) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for _, e := range events {
			if err := r.Events.Add(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) events(t tester, q ports.EventQuery) ([]domain.Event, int) {
	t.Helper()
	events, total, err := w.Repos().Events.List(t.Context(), q)
	if err != nil {
		t.Fatalf("list events: %v", err)
	}
	return events, total
}

func eventsAreStored(t *testing.T, w *world) {
	site, by := uuid.New(), w.user(t).UserID
	first := event(site, 0, domain.CreateSite, &by, domain.UploaderRole, "")
	second := event(site, 1, domain.ApproveSite, nil, domain.OperatorRole, "good: ü\n")
	third := event(site, 1, domain.DeleteSite, &by, domain.AdministratorRole, "")
	other := event(uuid.New(), 0, domain.CreateSite, &by, domain.UploaderRole, "")
	elsewhere := event(site, 0, domain.CreateSite, &by, domain.UploaderRole, "")
	elsewhere.Resource = domain.FlavorResource
	w.record(t, third, second, other, elsewhere, first)
	actions := []string{domain.CreateSite.ID, domain.ApproveSite.ID, domain.DeleteSite.ID}
	q := ports.EventQuery{Resource: domain.SiteResource, ResourceID: site, Actions: actions, Limit: 10}
	events, total := w.events(t, q)
	if total != 3 || len(events) != 3 {
		t.Fatalf("%d events of %d, want 3", len(events), total)
	}
	for i, want := range []domain.Event{first, second, third} {
		same(t, "event", &events[i], nil, &want)
	}
	q.Offset, q.Limit = 1, 1
	if events, total = w.events(t, q); total != 3 || len(events) != 1 || events[0].ID != second.ID {
		t.Errorf("the second event: %+v of %d", events, total)
	}
	q.Offset, q.Actions = 0, actions[2:]
	if events, total = w.events(t, q); total != 1 || len(events) != 1 || events[0].ID != third.ID {
		t.Errorf("events of an operation: %+v of %d", events, total)
	}
	if err := w.Repos().Events.Add(t.Context(), first); err == nil {
		t.Error("an event was added outside of a unit of work")
	}
	failure := errors.New("no")
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Events.Add(ctx, event(site, 9, domain.DeleteSite, nil, domain.SystemRole, "")), failure)
	})
	q.Actions = actions
	if _, total = w.events(t, q); !errors.Is(err, failure) || total != 3 {
		t.Errorf("an event of a unit of work that failed is stored: %d events, %v", total, err)
	}
}

func eventsAreHandedOver(t *testing.T, w *world) {
	site, gone, stays := uuid.New(), w.user(t).UserID, w.user(t).UserID
	w.record(t, event(site, 0, domain.CreateSite, &gone, domain.UploaderRole, "mine"),
		event(site, 1, domain.ApproveSite, &gone, domain.AdministratorRole, "good"),
		event(site, 2, domain.ApproveSite, &stays, domain.UploaderRole, "kept"))
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		_, err := r.Events.HandOver(ctx, gone, domain.Tombstone, 100)
		return err
	})
	events, _ := w.events(t, ports.EventQuery{
		Resource: domain.SiteResource, ResourceID: site, Actions: domain.PublicActions(), Limit: 10,
	})
	for i, want := range []struct {
		actor  domain.UserID
		reason string
	}{{domain.Tombstone, ""}, {domain.Tombstone, "good"}, {stays, "kept"}} {
		if got := events[i]; *got.Actor != want.actor || got.Reason != want.reason {
			t.Errorf("event %d: %v said %q, want %v and %q", i, *got.Actor, got.Reason, want.actor, want.reason)
		}
	}
}

func eventsAreForgotten(t *testing.T, w *world) {
	id := uuid.New()
	blocked := func(minute int, name string) domain.Event {
		e := event(id, minute, domain.BlockUser, nil, domain.OperatorRole, "spam of "+name)
		e.Resource, e.Changes = domain.UserResource, `[{"op":"add","path":"","value":{"sub":"`+name+`"}}]`
		return e
	}
	add := func() { w.record(t, blocked(0, "ada"), blocked(1, "bob")) }
	add()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		head, err := r.Audit.Lock(ctx)
		if err != nil {
			return err
		}
		events, err := r.Audit.Take(ctx, 100)
		var entries []domain.AuditEntry
		for _, e := range events {
			entries = append(entries, audit.Link(head, e))
			head = audit.Head(entries[len(entries)-1])
		}
		return errors.Join(err, r.Audit.Append(ctx, entries))
	})
	add() // these wait
	for _, want := range []int{1, 1, 0} {
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			n, err := r.Events.Forget(ctx, domain.UserResource, []string{blocked(0, "ada").Changes, "another"}, 1)
			if n != want {
				t.Errorf("%d events are forgotten at once, want %d", n, want)
			}
			return err
		})
	}
	events, _ := w.events(t, ports.EventQuery{
		Resource: domain.UserResource, ResourceID: id, Actions: []string{domain.BlockUser.ID}, Limit: 10,
	})
	var said []string
	for _, e := range events {
		said = append(said, e.Reason+e.Changes)
	}
	bob := blocked(1, "bob")
	if want := []string{"", "", bob.Reason + bob.Changes, bob.Reason + bob.Changes}; !slices.Equal(said, want) {
		t.Errorf("the events say %q, want %q", said, want)
	}
}

func keyed(key, fingerprint string, by domain.UserID, at time.Time) ports.KeyedRequest {
	return ports.KeyedRequest{Key: key, Fingerprint: fingerprint, By: by, At: at}
}

// claimKey tells whether the key of the request was free.
func (w *world) claimKey(t tester, request ports.KeyedRequest, since time.Time, answer ports.KeyedAnswer) (ok bool) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) (err error) {
		if ok, err = r.Keys.Claim(ctx, request, since); err != nil || !ok {
			return err
		}
		return r.Keys.SetAnswer(ctx, request.Key, answer)
	})
	return ok
}

func keysAreStored(t *testing.T, w *world) {
	by, other := w.user(t).UserID, w.user(t).UserID
	long := noon.Add(-24 * time.Hour)
	first, answer := keyed("k", "f", by, noon), ports.KeyedAnswer{Status: 201, Location: "/results/1", Body: []byte(`{"a": "ü"}`)}
	if !w.claimKey(t, first, long, answer) {
		t.Fatal("the key was not free")
	}
	if w.claimKey(t, keyed("k", "g", other, noon.Add(time.Hour)), long, ports.KeyedAnswer{}) {
		t.Error("a key was claimed twice")
	}
	request, got, err := w.Repos().Keys.Get(t.Context(), "k", long)
	same(t, "request", &request, err, &first)
	same(t, "answer", &got, nil, &answer)
	if _, _, err := w.Repos().Keys.Get(t.Context(), "k", noon.Add(time.Microsecond)); !errors.Is(err, ports.ErrNotFound) {
		t.Errorf("a key that has expired: %v", err)
	}
	second := keyed("k", "g", other, noon.Add(25*time.Hour))
	if !w.claimKey(t, second, noon.Add(time.Hour), ports.KeyedAnswer{Status: 204, Body: []byte{}}) {
		t.Error("a key that has expired is not free")
	}
	request, got, err = w.Repos().Keys.Get(t.Context(), "k", noon)
	same(t, "request", &request, err, &second)
	if got.Status != 204 || got.Location != "" || got.Body == nil || len(got.Body) > 0 {
		t.Errorf("an answer without a body: %+v", got)
	}
	w.claimKey(t, keyed("long", "f", by, noon), long, ports.KeyedAnswer{Status: 200})
	if _, got, err = w.Repos().Keys.Get(t.Context(), "long", noon); err != nil || got.Body != nil {
		t.Errorf("an answer whose body was not kept: %+v, %v", got, err)
	}
	w.claimKey(t, keyed("of the other", "f", other, noon), long, ports.KeyedAnswer{Status: 200})
	w.claimKey(t, keyed("another", "f", by, noon), long, ports.KeyedAnswer{Status: 200})
	for _, want := range []int{1, 1, 0} {
		w.do(t, func(ctx context.Context, r ports.Repos) error {
			count, err := r.Keys.RemoveOf(ctx, by, 1)
			if count != want {
				t.Errorf("removed %d keys of a person, want %d", count, want)
			}
			return err
		})
	}
	removed, err := w.Repos().Keys.RemoveBefore(t.Context(), noon.Add(time.Hour))
	if err != nil || removed != 1 {
		t.Errorf("%d old keys were removed, %v, want that of the other person", removed, err)
	}
}

func requestRaces(t *testing.T, w *world) {
	p := w.place(t)
	var done, repeated atomic.Int32
	failure := errors.New("repeated")
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			err := w.DoOnce(t.Context(), ports.Once{
				Claim: func(ctx context.Context, r ports.Repos) error {
					ok, err := r.Keys.Claim(ctx, keyed("k", "f", p.user.UserID, noon), noon.Add(-time.Hour))
					if err == nil && !ok {
						return failure
					}
					return err
				},
				Work: func(ctx context.Context) error { return w.Repos().Results.Add(ctx, p.result(`{}`)) },
				Finish: func(ctx context.Context, r ports.Repos) error {
					return r.Keys.SetAnswer(ctx, "k", ports.KeyedAnswer{Status: 201})
				},
			})
			switch {
			case err == nil:
				done.Add(1)
			case errors.Is(err, failure):
				repeated.Add(1)
			default:
				t.Errorf("a request with a key: %v", err)
			}
		})
	}
	group.Wait()
	if results := w.results(t, ports.ResultQuery{}); done.Load() != 1 || repeated.Load() != 11 || len(results) != 1 {
		t.Errorf("%d were done and %d repeated, with %d results; want 1, 11 and 1", done.Load(), repeated.Load(), len(results))
	}
}
