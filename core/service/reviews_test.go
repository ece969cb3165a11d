package service_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// submission is a site, a flavor of the site and a benchmark, all on review.
type submission struct {
	site      *domain.Site
	flavor    *domain.Flavor
	benchmark *domain.Benchmark
}

// submit submits entities of the name.
func (w *world) submit(by domain.Caller, name string) (s submission) {
	w.t.Helper()
	var errs [3]error
	s.site, errs[0] = w.Sites.Create(w.t.Context(), by, service.NewSite{Name: name, Address: name})
	if errs[0] == nil {
		s.flavor, errs[1] = w.Flavors.Add(w.t.Context(), by, s.site.ID, service.NewFlavor{Name: name})
	}
	s.benchmark, errs[2] = w.Benchmarks.Create(w.t.Context(), by, service.NewBenchmark{DockerImage: name, DockerTag: name, URL: page})
	if err := errors.Join(errs[:]...); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// settlement is one of the use cases that end a review.
type settlement func(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error

func TestSubmitAndApprove(t *testing.T) {
	w := newWorld(t)
	s := w.submit(w.person("alice"), "n")
	if w.submits() != 3 || s.site.IsApproved() || s.flavor.IsApproved() || s.benchmark.IsApproved() {
		t.Fatalf("%d submits; %+v %+v %+v", w.submits(), s.site, s.flavor, s.benchmark)
	}
	for _, review := range []struct {
		approve settlement
		id      uuid.UUID
	}{
		{w.Flavors.Approve, s.flavor.ID}, // its site is still on review
		{w.Sites.Approve, s.site.ID},
		{w.Benchmarks.Approve, s.benchmark.ID},
	} {
		if err := review.approve(t.Context(), domain.Operator(), review.id, ""); err != nil {
			t.Error(err)
		}
		if err := review.approve(t.Context(), domain.Operator(), review.id, ""); domain.KindOf(err) != domain.Invalid {
			t.Errorf("approved twice: %v", err)
		}
	}
	if w.submits() != 0 {
		t.Errorf("%d reports left", w.submits())
	}
	site, flavor, benchmark := s.site.ID.String(), s.flavor.ID.String(), s.benchmark.ID.String()
	want := []string{
		"New site resource submitted: " + site, "New flavor resource submitted: " + flavor, "New benchmark resource submitted: " + benchmark,
		"Resource approved: " + flavor, "Resource approved: " + site, "Resource approved: " + benchmark,
	}
	if !slices.Equal(w.mailed(), want) || w.mails[0].Headers["Resource-ID"] != site || !w.mails[0].CopySupport {
		t.Errorf("mails %q, want %q", w.mailed(), want)
	}
}

// creation creates an entity; the same entity again is a duplicate.
type creation struct {
	create   func(by domain.Caller) error
	conflict string
}

// creations are a creation of each type of entity, that of a flavor at the site.
func (w *world) creations(site uuid.UUID) map[string]creation {
	ctx := w.t.Context()
	return map[string]creation{
		"site": {func(by domain.Caller) error {
			_, err := w.Sites.Create(ctx, by, service.NewSite{Name: "n"})
			return err
		}, "Site n already submitted/exists"},
		"flavor": {func(by domain.Caller) error {
			_, err := w.Flavors.Add(ctx, by, site, service.NewFlavor{Name: "n"})
			return err
		}, "Flavor n already submitted/exists"},
		"benchmark": {func(by domain.Caller) error {
			_, err := w.Benchmarks.Create(ctx, by, service.NewBenchmark{DockerImage: "i", DockerTag: "t", URL: page})
			return err
		}, "Benchmark i:t already submitted/exists"},
		"tag": {func(by domain.Caller) error {
			_, err := w.Tags.Create(ctx, by, service.NewTag{Name: "n"})
			return err
		}, "Tag n already submitted/exists"},
	}
}

func TestTheSameEntityAgainIsAConflict(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	site := w.place(alice, "image", "site", "flavor").site.ID
	for name, tt := range w.creations(site) {
		if err := tt.create(alice); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := tt.create(alice); !isError(err, domain.Conflict, tt.conflict) {
			t.Errorf("%s again: %v, want %q", name, err, tt.conflict)
		}
	}
}

func TestAnUploaderWhoIsRemovedMeanwhileIsNotRegistered(t *testing.T) {
	w := newWorld(t)
	site := w.place(w.person("alice"), "image", "site", "flavor").site.ID
	for name, tt := range w.creations(site) {
		bob := w.person("bob")
		w.interrupt = func() { w.removePerson(bob) }
		if err := tt.create(bob); !errors.Is(err, domain.ErrNotRegistered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASiteThatIsRemovedMeanwhileIsNotFound(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	site := w.place(alice, "image", "site", "flavor").site.ID
	w.interrupt = func() {
		if err := w.Sites.Delete(t.Context(), domain.Operator(), site, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.creations(site)["flavor"].create(alice); domain.KindOf(err) != domain.NotFound {
		t.Errorf("the site was removed while a flavor was added: %v", err)
	}
}

func TestUnknownIDs(t *testing.T) {
	w := newWorld(t)
	id := uuid.New()
	ctx, operator := t.Context(), domain.Operator()
	first := func(_ any, err error) error { return err }
	for text, calls := range map[string][]error{
		"Benchmark " + id.String() + " not found in the database": {
			first(w.Benchmarks.Get(ctx, operator, id)), w.Benchmarks.Approve(ctx, operator, id, ""), w.Benchmarks.Reject(ctx, operator, id, ""),
		},
		"Result " + id.String() + " not found in the database": {first(w.Results.Get(ctx, operator, id))},
		"Record " + id.String() + " not found in the database": {
			first(w.Sites.Get(ctx, operator, id)), w.Sites.Approve(ctx, operator, id, ""),
			first(w.Flavors.Get(ctx, operator, id)), w.Flavors.Approve(ctx, operator, id, ""), first(w.Flavors.GetSite(ctx, operator, id)),
			first(w.Flavors.List(ctx, operator, ports.FlavorQuery{SiteID: id})),
			first(w.Flavors.Search(ctx, operator, ports.FlavorQuery{SiteID: id})),
			first(w.Tags.Get(ctx, operator, id)),
		},
	} {
		for i, err := range calls {
			if !isError(err, domain.NotFound, text) {
				t.Errorf("%d: %v, want %q", i, err, text)
			}
		}
	}
	var second ports.SiteQuery
	second.Page = domain.PageRequest{Number: 2, Size: 100}
	if _, err := w.Sites.List(ctx, operator, second); !errors.Is(err, service.ErrNoSuchPage) {
		t.Errorf("page 2 of nothing: %v", err)
	}
}

func TestRejectedEntitiesGoWithWhatBelongsToThem(t *testing.T) {
	w := newWorld(t)
	s := w.submit(w.person("alice"), "n")
	if err := w.Sites.Reject(t.Context(), domain.Operator(), s.site.ID, ""); err != nil {
		t.Fatal(err)
	}
	_, site := w.Sites.Get(t.Context(), domain.Operator(), s.site.ID)
	_, flavor := w.Flavors.Get(t.Context(), domain.Operator(), s.flavor.ID)
	if exists(t, site) || exists(t, flavor) || w.submits() != 1 {
		t.Errorf("after the rejection of the site: %v, its flavor: %v, %d submits, want that of the benchmark", site, flavor, w.submits())
	}
	if !slices.Contains(w.mailed(), "Resource rejected: "+s.site.ID.String()) {
		t.Errorf("mails %q", w.mailed())
	}
}

func TestApprovedEntitiesCannotBeRejected(t *testing.T) {
	w := newWorld(t)
	p := w.place(w.person("alice"), "image", "site", "flavor")
	for name, err := range map[string]error{
		"Benchmark " + p.benchmark.ID.String(): w.Benchmarks.Reject(t.Context(), domain.Operator(), p.benchmark.ID, ""),
		"Site " + p.site.ID.String():           w.Sites.Reject(t.Context(), domain.Operator(), p.site.ID, ""),
		"Flavor " + p.flavor.ID.String():       w.Flavors.Reject(t.Context(), domain.Operator(), p.flavor.ID, ""),
	} {
		if !isError(err, domain.Invalid, name+" was already approved") {
			t.Errorf("rejected when approved: %v", err)
		}
	}
}

func TestDeletedEntitiesGoWithTheirResults(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	for name, entity := range map[string]struct {
		remove settlement
		id     func(place) uuid.UUID
	}{
		"benchmark": {w.Benchmarks.Delete, func(p place) uuid.UUID { return p.benchmark.ID }},
		"flavor":    {w.Flavors.Delete, func(p place) uuid.UUID { return p.flavor.ID }},
		"site":      {w.Sites.Delete, func(p place) uuid.UUID { return p.site.ID }},
	} {
		p := w.place(alice, name, name, name)
		result := w.result(alice, p)
		if err := entity.remove(t.Context(), domain.Operator(), entity.id(p), ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Results.Get(t.Context(), alice, result); exists(t, err) {
			t.Errorf("the result of the %s is still there", name)
		}
		if err := entity.remove(t.Context(), domain.Operator(), entity.id(p), ""); domain.KindOf(err) != domain.NotFound {
			t.Errorf("%s deleted twice: %v", name, err)
		}
	}
}

func TestUpdateKeepsAnAbsentDescription(t *testing.T) {
	w := newWorld(t)
	alice, operator := w.person("alice"), domain.Operator()
	text, other := "text", "other"
	site, err := w.Sites.Create(t.Context(), alice, service.NewSite{Name: "old", Description: &text})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		in              service.NewSite
		wantDescription string
	}{
		{service.NewSite{Name: "new", Address: "a"}, text},
		{service.NewSite{Name: "new", Description: &other}, other},
	} {
		if err := w.Sites.Update(t.Context(), operator, site.ID, tt.in); err != nil {
			t.Fatal(err)
		}
		got, err := w.Sites.Get(t.Context(), operator, site.ID)
		if err != nil || got.Name != tt.in.Name || got.Address != tt.in.Address || *got.Description != tt.wantDescription {
			t.Errorf("changed to %+v: %+v, %v", tt.in, got, err)
		}
	}
	if _, err := w.Sites.Create(t.Context(), alice, service.NewSite{Name: "taken"}); err != nil {
		t.Fatal(err)
	}
	err = w.Sites.Update(t.Context(), operator, site.ID, service.NewSite{Name: "taken"})
	if !isError(err, domain.Conflict, "Changes conflict submitted/existing site") {
		t.Errorf("conflict: %v", err)
	}
}
