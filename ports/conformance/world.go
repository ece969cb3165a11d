package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// world is a storage with methods that fill it.
type world struct {
	ports.Storage
	// woken counts the announcements of mails.
	woken atomic.Int32
	// count makes names unique.
	count int
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_456_000, time.UTC)

func (w *world) name(of string) string {
	w.count++
	return fmt.Sprintf("%s-%d", of, w.count)
}

// do runs a unit of work that must succeed.
func (w *world) do(t tester, fn func(ctx context.Context, r ports.Repos) error) {
	t.Helper()
	if err := w.Do(t.Context(), fn); err != nil {
		t.Fatalf("unit of work: %v", err)
	}
}

func (w *world) user(t tester) *domain.User {
	t.Helper()
	u := &domain.User{
		UserID: domain.UserID{Subject: w.name("subject"), Issuer: "https://op.example.org/"}, Email: "user@example.org", RegisteredAt: noon,
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, u) })
	return u
}

func uploadBy(u *domain.User) domain.Upload {
	return domain.Upload{Uploader: u.UserID, UploadedAt: noon}
}

func approved() domain.Review { return domain.Review{Status: domain.Approved} }

func (w *world) benchmark(t tester, by *domain.User, change ...func(*domain.Benchmark)) *domain.Benchmark {
	t.Helper()
	b := &domain.Benchmark{
		ID: uuid.New(), Upload: uploadBy(by), Review: approved(), DockerImage: w.name("image"), DockerTag: "latest",
		URL: "https://example.org", JSONSchema: json.RawMessage(`{"type":"object"}`),
	}
	return add(t, w, b, change, func(r ports.Repos) adder[domain.Benchmark] { return r.Benchmarks })
}

func (w *world) site(t tester, by *domain.User, change ...func(*domain.Site)) *domain.Site {
	t.Helper()
	s := &domain.Site{ID: uuid.New(), Upload: uploadBy(by), Review: approved(), Name: w.name("site"), Address: "Road 1"}
	return add(t, w, s, change, func(r ports.Repos) adder[domain.Site] { return r.Sites })
}

func (w *world) flavor(t tester, by *domain.User, site *domain.Site, change ...func(*domain.Flavor)) *domain.Flavor {
	t.Helper()
	f := &domain.Flavor{ID: uuid.New(), Upload: uploadBy(by), Review: approved(), SiteID: site.ID, Name: w.name("flavor")}
	return add(t, w, f, change, func(r ports.Repos) adder[domain.Flavor] { return r.Flavors })
}

func (w *world) tag(t tester, change ...func(*domain.Tag)) *domain.Tag {
	t.Helper()
	return add(t, w, &domain.Tag{ID: uuid.New(), Name: w.name("tag")}, change, func(r ports.Repos) adder[domain.Tag] { return r.Tags })
}

type adder[T any] interface {
	Add(ctx context.Context, entity *T) error
}

func add[T any](t tester, w *world, entity *T, change []func(*T), repo func(ports.Repos) adder[T]) *T {
	t.Helper()
	for _, c := range change {
		c(entity)
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error { return repo(r).Add(ctx, entity) })
	return entity
}

// place is what a result refers to.
type place struct {
	user      *domain.User
	benchmark *domain.Benchmark
	site      *domain.Site
	flavor    *domain.Flavor
}

func (w *world) place(t tester) place {
	t.Helper()
	p := place{user: w.user(t)}
	p.benchmark, p.site = w.benchmark(t, p.user), w.site(t, p.user)
	p.flavor = w.flavor(t, p.user, p.site)
	return p
}

// result returns a result that is not stored.
func (p place) result(document string, change ...func(*domain.Result)) *domain.Result {
	r := &domain.Result{
		ID: uuid.New(), Upload: uploadBy(p.user), ExecutedAt: noon, JSON: json.RawMessage(document),
		Benchmark: p.benchmark, Site: p.site, Flavor: p.flavor,
	}
	for _, c := range change {
		c(r)
	}
	return r
}

func (w *world) add(t tester, results ...*domain.Result) {
	t.Helper()
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		for _, result := range results {
			if err := r.Results.Add(ctx, result); err != nil {
				return fmt.Errorf("add the result %s: %w", result.JSON, err)
			}
		}
		return nil
	})
}

// documents stores a result for each document.
func (w *world) documents(t tester, p place, documents ...string) []*domain.Result {
	t.Helper()
	results := make([]*domain.Result, len(documents))
	for i, document := range documents {
		results[i] = p.result(document)
	}
	w.add(t, results...)
	return results
}

var wholeList = domain.PageRequest{Number: 1, Size: 100}

func sortBy(t tester, text string, fields []string) []filter.Key {
	t.Helper()
	keys, err := filter.ParseSort(text, fields, limits)
	if err != nil {
		t.Fatalf("sort %q: %v", text, err)
	}
	return keys
}

var limits = filter.Limits{SortKeys: 100, PathParts: 100, Exponent: 400, NumberLength: 1000}

func condition(t tester, text string) filter.Condition {
	t.Helper()
	c, err := filter.ParseCondition(text, limits)
	if err != nil {
		t.Fatalf("filter %q: %v", text, err)
	}
	return c
}

func (w *world) results(t tester, q ports.ResultQuery) []*domain.Result {
	t.Helper()
	if q.Page.Size == 0 {
		q.Page = wholeList
	}
	page, err := w.Repos().Results.List(t.Context(), q)
	if err != nil {
		t.Fatalf("list results %+v: %v", q, err)
	}
	return page.Items
}

func idsOf[T any](entities []*T, id func(*T) uuid.UUID) []uuid.UUID {
	out := make([]uuid.UUID, len(entities))
	for i, entity := range entities {
		out[i] = id(entity)
	}
	return out
}

func resultIDs(results []*domain.Result) []uuid.UUID {
	return idsOf(results, func(r *domain.Result) uuid.UUID { return r.ID })
}

func byID(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func sorted(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, byID)
	return ids
}

func isDuplicate(err error) bool {
	_, ok := errors.AsType[*ports.DuplicateError](err)
	return ok
}

func ptr[T any](v T) *T { return &v }
