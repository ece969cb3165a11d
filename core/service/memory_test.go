package service_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// The world of the service tests: everything in maps, nothing to set up. It
// has no transactions; what storage has to guarantee is tested with storage.

type world struct {
	users      map[domain.UserID]*domain.User
	benchmarks map[uuid.UUID]*domain.Benchmark
	sites      map[uuid.UUID]*domain.Site
	flavors    map[uuid.UUID]*domain.Flavor
	tags       map[uuid.UUID]*domain.Tag
	results    map[uuid.UUID]*domain.Result
	submits    map[uuid.UUID]*domain.Submit
	mails      []domain.Mail
	// refuse is what writing a row fails with, nil for nothing.
	refuse error
	// beforeAdd runs before a row is written: another request in between.
	beforeAdd func()

	tokens map[string]domain.Identity
	now    time.Time
	// schemaError and imageError are the verdicts of validator and registry.
	schemaError, documentError, imageError error
}

func newWorld() *world {
	return &world{
		users: map[domain.UserID]*domain.User{}, benchmarks: map[uuid.UUID]*domain.Benchmark{},
		sites: map[uuid.UUID]*domain.Site{}, flavors: map[uuid.UUID]*domain.Flavor{}, tags: map[uuid.UUID]*domain.Tag{},
		results: map[uuid.UUID]*domain.Result{}, submits: map[uuid.UUID]*domain.Submit{}, tokens: map[string]domain.Identity{},
		now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

func (w *world) services(admins ...string) *service.Services {
	return service.New(service.Dependencies{Storage: w, Verifier: w, Images: w, Schemas: w, Clock: w, Admins: admins})
}

var errNobody = domain.BadToken("nobody accepts it", nil)

func (w *world) Now() time.Time { return w.now }
func (w *world) Verify(_ context.Context, token string) (domain.Identity, error) {
	if id, ok := w.tokens[token]; ok {
		return id, nil
	}
	return domain.Identity{}, errNobody
}
func (w *world) Exists(context.Context, string, string) error { return w.imageError }
func (w *world) Check([]byte) error                           { return w.schemaError }
func (w *world) Validate([]byte, []byte) error                { return w.documentError }
func (w *world) Enqueue(_ context.Context, m domain.Mail) error {
	w.mails = append(w.mails, m)
	return nil
}
func (w *world) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return fn(ctx, w.Repos())
}
func (w *world) Repos() ports.Repos {
	return ports.Repos{
		Users: users{w}, Submits: submits{w}, Outbox: w,
		Benchmarks: reviewed[domain.Benchmark, ports.BenchmarkQuery]{w, w.benchmarks, func(b *domain.Benchmark) (uuid.UUID, *domain.Review) { return b.ID, &b.Review }},
		Sites:      reviewed[domain.Site, ports.SiteQuery]{w, w.sites, func(s *domain.Site) (uuid.UUID, *domain.Review) { return s.ID, &s.Review }},
		Flavors:    reviewed[domain.Flavor, ports.FlavorQuery]{w, w.flavors, func(f *domain.Flavor) (uuid.UUID, *domain.Review) { return f.ID, &f.Review }},
		Tags:       tags{rows[domain.Tag, ports.TagQuery]{w, w.tags, func(t *domain.Tag) uuid.UUID { return t.ID }}},
		Results:    rows[domain.Result, ports.ResultQuery]{w, w.results, func(r *domain.Result) uuid.UUID { return r.ID }},
	}
}

// write stores a row unless it is refused.
func (w *world) write(store func()) error {
	if w.beforeAdd != nil {
		w.beforeAdd()
	}
	if w.refuse == nil {
		store()
	}
	return w.refuse
}

func get[K comparable, T any](m map[K]*T, id K) (*T, error) {
	if v := m[id]; v != nil {
		c := *v
		return &c, nil
	}
	return nil, ports.ErrNotFound
}

type rows[T, Q any] struct {
	w  *world
	m  map[uuid.UUID]*T
	id func(*T) uuid.UUID
}

func (r rows[T, Q]) Get(_ context.Context, id uuid.UUID) (*T, error) { return get(r.m, id) }
func (r rows[T, Q]) Add(_ context.Context, v *T) error {
	return r.w.write(func() { r.m[r.id(v)] = v })
}
func (r rows[T, Q]) List(context.Context, Q) (domain.Page[*T], error) {
	return domain.Page[*T]{PageRequest: domain.PageRequest{Number: 2, Size: 100}, Total: len(r.m)}, nil
}

type tags struct {
	rows[domain.Tag, ports.TagQuery]
}

func (t tags) GetAll(_ context.Context, ids []uuid.UUID) ([]*domain.Tag, error) {
	var found []*domain.Tag
	for _, id := range ids {
		if tag := t.m[id]; tag != nil {
			found = append(found, tag)
		}
	}
	return found, nil
}

type reviewed[T, Q any] struct {
	w  *world
	m  map[uuid.UUID]*T
	of func(*T) (uuid.UUID, *domain.Review)
}

func (r reviewed[T, Q]) rows() rows[T, Q] {
	return rows[T, Q]{r.w, r.m, func(v *T) uuid.UUID { id, _ := r.of(v); return id }}
}
func (r reviewed[T, Q]) Get(ctx context.Context, id uuid.UUID) (*T, error) {
	return r.rows().Get(ctx, id)
}
func (r reviewed[T, Q]) GetForReview(ctx context.Context, id uuid.UUID) (*T, error) {
	return r.rows().Get(ctx, id)
}
func (r reviewed[T, Q]) Add(ctx context.Context, v *T) error { return r.rows().Add(ctx, v) }
func (r reviewed[T, Q]) List(ctx context.Context, q Q) (domain.Page[*T], error) {
	return r.rows().List(ctx, q)
}
func (r reviewed[T, Q]) SetReview(_ context.Context, id uuid.UUID, review domain.Review) error {
	_, state := r.of(r.m[id])
	*state = review
	return nil
}

type users struct{ w *world }

func (u users) Get(_ context.Context, id domain.UserID) (*domain.User, error) {
	return get(u.w.users, id)
}
func (u users) Add(_ context.Context, user *domain.User) error {
	if u.w.users[user.UserID] != nil {
		return &ports.DuplicateError{Cause: errors.New("user_pkey")}
	}
	u.w.users[user.UserID] = user
	return nil
}

type submits struct{ w *world }

func (s submits) List(context.Context, ports.SubmitQuery) (domain.Page[*domain.Submit], error) {
	return domain.Page[*domain.Submit]{PageRequest: domain.PageRequest{Number: 1, Size: 100}}, nil
}
func (s submits) Add(_ context.Context, submit *domain.Submit) error {
	s.w.submits[submit.ID] = submit
	return nil
}
func (s submits) Remove(_ context.Context, id uuid.UUID) error {
	delete(s.w.submits, id)
	return nil
}

// person registers somebody, and returns them.
func (w *world) person(name string, entitlements ...string) *domain.User {
	id := domain.UserID{Subject: name, Issuer: "https://op.example.org"}
	w.tokens[name] = domain.Identity{UserID: id, Email: name + "@example.org", HasEmail: true, Entitlements: entitlements}
	w.users[id] = &domain.User{UserID: id, Email: name + "@example.org", RegisteredAt: w.now}
	return w.users[id]
}

// mailed lists subjects, in order.
func (w *world) mailed() []string {
	subjects := []string{}
	for _, m := range w.mails {
		subjects = append(subjects, m.Subject)
	}
	return slices.Clone(subjects)
}
