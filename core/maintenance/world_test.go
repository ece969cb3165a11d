package maintenance_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

var (
	operator = domain.Operator()
	// started is the time of a test.
	started = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
)

// clock is a ports.Clock that stands still.
type clock time.Time

func (c clock) Now() time.Time { return time.Time(c) }

// steps records what a job says about its progress.
type steps []int64

func (s *steps) Advance(done, total int64) { *s = append(*s, done, total) }

// silent is a Progress that nobody watches.
type silent struct{}

func (silent) Advance(int64, int64) {}

// world is an embedded database, with the jobs that work on it.
type world struct {
	*gormdb.Store
	t      *testing.T
	schema migrations.Schema
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store := storetest.SQLite(t)
	schema, err := migrations.OpenSchema(store)
	if err != nil {
		t.Fatal(err)
	}
	return &world{Store: store, t: t, schema: schema}
}

func (w *world) results() maintenance.Results {
	return maintenance.Results{Storage: w.Store, Documents: w.Dump(w.schema), Schemas: jsonschema.New(), Clock: clock(started)}
}

func (w *world) users() maintenance.Users {
	services := service.New(service.Dependencies{Storage: w.Store, Clock: clock(started)})
	return maintenance.Users{Users: services.Users, Storage: w.Store, Clock: clock(started), Personal: w.Dump(w.schema)}
}

// write runs a unit of work that must not fail.
func (w *world) write(work func(ctx context.Context, r ports.Repos) error) {
	w.t.Helper()
	if err := w.Do(w.t.Context(), work); err != nil {
		w.t.Fatal(err)
	}
}

// person registers somebody.
func (w *world) person(name string) *domain.User {
	w.t.Helper()
	user := &domain.User{UserID: domain.UserID{Subject: name, Issuer: "https://op.example.org"}, Email: name + "@example.org",
		RegisteredAt: started}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Users.Add(ctx, user) })
	return user
}

// benchmark adds an approved benchmark whose results need a number "score".
func (w *world) benchmark(by *domain.User) *domain.Benchmark {
	w.t.Helper()
	benchmark := &domain.Benchmark{
		ID: uuid.New(), Upload: domain.Upload{Uploader: by.UserID, UploadedAt: started}, Review: domain.Review{Status: domain.Approved},
		DockerImage: uuid.NewString(), DockerTag: "1", URL: "https://example.org",
		JSONSchema: json.RawMessage(`{"type": "object", "properties": {"score": {"type": "number"}}}`),
	}
	w.write(func(ctx context.Context, r ports.Repos) error { return r.Benchmarks.Add(ctx, benchmark) })
	return benchmark
}

// flavor adds an approved flavor of an approved site.
func (w *world) flavor(by *domain.User) *domain.Flavor {
	w.t.Helper()
	upload, approved := domain.Upload{Uploader: by.UserID, UploadedAt: started}, domain.Review{Status: domain.Approved}
	site := &domain.Site{ID: uuid.New(), Upload: upload, Review: approved, Name: uuid.NewString(), Address: "Road 1"}
	flavor := &domain.Flavor{ID: uuid.New(), Upload: upload, Review: approved, Name: "flavor", SiteID: site.ID}
	w.write(func(ctx context.Context, r ports.Repos) error {
		if err := r.Sites.Add(ctx, site); err != nil {
			return err
		}
		return r.Flavors.Add(ctx, flavor)
	})
	return flavor
}

// result adds a result with this visibility, and claims on it, and returns its id.
func (w *world) result(benchmark *domain.Benchmark, flavor *domain.Flavor, document string, is domain.Visibility, claims int) uuid.UUID {
	w.t.Helper()
	upload := domain.Upload{Uploader: benchmark.Uploader, UploadedAt: started}
	result := &domain.Result{
		ID: uuid.New(), Upload: upload, ExecutedAt: started, JSON: json.RawMessage(document),
		Benchmark: benchmark, Flavor: flavor, Site: &domain.Site{ID: flavor.SiteID},
	}
	w.write(func(ctx context.Context, r ports.Repos) error {
		if err := r.Results.Add(ctx, result); err != nil {
			return err
		}
		for range claims {
			claim := &domain.Claim{
				ID: uuid.New(), Review: domain.Review{Status: domain.OnReview}, ResultID: result.ID, Message: "odd",
				Uploader: &domain.User{UserID: benchmark.Uploader}, UploadedAt: started,
			}
			if err := r.Claims.Add(ctx, claim); err != nil {
				return err
			}
			is.ClaimID = &claim.ID
		}
		return r.Results.SetVisibility(ctx, result.ID, is)
	})
	return result.ID
}

// visibility returns the visibility of a result, and whether the result exists.
func (w *world) visibility(id uuid.UUID) (is domain.Visibility, exists bool) {
	w.t.Helper()
	err := w.Do(w.t.Context(), func(ctx context.Context, r ports.Repos) (err error) {
		is, err = r.Results.Lock(ctx, id)
		return err
	})
	return is, err == nil
}
