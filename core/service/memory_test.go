package service_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	visible    map[uuid.UUID]domain.Visibility
	claims     map[uuid.UUID]*domain.Claim
	submits    map[uuid.UUID]*domain.Submit
	mails      []*domain.OutgoingMail
	// done lists what was asked of the storage that this world only notes.
	done []string
	// refuse is what writing a row fails with, nil for nothing.
	refuse error
	// beforeAdd runs before a row is written: another request in between.
	beforeAdd func()

	tokens map[string]domain.Identity
	now    time.Time
	// schemaError and imageError are the verdicts of validator and registry.
	schemaError, documentError, imageError error
	// asked are the images that the registry was asked for.
	asked []string
	// inUnit tells that a unit of work is under way.
	inUnit bool
}

func newWorld() *world {
	return &world{
		users: map[domain.UserID]*domain.User{}, benchmarks: map[uuid.UUID]*domain.Benchmark{},
		sites: map[uuid.UUID]*domain.Site{}, flavors: map[uuid.UUID]*domain.Flavor{}, tags: map[uuid.UUID]*domain.Tag{},
		results: map[uuid.UUID]*domain.Result{}, visible: map[uuid.UUID]domain.Visibility{}, claims: map[uuid.UUID]*domain.Claim{}, submits: map[uuid.UUID]*domain.Submit{}, tokens: map[string]domain.Identity{},
		now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

func (w *world) services(admins ...string) *service.Services {
	return service.New(service.Dependencies{Storage: w, Verifier: w, Images: w, Schemas: w, Clock: w, Admins: admins, PublicURL: "https://perf.example.org/api/v1"})
}

var errNobody = domain.BadToken("nobody accepts it", nil)

func (w *world) Now() time.Time { return w.now }
func (w *world) Verify(_ context.Context, token ports.BearerToken) (domain.Identity, error) {
	if id, ok := w.tokens[token.Text]; ok {
		return id, nil
	}
	return domain.Identity{}, errNobody
}
func (w *world) Exists(_ context.Context, image, tag string) error {
	w.asked = append(w.asked, image+":"+tag)
	if w.inUnit {
		return errors.New("a registry was asked inside of a unit of work")
	}
	return w.imageError
}
func (w *world) Check([]byte) error            { return w.schemaError }
func (w *world) Validate([]byte, []byte) error { return w.documentError }
func (w *world) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	w.inUnit = true
	defer func() { w.inUnit = false }()
	return fn(ctx, w.Repos())
}
func (w *world) Repos() ports.Repos {
	return ports.Repos{
		Users: users{w}, Submits: submits{w}, Outbox: outbox{w},
		Benchmarks: reviewed[domain.Benchmark, ports.BenchmarkQuery]{w, w.benchmarks, func(b *domain.Benchmark) (uuid.UUID, *domain.Review) { return b.ID, &b.Review }},
		Sites:      reviewed[domain.Site, ports.SiteQuery]{w, w.sites, func(s *domain.Site) (uuid.UUID, *domain.Review) { return s.ID, &s.Review }},
		Flavors:    flavors{reviewed[domain.Flavor, ports.FlavorQuery]{w, w.flavors, func(f *domain.Flavor) (uuid.UUID, *domain.Review) { return f.ID, &f.Review }}},
		Claims:     claims{w},
		Tags:       tags{rows[domain.Tag, ports.TagQuery]{w, w.tags, func(t *domain.Tag) uuid.UUID { return t.ID }}},
		Results:    results{rows[domain.Result, ports.ResultQuery]{w, w.results, func(r *domain.Result) uuid.UUID { return r.ID }}},
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
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(ids) {
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

func (t tags) Update(_ context.Context, tag *domain.Tag) error {
	return t.w.write(func() { t.m[tag.ID] = tag })
}
func (t tags) Remove(_ context.Context, id uuid.UUID) error {
	delete(t.m, id)
	return nil
}
func (r reviewed[T, Q]) Update(ctx context.Context, v *T) error { return r.rows().Add(ctx, v) }
func (r reviewed[T, Q]) Remove(_ context.Context, id uuid.UUID) error {
	if _, state := r.of(r.m[id]); state.SubmitID != nil {
		delete(r.w.submits, *state.SubmitID)
	}
	delete(r.m, id)
	r.w.done = append(r.w.done, "remove")
	return nil
}
func (r reviewed[T, Q]) RemoveUnused(context.Context, domain.UserID) error {
	r.w.done = append(r.w.done, fmt.Sprintf("remove unused %T", *new(T)))
	return nil
}
func (r reviewed[T, Q]) HandOver(_ context.Context, _, to domain.UserID) error {
	r.w.done = append(r.w.done, fmt.Sprintf("hand %T over to %s", *new(T), to.Subject))
	return nil
}

type flavors struct {
	reviewed[domain.Flavor, ports.FlavorQuery]
}

func (f flavors) RemoveOfSite(_ context.Context, siteID uuid.UUID) error {
	maps.DeleteFunc(f.m, func(_ uuid.UUID, v *domain.Flavor) bool { return v.SiteID == siteID })
	f.w.done = append(f.w.done, "remove flavors")
	return nil
}

type results struct {
	rows[domain.Result, ports.ResultQuery]
}

func (r results) References(ctx context.Context, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID) (ports.References, error) {
	found := ports.References{Benchmark: r.w.benchmarks[benchmarkID], Flavor: r.w.flavors[flavorID]}
	if found.Flavor != nil {
		found.Site = r.w.sites[found.Flavor.SiteID]
	}
	var err error
	found.Tags, err = r.w.Repos().Tags.GetAll(ctx, tagIDs)
	return found, err
}
func (r results) Lock(_ context.Context, id uuid.UUID) (domain.Visibility, error) {
	if r.m[id] == nil {
		return domain.Visibility{}, ports.ErrNotFound
	}
	return r.w.visible[id], nil
}
func (r results) SetVisibility(_ context.Context, id uuid.UUID, v domain.Visibility) error {
	r.w.visible[id] = v
	return nil
}
func (r results) SetTags(_ context.Context, id uuid.UUID, tagIDs []uuid.UUID) error {
	return r.w.write(func() {
		r.m[id].Tags = nil
		for _, tag := range tagIDs {
			r.m[id].Tags = append(r.m[id].Tags, r.w.tags[tag])
		}
	})
}
func (r results) Deleted(_ context.Context, q ports.DeletedQuery) ([]ports.DeletedResult, error) {
	var found []ports.DeletedResult
	for id, result := range r.m {
		v := r.w.visible[id]
		if v.Hidden && v.Deleted && id.String() > q.After.String() && (q.BenchmarkID == nil || result.Benchmark.ID == *q.BenchmarkID) {
			found = append(found, ports.DeletedResult{ID: id, Visibility: v})
		}
	}
	slices.SortFunc(found, func(a, b ports.DeletedResult) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return found[:min(q.Limit, len(found))], nil
}
func (r results) RemoveAll(_ context.Context, match ports.ResultMatch) error {
	r.w.done = append(r.w.done, "remove results")
	for _, id := range match.IDs {
		delete(r.m, id)
	}
	return nil
}

type claims struct{ w *world }

func (c claims) Get(_ context.Context, id uuid.UUID) (*domain.Claim, error) {
	return get(c.w.claims, id)
}
func (c claims) List(context.Context, ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
	return domain.Page[*domain.Claim]{PageRequest: domain.PageRequest{Number: 1, Size: 100}}, nil
}
func (c claims) chosen(is func(*domain.Claim) bool) (found []*domain.Claim, err error) {
	for _, claim := range c.w.claims {
		if is(claim) {
			found = append(found, claim)
		}
	}
	return found, nil
}
func (c claims) ActiveOf(_ context.Context, id uuid.UUID) ([]*domain.Claim, error) {
	return c.chosen(func(claim *domain.Claim) bool { return claim.ResultID == id })
}
func (c claims) OpenOf(_ context.Context, by domain.UserID) ([]*domain.Claim, error) {
	return c.chosen(func(claim *domain.Claim) bool { return claim.Uploader.UserID == by && !claim.IsApproved() })
}
func (c claims) Add(_ context.Context, claim *domain.Claim) error {
	return c.w.write(func() { c.w.claims[claim.ID] = claim })
}
func (c claims) SetReview(_ context.Context, id uuid.UUID, review domain.Review) error {
	c.w.claims[id].Review = review
	return nil
}
func (c claims) Remove(_ context.Context, id uuid.UUID) error {
	delete(c.w.submits, *c.w.claims[id].SubmitID)
	delete(c.w.claims, id)
	return nil
}
func (c claims) HandOver(_ context.Context, _, to domain.UserID) error {
	c.w.done = append(c.w.done, "hand claims over to "+to.Subject)
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

func (u users) List(_ context.Context, q ports.UserQuery) (domain.Page[*domain.User], error) {
	page := domain.Page[*domain.User]{PageRequest: domain.PageRequest{Number: 1, Size: 100}}
	for _, user := range u.w.users {
		if q.Email != nil && user.Email == *q.Email {
			page.Total++
		}
	}
	return page, nil
}
func (u users) SetEmail(_ context.Context, id domain.UserID, email string) error {
	if u.w.users[id] == nil {
		return ports.ErrNotFound
	}
	u.w.users[id].Email = email
	return nil
}
func (u users) LockAll(_ context.Context, match ports.UserMatch) (found []*domain.User, err error) {
	for _, user := range u.w.users {
		if match.Subject == nil || user.Subject == *match.Subject {
			found = append(found, user)
		}
	}
	return found, nil
}
func (u users) Remove(_ context.Context, id domain.UserID) error {
	delete(u.w.users, id)
	return nil
}
func (u users) EnsureTombstone(context.Context, time.Time) error {
	u.w.done = append(u.w.done, "tombstone")
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

// person registers a person, and returns them as a caller.
func (w *world) person(name string, entitlements ...string) domain.Caller {
	id := domain.UserID{Subject: name, Issuer: "https://op.example.org"}
	w.tokens[name] = domain.Identity{UserID: id, Email: name + "@example.org", HasEmail: true, Entitlements: entitlements}
	w.users[id] = &domain.User{UserID: id, Email: name + "@example.org", RegisteredAt: w.now}
	return w.caller(name)
}

// caller is the person with the token.
func (w *world) caller(name string) domain.Caller {
	return domain.Person(w.tokens[name], w.users[w.tokens[name].UserID])
}

// mailed lists subjects, in order.
func (w *world) mailed() []string {
	subjects := []string{}
	for _, m := range w.mails {
		subjects = append(subjects, m.Subject)
	}
	return slices.Clone(subjects)
}
