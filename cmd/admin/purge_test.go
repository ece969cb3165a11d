package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

var uploadedAt = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// aResult is one with a tag, and with a benchmark, site and flavor of its own, by
// somebody of their own.
func aResult(t *testing.T, store *gormdb.Store) uuid.UUID {
	t.Helper()
	id := uuid.New()
	user := &domain.User{UserID: domain.UserID{Subject: id.String(), Issuer: "https://op.example.org"}, Email: id.String() + "@example.org",
		RegisteredAt: uploadedAt}
	upload, approved := domain.Upload{Uploader: user.UserID, UploadedAt: uploadedAt}, domain.Review{Status: domain.Approved}
	schema := json.RawMessage(`{"type": "object", "properties": {"score": {"type": "number"}}}`)
	result := &domain.Result{
		ID: id, Upload: upload, ExecutedAt: uploadedAt, JSON: json.RawMessage(`{"score":1}`),
		Benchmark: &domain.Benchmark{ID: uuid.New(), Upload: upload, Review: approved, DockerImage: id.String(), DockerTag: "1",
			URL: "https://example.org", JSONSchema: schema},
		Site: &domain.Site{ID: uuid.New(), Upload: upload, Review: approved, Name: id.String(), Address: "Road 1"},
		Tags: []*domain.Tag{{ID: uuid.New(), Name: id.String()}},
	}
	result.Flavor = &domain.Flavor{ID: uuid.New(), Upload: upload, Review: approved, Name: "flavor", SiteID: result.Site.ID}
	if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		for _, add := range []func() error{
			func() error { return r.Users.Add(ctx, user) },
			func() error { return r.Benchmarks.Add(ctx, result.Benchmark) },
			func() error { return r.Sites.Add(ctx, result.Site) },
			func() error { return r.Flavors.Add(ctx, result.Flavor) },
			func() error { return r.Tags.Add(ctx, result.Tags[0]) },
			func() error { return r.Results.Add(ctx, result) },
		} {
			if err := add(); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// deletedAt are the services, on a day of the past.
func deletedAt(store *gormdb.Store, day string) *service.Services {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return service.New(service.Dependencies{Storage: store, Clock: fixed(at)})
}

type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }

// purgeWorld has a result for each way of being hidden, and a listed one.
type purgeWorld struct {
	place
	// ids are those of the results; claim is the one on a deleted one.
	listed, claimed, byOthers, january, june, undated, rejected uuid.UUID
	claim                                                       *domain.Claim
}

func newPurgeWorld(t *testing.T, p place) purgeWorld {
	t.Helper()
	store := p.store(t)
	w := purgeWorld{place: p}
	for _, id := range []*uuid.UUID{&w.listed, &w.claimed, &w.byOthers, &w.january, &w.june, &w.undated, &w.rejected} {
		*id = aResult(t, store)
	}
	id := domain.UserID{Subject: w.listed.String(), Issuer: "https://op.example.org"}
	by := domain.Person(domain.Identity{UserID: id}, &domain.User{UserID: id})
	january, june := deletedAt(store, "2026-01-10"), deletedAt(store, "2026-06-10")
	var err error
	claim := func(id uuid.UUID) *domain.Claim {
		made, failed := january.Claims.Create(t.Context(), by, id, "odd")
		if failed != nil {
			t.Fatal(failed)
		}
		return made
	}
	claim(w.claimed)
	w.claim = claim(w.january)
	if err = january.Claims.Reject(t.Context(), domain.Operator(), claim(w.rejected).ID, ""); err != nil {
		t.Fatal(err)
	}
	for of, ids := range map[*service.Services][]uuid.UUID{january: {w.january, w.undated}, june: {w.june}} {
		for _, id := range ids {
			if err := of.Results.Delete(t.Context(), domain.Operator(), id, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, statement := range []string{
		"UPDATE result SET deleted = true WHERE id = '" + w.byOthers.String() + "'",
		"UPDATE result SET removed_at = NULL WHERE id = '" + w.undated.String() + "'", // as by a server of before
	} {
		if _, err := p.pool(t).ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// left are the rows of these tables.
func (w purgeWorld) left(t *testing.T, tables ...string) map[string]int {
	t.Helper()
	left := map[string]int{}
	for _, row := range w.rows(t) {
		if table, _, _ := strings.Cut(row, " "); slices.Contains(tables, table) {
			left[table]++
		}
	}
	return left
}

func TestPurge(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			w := newPurgeWorld(t, ready(t))
			before := w.rows(t)
			for _, args := range [][]string{
				{"--deleted-before", "2026-03-01", "--dry-run"},
				{"--deleted-before", "2026-01-10"},                           // midnight is when it was deleted
				{"--deleted-before", "2026-01-10T02:00:00+02:00"},            // the same
				{"--deleted-before", "2026-03-01", "--undated", "--dry-run"}, // all it could
			} {
				if out, err := w.run(t, append([]string{"results", "purge"}, args...)...); err != nil {
					t.Errorf("%q: %s %v", args, out, err)
				}
			}
			if after := w.rows(t); !slices.Equal(before, after) {
				t.Fatalf("a purge of nothing, or a dry run, left\n%s\nof\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
			for _, c := range []struct {
				args    []string
				removed []uuid.UUID
				undated int
			}{
				{[]string{"--deleted-before", "2026-01-10T00:00:00.000001Z", "--benchmark", w.benchmarkOf(t, w.june)}, nil, 0},
				{[]string{"--deleted-before", "2026-01-11"}, []uuid.UUID{w.january}, 1},
				{[]string{"--deleted-before", "2026-01-11"}, nil, 1},
				{[]string{"--deleted-before", "2026-01-01", "--undated"}, []uuid.UUID{w.undated}, 0},
				{[]string{"--deleted-before", "2026-07-01", "--undated"}, []uuid.UUID{w.june}, 0},
			} {
				args := append([]string{"results", "purge", "--json"}, c.args...)
				would, did := toldPurge(t, w.mustRun(t, append(args, "--dry-run")...)), toldPurge(t, w.mustRun(t, args...))
				if !would.DryRun || did.DryRun || !slices.Equal(would.Removed, c.removed) || !slices.Equal(did.Removed, c.removed) ||
					did.Undated != c.undated {
					t.Errorf("%q: would purge %+v, purged %+v, want %v", c.args, would, did, c.removed)
				}
			}
			if got := w.left(t, "result", "result_tags", "claim", "submit", "tag", "benchmark", "user"); got["result"] != 4 ||
				got["result_tags"] != 4 ||
				got["claim"] != 1 || got["submit"] != 1 || got["tag"] != 7 || got["benchmark"] != 7 || got["user"] != 7 {
				t.Errorf("left are %v", got)
			}
			rows := strings.Join(w.rows(t), "\n")
			for _, id := range []uuid.UUID{w.listed, w.claimed, w.byOthers, w.rejected} {
				if !strings.Contains(rows, `"id":"`+id.String()) {
					t.Errorf("%s is gone", id)
				}
			}
			if _, err := deletedAt(w.store(t), "2026-07-01").Claims.Get(t.Context(), domain.Operator(),
				w.claim.ID); domain.KindOf(err) != domain.NotFound {
				t.Errorf("the claim on a deleted result: %v", err)
			}
			w.mustRun(t, "derived", "check")
			w.mustRun(t, "check")
		})
	}
}

func (w purgeWorld) benchmarkOf(t *testing.T, id uuid.UUID) string {
	t.Helper()
	result, err := w.store(t).Repos().Results.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return result.Benchmark.ID.String()
}

type purged struct {
	DryRun  bool `json:"dry_run"`
	Removed []uuid.UUID
	Undated int
}

func toldPurge(t *testing.T, out string) (told purged) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &told); err != nil {
		t.Fatalf("%s\n%v", out, err)
	}
	return told
}

func TestAPurgeTellsWhatStays(t *testing.T) {
	p := atHead["sqlite"](t)
	newPurgeWorld(t, p)
	want := "for good what was deleted before 2026-07-01 00:00:00 UTC, results: 2\nDeleted nobody knows when, and kept without --undated, " +
		"results: 1\n"
	if out := p.mustRun(t, "results", "purge", "--deleted-before", "2026-07-01", "--dry-run"); out != "Would remove "+want {
		t.Errorf("a dry run printed %q", out)
	}
	if out := p.mustRun(t, "results", "purge", "--deleted-before", "2026-07-01"); out != "Removed "+want {
		t.Errorf("printed %q", out)
	}
}

// What a server of before deleted, and a backup of before holds, has no date.
func TestDeletionsOfBeforeHaveNoDate(t *testing.T) {
	const before = "c07a9e3d5b18"
	for kind, empty := range places {
		t.Run(kind, func(t *testing.T) {
			old, file := empty(t).upgrade(t, before), t.TempDir()+"/old"
			for _, statement := range append(strings.Split(oldRows, ";\n"), "UPDATE result SET deleted = true, removed = true") {
				if _, err := old.pool(t).ExecContext(t.Context(), statement); err != nil {
					t.Fatal(statement, err)
				}
			}
			old.mustRun(t, "backup", file)
			p := embedded(t)
			p.mustRun(t, "restore", file)
			for _, at := range []place{old, p} {
				at.upgrade(t, migrations.Head)
				if told := toldPurge(t, at.mustRun(t, "results", "purge", "--deleted-before", "2026-01-01", "--json")); len(told.Removed) > 0 ||
					told.Undated != 1 {
					t.Errorf("purged %+v", told)
				}
				if told := toldPurge(t, at.mustRun(t, "results", "purge", "--deleted-before", "2026-01-01", "--undated",
					"--json")); len(told.Removed) != 1 {
					t.Errorf("purged %+v", told)
				}
			}
		})
	}
}

const oldRows = `INSERT INTO "user" (sub, iss, email, registration_datetime) VALUES ('a', 'i', 'a@b.c', '2021-05-21 08:31:00');
INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, docker_image, docker_tag, json_schema, url)
	VALUES ('b0000000-0000-4000-8000-000000000001', 'a', 'i', '2021-05-21 08:31:00', 'i', 't', '{}', 'u');
INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, name, address)
	VALUES ('b0000000-0000-4000-8000-000000000001', 'a', 'i', '2021-05-21 08:31:00', 'n', 'a');
INSERT INTO flavor (id, uploader_sub, uploader_iss, upload_datetime, name, site_id)
	VALUES ('b0000000-0000-4000-8000-000000000001', 'a', 'i', '2021-05-21 08:31:00', 'n', 'b0000000-0000-4000-8000-000000000001');
INSERT INTO result (deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id)
	VALUES (false, 'a0000000-0000-4000-8000-000000000001', 'a', 'i', '2021-05-21 08:31:00', '{}', '2021-05-21 08:31:00',
		'b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001')`
