package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// verified returns the entries of the trail, which must be whole.
func verified(t testing.TB, r ports.Repos) []domain.AuditEntry {
	t.Helper()
	entries, err := r.Audit.After(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	verifier := audit.NewVerifier(domain.AuditHead{})
	for _, entry := range entries {
		if err := verifier.Next(entry); err != nil {
			t.Fatal(err)
		}
	}
	head, err := r.Audit.Lock(t.Context())
	if err == nil {
		err = verifier.End(head)
	}
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// Twelve writers add events while three servers make entries of them: each event becomes one
// entry, and the chain is whole.
func TestTwelveWritersMakeOneChain(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		const writers, changes, servers = 12, 20, 3
		var writing, chaining sync.WaitGroup
		done := make(chan struct{})
		for writer := range writers {
			writing.Go(func() {
				for change := range changes {
					err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
						return ports.Record(ctx, r, domain.Event{
							At: noon, Role: domain.OperatorRole, Action: domain.UpdateSite.ID, Resource: domain.SiteResource,
							ResourceID: uuid.New(), Reason: fmt.Sprint(writer), Changes: fmt.Sprintf(`[{"op":"remove","path":"/%d"}]`, change),
						})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range servers {
			chaining.Go(func() {
				trail := service.NewTrail(store)
				for {
					if err := trail.Chain(t.Context()); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		writing.Wait()
		close(done)
		chaining.Wait()
		if err := service.NewTrail(store).Chain(t.Context()); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, entry := range verified(t, store.Repos()) {
			seen[entry.Reason+entry.Changes] = true
		}
		if len(seen) != writers*changes {
			t.Errorf("%d different events are in the trail, want %d", len(seen), writers*changes)
		}
	})
}

// trail returns what the trail says, oldest first: role, action and resource of each entry.
func (w *world) trail() (lines []string) {
	w.t.Helper()
	if err := w.Trail.Chain(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	for _, e := range verified(w.t, w.Store.Repos()) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", e.Role, e.Action, e.Resource, e.Reason, e.Changes))
	}
	return lines
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the trail says\n%q\nwant\n%q", got, want)
	}
}

func TestTheTrailTellsWhatChanged(t *testing.T) {
	w := newWorld(t)
	user, _ := w.person("user"), w.person("root", adminEntitlement)
	root := w.caller("root")
	ctx := t.Context()
	tag, err := w.Tags.Create(ctx, user, service.NewTag{Name: "old"})
	if err != nil {
		t.Fatal(err)
	}
	site, err := w.Sites.Create(ctx, user, service.NewSite{Name: "S", Address: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		w.Tags.Update(ctx, root, tag.ID, service.NewTag{Name: "new"}),
		w.Tags.Delete(ctx, root, tag.ID, "unused"),
		w.Sites.Approve(ctx, root, site.ID, "good"),
		w.Sites.Update(ctx, root, site.ID, service.NewSite{Name: "S", Address: "b"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantLines(t, w.trail(),
		`uploader CreateTag tag  [{"op":"add","path":"","value":{"name":"old"}}]`,
		`uploader CreateSite site  [{"op":"add","path":"","value":{"address":"a","name":"S"}}]`,
		`administrator UpdateTag tag  [{"op":"test","path":"/name","value":"old"},{"op":"replace","path":"/name","value":"new"}]`,
		`administrator DeleteTag tag unused [{"op":"test","path":"","value":{"name":"new"}},{"op":"remove","path":""}]`,
		`administrator ApproveSite site good [{"op":"test","path":"/status","value":"on_review"},`+
			`{"op":"replace","path":"/status","value":"approved"}]`,
		`administrator UpdateSite site  [{"op":"test","path":"/address","value":"a"},{"op":"replace","path":"/address","value":"b"}]`,
	)
}

func TestTheTrailNamesWhatGoesWithItsParent(t *testing.T) {
	w, result := newWorldWithResult(t)
	w.claim("bob", result)
	w.person("root", adminEntitlement)
	record, err := w.Results.Get(t.Context(), domain.Caller{}, result)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Sites.Delete(t.Context(), w.caller("root"), record.Site.ID, "closed"); err != nil {
		t.Fatal(err)
	}
	gone := map[domain.Resource]int{}
	w.trail()
	for _, e := range verified(t, w.Store.Repos()) {
		if e.Action == domain.DeleteSite.ID {
			gone[e.Resource]++
		}
	}
	if fmt.Sprint(gone) != "map[claim:1 flavor:1 result:1 site:1]" {
		t.Errorf("the trail says that these were removed: %v", gone)
	}
}

// The trail of a person who was removed names the tombstone, and is whole.
func TestRemovedPeopleAreNotInTheTrail(t *testing.T) {
	w, result := newWorldWithResult(t)
	w.claim("bob", result)
	w.trail()
	w.claim("bob", result) // this event waits while bob is removed
	bob := "bob"
	if err := w.Users.Remove(t.Context(), domain.Operator(), ports.UserMatch{Subject: &bob}); err != nil {
		t.Fatal(err)
	}
	w.trail()
	claims := 0
	for _, e := range verified(t, w.Store.Repos()) {
		if e.Action != domain.ClaimReport.ID {
			continue
		}
		claims++
		if *e.Actor != domain.Tombstone || e.Changes != "" || e.ActorSeal.Salt != "" && claims == 1 {
			t.Errorf("an entry says %v and %q", *e.Actor, e.Changes)
		}
	}
	if claims != 2 {
		t.Errorf("%d claims are in the trail, want 2", claims)
	}
}

// What an event says was there before a change is what the event before it left, however many change the same at once.
func TestTheTrailTellsWhatWasThereUnderRaces(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		w := limited(t, store)
		user := w.person("user")
		w.person("root", adminEntitlement)
		root := w.caller("root")
		result := w.result(user, w.place(user, "image", "site", "flavor"))
		const changes = 12
		tags := make([]*domain.Tag, changes)
		for i := range tags {
			var err error
			if tags[i], err = w.Tags.Create(t.Context(), root, service.NewTag{Name: fmt.Sprint("tag ", i)}); err != nil {
				t.Fatal(err)
			}
		}
		var group sync.WaitGroup
		for i, tag := range tags {
			group.Go(func() {
				if err := w.Results.SetTags(t.Context(), user, result, []uuid.UUID{tag.ID}); err != nil {
					t.Error(err)
				}
			})
			group.Go(func() {
				if err := w.Tags.Update(t.Context(), root, tags[0].ID, service.NewTag{Name: fmt.Sprint("renamed ", i)}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if err := w.Trail.Chain(t.Context()); err != nil {
			t.Fatal(err)
		}
		left := map[uuid.UUID]string{result: "null", tags[0].ID: `"tag 0"`}
		for _, e := range verified(t, store.Repos()) {
			if e.Action != domain.UpdateResult.ID && e.Action != domain.UpdateTag.ID {
				continue
			}
			before, after := changeIn(t, e.Changes)
			if want := left[e.ResourceID]; before != want && (want != "null" || before != "[]") {
				t.Errorf("%s was %s before, and the change before left %s", e.Action, before, want)
			}
			left[e.ResourceID] = after
		}
	})
}

// changeIn returns the first value before and after a change of one field.
func changeIn(t *testing.T, changes string) (before, after string) {
	t.Helper()
	var patch []struct {
		Op    string
		Value json.RawMessage
	}
	if err := json.Unmarshal([]byte(changes), &patch); err != nil {
		t.Fatalf("%s: %v", changes, err)
	}
	before = "null"
	for _, operation := range patch {
		switch operation.Op {
		case "test":
			before = string(operation.Value)
		case "add", "replace":
			after = string(operation.Value)
		}
	}
	return before, after
}
