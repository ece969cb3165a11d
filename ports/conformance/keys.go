package conformance

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func keysAreUnique(t *testing.T, w *world) {
	p, tag := w.place(t), w.tag(t)
	otherSite := w.site(t, p.user)
	result := p.result(`{}`)
	w.add(t, result)
	for _, c := range []struct {
		name string
		add  func(ctx context.Context, r ports.Repos) error
		want bool
	}{
		{"user", func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, p.user) }, true},
		{"image and tag of a benchmark", func(ctx context.Context, r ports.Repos) error {
			b := *p.benchmark
			b.ID = uuid.New()
			return r.Benchmarks.Add(ctx, &b)
		}, true},
		{"image of a benchmark", func(ctx context.Context, r ports.Repos) error {
			b := *p.benchmark
			b.ID, b.DockerTag = uuid.New(), "another"
			return r.Benchmarks.Add(ctx, &b)
		}, false},
		{"name of a site", func(ctx context.Context, r ports.Repos) error {
			s := *p.site
			s.ID = uuid.New()
			return r.Sites.Add(ctx, &s)
		}, true},
		{"name of a site, another case", func(ctx context.Context, r ports.Repos) error {
			s := *p.site
			s.ID, s.Name = uuid.New(), "S"+s.Name[1:]
			return r.Sites.Add(ctx, &s)
		}, false},
		{"name of a flavor", func(ctx context.Context, r ports.Repos) error {
			f := *p.flavor
			f.ID = uuid.New()
			return r.Flavors.Add(ctx, &f)
		}, true},
		{"name of a flavor at another site", func(ctx context.Context, r ports.Repos) error {
			f := *p.flavor
			f.ID, f.SiteID = uuid.New(), otherSite.ID
			return r.Flavors.Add(ctx, &f)
		}, false},
		{"name of a tag", func(ctx context.Context, r ports.Repos) error {
			return r.Tags.Add(ctx, &domain.Tag{ID: uuid.New(), Name: tag.Name})
		}, true},
		{"id of a tag", func(ctx context.Context, r ports.Repos) error {
			return r.Tags.Add(ctx, &domain.Tag{ID: tag.ID, Name: "another"})
		}, true},
		{"id of a result", func(ctx context.Context, r ports.Repos) error { return r.Results.Add(ctx, result) }, true},
	} {
		if err := w.Do(t.Context(), c.add); isDuplicate(err) != c.want || err != nil && !c.want {
			t.Errorf("%s again: got %v, want a DuplicateError: %v", c.name, err, c.want)
		}
	}
}

// racers is the number of concurrent calls in a race.
const racers = 8

// race runs fn concurrently, racers times, and returns the number of successes. Every error
// must be an expected one.
func race(t *testing.T, fn func(ctx context.Context) error, expected func(error) bool) int {
	t.Helper()
	var won atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for range racers {
		all.Go(func() {
			<-start
			switch err := fn(t.Context()); {
			case err == nil:
				won.Add(1)
			case !expected(err):
				t.Errorf("one of %d at once: %v", racers, err)
			}
		})
	}
	close(start)
	all.Wait()
	return int(won.Load())
}

func keyRaces(t *testing.T, w *world) {
	by := w.user(t)
	for round := range 5 {
		name := w.name("raced")
		won := race(t, func(ctx context.Context) error {
			return w.Do(ctx, func(ctx context.Context, r ports.Repos) error {
				return r.Sites.Add(ctx, &domain.Site{ID: uuid.New(), Upload: uploadBy(by), Name: name, Address: "Road 1"})
			})
		}, isDuplicate)
		if won != 1 {
			t.Errorf("round %d: %d of %d got the name, want one", round, won, racers)
		}
	}
	won := race(t, func(ctx context.Context) error {
		return w.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			return r.Users.Add(ctx, &domain.User{UserID: domain.UserID{Subject: "raced", Issuer: "for"}, RegisteredAt: noon})
		})
	}, isDuplicate)
	if won != 1 {
		t.Errorf("%d of %d registered the same user, want one", won, racers)
	}
}

func referencesMustExist(t *testing.T, w *world) {
	p := w.place(t)
	nobody := domain.Upload{Uploader: domain.UserID{Subject: "nobody", Issuer: "nowhere"}, UploadedAt: noon}
	addResult := func(change func(*domain.Result)) func(context.Context, ports.Repos) error {
		return func(ctx context.Context, r ports.Repos) error { return r.Results.Add(ctx, p.result(`{}`, change)) }
	}
	for _, c := range []struct {
		name string
		add  func(ctx context.Context, r ports.Repos) error
	}{
		{"uploader of a benchmark", func(ctx context.Context, r ports.Repos) error {
			return r.Benchmarks.Add(ctx, &domain.Benchmark{ID: uuid.New(), Upload: nobody, JSONSchema: []byte(`{}`)})
		}},
		{"uploader of a site", func(ctx context.Context, r ports.Repos) error {
			return r.Sites.Add(ctx, &domain.Site{ID: uuid.New(), Upload: nobody})
		}},
		{"uploader of a flavor", func(ctx context.Context, r ports.Repos) error {
			return r.Flavors.Add(ctx, &domain.Flavor{ID: uuid.New(), Upload: nobody, SiteID: p.site.ID})
		}},
		{"site of a flavor", func(ctx context.Context, r ports.Repos) error {
			return r.Flavors.Add(ctx, &domain.Flavor{ID: uuid.New(), Upload: uploadBy(p.user), SiteID: uuid.New()})
		}},
		{"submit of a site", func(ctx context.Context, r ports.Repos) error {
			return r.Sites.Add(ctx, &domain.Site{ID: uuid.New(), Upload: uploadBy(p.user), Review: domain.Review{SubmitID: ptr(uuid.New())}})
		}},
		{"uploader of a result", addResult(func(r *domain.Result) { r.Upload = nobody })},
		{"benchmark of a result", addResult(func(r *domain.Result) { r.Benchmark = &domain.Benchmark{ID: uuid.New()} })},
		{"site of a result", addResult(func(r *domain.Result) { r.Site = &domain.Site{ID: uuid.New()} })},
		{"flavor of a result", addResult(func(r *domain.Result) { r.Flavor = &domain.Flavor{ID: uuid.New()} })},
		{"tag of a result", addResult(func(r *domain.Result) { r.Tags = []*domain.Tag{{ID: uuid.New()}} })},
	} {
		err := w.Do(t.Context(), c.add)
		if _, ok := errors.AsType[*ports.ReferenceError](err); !ok {
			t.Errorf("%s that does not exist: got %v, want a ReferenceError", c.name, err)
		}
	}
	if left := w.results(t, ports.ResultQuery{}); len(left) > 0 {
		t.Errorf("results that were refused are there: %v", resultIDs(left))
	}
}
