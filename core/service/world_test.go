package service_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// storage is a database that records the mails of committed units of work.
type storage struct {
	*gormdb.Store
	// interrupt runs once, before the core next writes: the change of another request
	// after this one has read.
	interrupt func()
	inUnit    bool
	mails     []*domain.OutgoingMail
	// asked is how often the core asked what results refer to.
	asked int
}

func (s *storage) runInterrupt() {
	if interrupt := s.interrupt; interrupt != nil {
		s.interrupt = nil
		interrupt()
	}
}

// Do implements ports.Storage.
func (s *storage) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	s.runInterrupt()
	var mails []*domain.OutgoingMail
	s.inUnit = true
	defer func() { s.inUnit = false }()
	err := s.Store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		mails = nil
		r.Outbox = recordingOutbox{r.Outbox, &mails}
		return fn(ctx, r)
	})
	if err == nil {
		s.mails = append(s.mails, mails...)
	}
	return err
}

// Repos implements ports.Storage.
func (s *storage) Repos() ports.Repos {
	r := s.Store.Repos()
	r.Results = interruptedResults{r.Results, s}
	return r
}

type interruptedResults struct {
	ports.Results
	storage *storage
}

// Add implements ports.Results.
func (r interruptedResults) Add(ctx context.Context, result *domain.Result, e ...domain.Event) error {
	r.storage.runInterrupt()
	return r.Results.Add(ctx, result, e...)
}

// References implements ports.Results.
func (r interruptedResults) References(ctx context.Context) (ports.FindReferences, error) {
	r.storage.asked++
	return r.Results.References(ctx)
}

type recordingOutbox struct {
	ports.Outbox
	mails *[]*domain.OutgoingMail
}

// Enqueue implements ports.Outbox.
func (o recordingOutbox) Enqueue(ctx context.Context, mail *domain.OutgoingMail) error {
	*o.mails = append(*o.mails, mail)
	return o.Outbox.Enqueue(ctx, mail)
}

// EnqueueAll implements ports.Outbox.
func (o recordingOutbox) EnqueueAll(ctx context.Context, mails []*domain.OutgoingMail) error {
	*o.mails = append(*o.mails, mails...)
	return o.Outbox.EnqueueAll(ctx, mails)
}

const adminEntitlement = "urn:mace:egi.eu:group:perf:admins"

// world is the core with a database of its own. The test decides on the time, the tokens,
// and the answers of the registry and the validator.
type world struct {
	*service.Services
	*storage
	t      testing.TB
	now    time.Time
	tokens map[string]domain.Identity
	// schemaError, documentError and imageError are the answers of validator and registry.
	schemaError, documentError, imageError error
	imageDigest                            string
	// validate takes the place of documentError unless it is nil.
	validate func(ctx context.Context) error
	// images are the images that the registry was asked for.
	images []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, storage: &storage{Store: storetest.SQLite(t)}, tokens: map[string]domain.Identity{},
		now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
	w.Services = service.New(w.dependencies())
	return w
}

func (w *world) dependencies() service.Dependencies {
	return service.Dependencies{
		Storage: w.storage, Verifier: w, Images: w, Schemas: w, Clock: w, Admins: domain.Entitlements{adminEntitlement},
		PublicURL: "https://perf.example.org/api/v1",
	}
}

// Now implements ports.Clock.
func (w *world) Now() time.Time { return w.now }

// Verify implements ports.TokenVerifier.
func (w *world) Verify(_ context.Context, token ports.BearerToken) (domain.Identity, error) {
	if identity, ok := w.tokens[token.Text]; ok {
		return identity, nil
	}
	return domain.Identity{}, domain.BadToken("no provider accepts the token", nil)
}

// Digest implements ports.ImageRegistry.
func (w *world) Digest(_ context.Context, image, tag string) (string, error) {
	w.images = append(w.images, image+":"+tag)
	if w.inUnit {
		return "", errors.New("the registry was asked in a unit of work")
	}
	return w.imageDigest, w.imageError
}

// Check implements ports.SchemaValidator.
func (w *world) Check(context.Context, []byte) error { return w.schemaError }

// Validate implements ports.SchemaValidator.
func (w *world) Validate(ctx context.Context, _ []byte, _ document.Value) error {
	if w.validate != nil {
		return w.validate(ctx)
	}
	return w.documentError
}

// Violations implements ports.SchemaValidator.
func (w *world) Violations(context.Context, []byte, document.Value, int) ([]domain.Violation, error) {
	return nil, w.documentError
}

// write changes the database without the core.
func (w *world) write(fn func(ctx context.Context, r ports.Repos) error) {
	w.t.Helper()
	if err := w.Store.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// token makes a token that the provider accepts.
func (w *world) token(name string, entitlements ...string) domain.Identity {
	w.tokens[name] = domain.Identity{
		UserID: domain.UserID{Subject: name, Issuer: "https://op.example.org"},
		Email:  name + "@example.org", HasEmail: true, Entitlements: entitlements,
	}
	return w.tokens[name]
}

// person registers a person.
func (w *world) person(name string, entitlements ...string) domain.Caller {
	w.t.Helper()
	return w.personWithAddress(name, name+"@example.org", entitlements...)
}

func (w *world) personWithAddress(name, address string, entitlements ...string) domain.Caller {
	w.t.Helper()
	identity := w.token(name, entitlements...)
	user := &domain.User{UserID: identity.UserID, Email: address, RegisteredAt: w.now}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, user) })
	return domain.Person(identity, user)
}

// caller is the bearer of a token.
func (w *world) caller(token string) domain.Caller {
	w.t.Helper()
	caller, err := w.Access.Identify(w.t.Context(), ports.BearerToken{Text: token})
	if err != nil {
		w.t.Fatal(err)
	}
	return caller
}

// removePerson removes a person to whom no row refers.
func (w *world) removePerson(caller domain.Caller) {
	w.t.Helper()
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Users.Remove(ctx, caller.User().UserID) })
}

// place is what a result refers to, approved.
type place struct {
	benchmark *domain.Benchmark
	site      *domain.Site
	flavor    *domain.Flavor
}

// place adds a benchmark, a site and a flavor of these names.
func (w *world) place(by domain.Caller, image, site, flavor string) place {
	w.t.Helper()
	return w.placeOf(by, image, site, flavor, []byte(`{}`))
}

// placeOf is place with a JSON Schema.
func (w *world) placeOf(by domain.Caller, image, site, flavor string, schema []byte) place {
	w.t.Helper()
	upload := domain.Upload{Uploader: by.User().UserID, UploadedAt: w.now}
	approved := domain.Review{Status: domain.Approved}
	p := place{
		benchmark: &domain.Benchmark{
			ID: uuid.New(), Upload: upload, Review: approved, DockerImage: image, DockerTag: "1", JSONSchema: schema,
		},
		site: &domain.Site{ID: uuid.New(), Upload: upload, Review: approved, Name: site},
	}
	p.flavor = &domain.Flavor{ID: uuid.New(), Upload: upload, Review: approved, SiteID: p.site.ID, Name: flavor}
	w.write(func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Benchmarks.Add(ctx, p.benchmark), r.Sites.Add(ctx, p.site), r.Flavors.Add(ctx, p.flavor))
	})
	return p
}

// result adds a result.
func (w *world) result(by domain.Caller, p place) uuid.UUID {
	w.t.Helper()
	result := &domain.Result{
		ID: uuid.New(), Upload: domain.Upload{Uploader: by.User().UserID, UploadedAt: w.now}, ExecutedAt: w.now,
		JSON: []byte(`{}`), Benchmark: p.benchmark, Site: p.site, Flavor: p.flavor,
	}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Results.Add(ctx, result) })
	return result.ID
}

// newWorldWithResult returns a world with the people alice and bob and a result of alice.
func newWorldWithResult(t *testing.T) (w *world, result uuid.UUID) {
	t.Helper()
	w = newWorld(t)
	alice := w.person("alice")
	w.person("bob")
	return w, w.result(alice, w.place(alice, "image", "site", "flavor"))
}

// claim makes a claim of a person on a result.
func (w *world) claim(by string, result uuid.UUID) *domain.Claim {
	w.t.Helper()
	claim, err := w.Claims.Create(w.t.Context(), w.caller(by), result, "odd")
	if err != nil {
		w.t.Fatal(err)
	}
	return claim
}

// visibility is that of a result.
func (w *world) visibility(result uuid.UUID) (v domain.Visibility) {
	w.t.Helper()
	w.write(func(ctx context.Context, r ports.Repos) (err error) {
		v, err = r.Results.Lock(ctx, result)
		return err
	})
	return v
}

func (w *world) setVisibility(result uuid.UUID, v domain.Visibility) {
	w.t.Helper()
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Results.SetVisibility(ctx, result, v) })
}

var wholeList = ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 100}}

// submits counts the reports that wait for an administrator.
func (w *world) submits() int {
	w.t.Helper()
	page, err := w.Reports.ListSubmits(w.t.Context(), domain.Operator(), ports.SubmitQuery{ListOptions: wholeList})
	if err != nil {
		w.t.Fatal(err)
	}
	return page.Total
}

// mailed lists the subjects of the mails, in order.
func (w *world) mailed() []string {
	subjects := []string{}
	for _, mail := range w.mails {
		subjects = append(subjects, mail.Subject)
	}
	return subjects
}

// exists is true if a read found the entity.
func exists(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && domain.KindOf(err) != domain.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

// isError is true if the error is of the kind and has the text.
func isError(err error, kind domain.Kind, text string) bool {
	return domain.KindOf(err) == kind && err.Error() == text
}
