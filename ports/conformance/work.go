package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func (w *world) hasTag(t tester, id uuid.UUID) bool {
	t.Helper()
	_, err := w.Repos().Tags.Get(t.Context(), id)
	if err != nil && !errors.Is(err, ports.ErrNotFound) {
		t.Fatalf("look for a tag: %v", err)
	}
	return err == nil
}

func workIsVisibleAsAWhole(t *testing.T, w *world) {
	one, other := &domain.Tag{ID: uuid.New(), Name: "one"}, &domain.Tag{ID: uuid.New(), Name: "other"}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		if err := r.Tags.Add(ctx, one); err != nil {
			return err
		}
		if _, err := r.Tags.Get(ctx, one.ID); err != nil {
			return fmt.Errorf("the unit of work does not see what it wrote: %w", err)
		}
		if w.hasTag(t, one.ID) {
			t.Errorf("what is not committed is visible outside")
		}
		return r.Tags.Add(ctx, other)
	})
	for _, tag := range []*domain.Tag{one, other} {
		if !w.hasTag(t, tag.ID) {
			t.Errorf("the tag %q was committed and is not there", tag.Name)
		}
	}
}

func failedWorkLeavesNothing(t *testing.T, w *world) {
	failure := errors.New("changed my mind")
	for name, end := range map[string]func() error{
		"error": func() error { return failure },
		"panic": func() error { panic(failure) },
	} {
		id := uuid.New()
		var err error
		func() {
			defer func() {
				if r := recover(); r != nil {
					err, _ = r.(error)
				}
			}()
			err = w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				if err := errors.Join(r.Tags.Add(ctx, &domain.Tag{ID: id, Name: name}), r.Outbox.Enqueue(ctx, aMail(name))); err != nil {
					return err
				}
				return end()
			})
		}()
		if !errors.Is(err, failure) {
			t.Errorf("%s: got %v, want it as it is", name, err)
		}
		if w.hasTag(t, id) {
			t.Errorf("%s: the tag is there", name)
		}
	}
	if got := w.subjects(t); len(got) > 0 || w.woken.Load() > 0 {
		t.Errorf("mails of failed units of work are there: %v, woken %d times", got, w.woken.Load())
	}
	// The failed units of work hold no lock and no connection.
	w.tag(t)
}

func refusalEndsWork(t *testing.T, w *world) {
	taken, id := w.tag(t), uuid.New()
	err := w.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		if err := r.Tags.Add(ctx, &domain.Tag{ID: id, Name: "new"}); err != nil {
			return err
		}
		if err := r.Tags.Add(ctx, &domain.Tag{ID: uuid.New(), Name: taken.Name}); !isDuplicate(err) {
			t.Errorf("the same name: got %v, want a DuplicateError", err)
		}
		return nil
	})
	if err == nil || w.hasTag(t, id) {
		t.Errorf("after a refusal that was not minded: got %v, and the tag is there: %v; want an error and no tag", err, w.hasTag(t, id))
	}
}

func cancelledStaysCancelled(t *testing.T, w *world) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Repos().Tags.Get(ctx, uuid.New()); !errors.Is(err, context.Canceled) {
		t.Errorf("read: got %v, want context.Canceled", err)
	}
	err := w.Do(ctx, func(ctx context.Context, r ports.Repos) error { return r.Tags.Add(ctx, &domain.Tag{ID: uuid.New()}) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("unit of work: got %v, want context.Canceled", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := w.Repos().Tags.Get(late, uuid.New()); domain.KindOf(err) != domain.Unavailable {
		t.Errorf("read after the deadline: got %v, want Unavailable", err)
	}
}
