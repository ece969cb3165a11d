package service_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

func parse(t *testing.T, text string) document.Value {
	t.Helper()
	value, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestCreateResultChecksInOrder corrects one fault after the other: each time the next check
// must fail.
func TestCreateResultChecksInOrder(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	upload := domain.Upload{Uploader: alice.User().UserID, UploadedAt: w.now}
	tag := uuid.New()
	in := service.NewResult{
		BenchmarkID: uuid.New(), FlavorID: uuid.New(), TagIDs: []uuid.UUID{tag, tag}, Document: parse(t, `{"a":1e3,"a":2e3}`),
		ExecutedAt: service.ExecutionTime{Time: w.now.Add(time.Microsecond)},
	}
	site := uuid.New()
	add := func(fn func(ctx context.Context, r ports.Repos) error) func() { return func() { w.write(fn) } }
	approved := domain.Review{Status: domain.Approved}
	add(func(ctx context.Context, r ports.Repos) error {
		return r.Sites.Add(ctx, &domain.Site{ID: site, Upload: upload, Name: "n"})
	})()
	w.documentError = domain.InvalidAt("/a", "no")
	for _, step := range []struct {
		want string
		kind domain.Kind
		mend func()
	}{
		{"Execution date must include timezone", domain.Invalid, func() { in.ExecutedAt.HasZone = true }},
		{"Execution date cannot be in future", domain.Invalid, func() { in.ExecutedAt.Time = w.now.Add(999 * time.Nanosecond) }},
		{"Benchmark " + in.BenchmarkID.String() + " not in database", domain.NotFound, add(func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.Add(ctx, &domain.Benchmark{ID: in.BenchmarkID, Upload: upload, JSONSchema: []byte(`{}`)})
		})},
		{"Benchmark " + in.BenchmarkID.String() + " not approved", domain.Invalid, add(func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.SetReview(ctx, in.BenchmarkID, approved)
		})},
		{"Flavor " + in.FlavorID.String() + " not in database", domain.NotFound, add(func(ctx context.Context, r ports.Repos) error {
			return r.Flavors.Add(ctx, &domain.Flavor{ID: in.FlavorID, Upload: upload, SiteID: site})
		})},
		{"Flavor " + in.FlavorID.String() + " not approved", domain.Invalid, add(func(ctx context.Context, r ports.Repos) error {
			return r.Flavors.SetReview(ctx, in.FlavorID, approved)
		})},
		{"Site " + site.String() + " not approved", domain.Invalid, add(func(ctx context.Context, r ports.Repos) error {
			return r.Sites.SetReview(ctx, site, approved)
		})},
		{"Tag " + tag.String() + " not in database", domain.NotFound, add(func(ctx context.Context, r ports.Repos) error {
			return r.Tags.Add(ctx, &domain.Tag{ID: tag, Name: "n"})
		})},
		{"no", domain.Invalid, func() { w.documentError = nil }},
	} {
		_, err := w.Results.Create(t.Context(), alice, in)
		if !isError(err, step.kind, step.want) {
			t.Fatalf("got %v, want %q", err, step.want)
		}
		step.mend()
	}
	result, err := w.Results.Create(t.Context(), alice, in)
	if err != nil || result.Site.ID != site || len(result.Tags) != 1 ||
		string(result.JSON) != `{"a":2000}` || !result.ExecutedAt.Equal(w.now) {
		t.Fatalf("created %+v, %v", result, err)
	}
}

func TestWhatIsRemovedDuringAnUploadIsNamed(t *testing.T) {
	w := newWorld(t)
	alice, bob := w.person("alice"), w.person("bob")
	p := w.place(alice, "image", "site", "flavor")
	in := service.NewResult{
		BenchmarkID: p.benchmark.ID, FlavorID: p.flavor.ID, Document: parse(t, `{}`),
		ExecutedAt: service.ExecutionTime{Time: w.now, HasZone: true},
	}
	w.interrupt = func() { w.removePerson(bob) }
	if _, err := w.Results.Create(t.Context(), bob, in); !errors.Is(err, domain.ErrNotRegistered) {
		t.Errorf("the uploader was removed meanwhile: %v", err)
	}
	w.interrupt = func() {
		if err := w.Flavors.Delete(t.Context(), domain.Operator(), in.FlavorID, ""); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Results.Create(t.Context(), alice, in)
	if !isError(err, domain.NotFound, "Flavor "+in.FlavorID.String()+" not in database") {
		t.Errorf("the flavor was removed meanwhile: %v", err)
	}
}

func TestSetTags(t *testing.T) {
	w, id := newWorldWithResult(t)
	alice := w.caller("alice")
	tag, err := w.Tags.Create(t.Context(), alice, service.NewTag{Name: "n"})
	if err != nil {
		t.Fatal(err)
	}
	missing := uuid.New()
	for _, step := range []struct {
		name     string
		tags     []uuid.UUID
		want     string
		wantTags int
	}{
		{"one tag twice", []uuid.UUID{tag.ID, tag.ID}, "", 1},
		{"nothing", nil, "", 1},
		{"unknown tag", []uuid.UUID{missing}, "Tag " + missing.String() + " not in database", 1},
		{"none", []uuid.UUID{}, "", 0},
	} {
		err := w.Results.SetTags(t.Context(), alice, id, step.tags)
		if err != nil && !isError(err, domain.NotFound, step.want) || err == nil && step.want != "" {
			t.Errorf("%s: %v", step.name, err)
		}
		if result, err := w.Results.Get(t.Context(), alice, id); err != nil || len(result.Tags) != step.wantTags {
			t.Errorf("%s: then the tags are %v, %v", step.name, result.Tags, err)
		}
	}
}

func TestDeletionsAreDated(t *testing.T) {
	w, id := newWorldWithResult(t)
	first := w.now
	for range 2 {
		if err := w.Results.Delete(t.Context(), domain.Operator(), id, ""); err != nil {
			t.Fatal(err)
		}
		if v := w.visibility(id); v.DeletedAt == nil || !v.DeletedAt.Equal(first) {
			t.Fatalf("deleted: %+v, want it since %s", v, first)
		}
		w.now = w.now.Add(time.Hour)
	}
	claim := w.claim("bob", id)
	if err := w.Claims.Reject(t.Context(), domain.Operator(), claim.ID, ""); err != nil || w.visibility(id).DeletedAt == nil {
		t.Errorf("claimed and rejected: %+v (%v)", w.visibility(id), err)
	}
	for name, before := range map[string]domain.Visibility{
		"deleted at an unknown time":     {Hidden: true, Deleted: true},
		"deleted by the earlier program": {Hidden: true},
		"restored, but the date stayed":  {DeletedAt: &first},
	} {
		w.setVisibility(id, before)
		err := w.Results.Delete(t.Context(), domain.Operator(), id, "")
		if v := w.visibility(id); err != nil || v.DeletedAt == nil || !v.DeletedAt.Equal(w.now) {
			t.Errorf("%s, and deleted: %+v (%v), want it since %s", name, v, err, w.now)
		}
	}
	w.setVisibility(id, domain.Visibility{DeletedAt: &first})
	if w.claim("bob", id); w.visibility(id).DeletedAt != nil {
		t.Errorf("claimed, with a date that stayed: %+v", w.visibility(id))
	}
}
