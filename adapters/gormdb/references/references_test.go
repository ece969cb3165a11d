package references_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// addTagged adds results with a tag.
func addTagged(t *testing.T, store *gormdb.Store, count int) []*domain.Result {
	t.Helper()
	tag := &domain.Tag{ID: uuid.New(), Name: "before" + uuid.NewString()}
	if err := store.Repos().Tags.Add(t.Context(), tag); err != nil {
		t.Fatal(err)
	}
	results := storetest.Results("before", count)
	results[0].Benchmark.DockerTag = "v1"
	for _, result := range results {
		result.Tags = []*domain.Tag{tag}
	}
	storetest.MustAdd(t, store, results)
	return results
}

// textsOf returns texts of the entities that the result refers to.
func textsOf(r *domain.Result) string {
	tag := "none"
	if len(r.Tags) > 0 {
		tag = r.Tags[0].Name
	}
	return fmt.Sprint(r.Benchmark.DockerTag, " ", r.Site.Address, " ", r.Flavor.Name, " ", tag)
}

// listedTexts returns the same texts from the lists of these entities.
func listedTexts(t *testing.T, store *gormdb.Store) string {
	t.Helper()
	repos, first := store.Repos(), storetest.PageRequest(1, 10)
	reviewed := ports.ReviewedOptions{ListOptions: first, Status: domain.OnReview}
	benchmarks, err := repos.Benchmarks.List(t.Context(), ports.BenchmarkQuery{ReviewedOptions: reviewed})
	sites, errSites := repos.Sites.List(t.Context(), ports.SiteQuery{ReviewedOptions: reviewed})
	if err := errors.Join(err, errSites); err != nil || benchmarks.Total != 1 || sites.Total != 1 {
		t.Fatalf("%d benchmarks, %d sites, %v, want one of each", benchmarks.Total, sites.Total, err)
	}
	flavors, err := repos.Flavors.List(t.Context(), ports.FlavorQuery{ReviewedOptions: reviewed, SiteID: sites.Items[0].ID})
	tags, errTags := repos.Tags.List(t.Context(), ports.TagQuery{ListOptions: first})
	if err := errors.Join(err, errTags); err != nil || flavors.Total != 1 {
		t.Fatalf("%d flavors, %v, want one", flavors.Total, err)
	}
	return textsOf(&domain.Result{Benchmark: benchmarks.Items[0], Site: sites.Items[0], Flavor: flavors.Items[0], Tags: tags.Items})
}

// wantTexts fails unless a result, the list of results, and the lists of the entities have
// the texts.
func wantTexts(t *testing.T, store *gormdb.Store, id uuid.UUID, want, after string) {
	t.Helper()
	result, err := store.Repos().Results.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := textsOf(result); got != want {
		t.Errorf("after %s the result has %q, want %q", after, got, want)
	}
	if got := listedTexts(t, store); got != want {
		t.Errorf("after %s the lists of what it refers to have %q, want %q", after, got, want)
	}
	for _, result := range storetest.List(t, store, ports.ResultQuery{ListOptions: storetest.PageRequest(1, 10)}).Items {
		if got := textsOf(result); got != want {
			t.Errorf("after %s the list has %q, want %q", after, got, want)
		}
	}
}

// Other programs change the entities that results refer to.
func TestResultsShowCurrentEntities(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := addTagged(t, store, 3)
		id := results[0].ID
		want := []any{"v1", "somewhere", "small", results[0].Tags[0].Name}
		wantTexts(t, store, id, fmt.Sprintf("%s %s %s %s", want...), "the upload")
		for i, change := range []string{
			"UPDATE benchmark SET docker_tag = 'v2'", "UPDATE site SET address = 'elsewhere'",
			"UPDATE flavor SET name = 'large'", "UPDATE tag SET name = 'after'",
		} {
			storetest.Execute(t, store, change)
			want[i] = []any{"v2", "elsewhere", "large", "after"}[i]
			wantTexts(t, store, id, fmt.Sprintf("%s %s %s %s", want...), change)
		}
		storetest.Execute(t, store, "DELETE FROM result_tags")
		storetest.Execute(t, store, "DELETE FROM tag")
		wantTexts(t, store, id, "v2 elsewhere large none", "the tag went")
	})
}

// A unit of work that is undone has the version of the next one, with other rows.
func TestResultsShowNothingThatWasUndone(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		result := addTagged(t, store, 1)[0]
		errUndo := errors.New("undo")
		rename := func(name string, end error) error {
			return store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
				site := *result.Site
				site.Address = name
				if err := r.Sites.Update(ctx, &site); err != nil {
					return err
				}
				find, err := r.Results.References(ctx)
				if err == nil {
					_, err = find(ctx, result.Benchmark.ID, result.Flavor.ID, nil)
				}
				return cmp.Or(err, end)
			})
		}
		if err := rename("nowhere", errUndo); !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		if err := rename("elsewhere", nil); err != nil {
			t.Fatal(err)
		}
		wantTexts(t, store, result.ID, "v1 elsewhere small "+result.Tags[0].Name, "a change that was undone, and another one")
	})
}

func TestEveryDatabaseAcceptsTheStatements(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) { storetest.WantPrepared(t, store, references.Statements) })
}

// The commit of a change must change the version, also if a later change was committed before.
func TestResultsShowAChangeThatIsCommittedLate(t *testing.T) {
	store := storetest.Postgres(t)
	results := addTagged(t, store, 1)
	id, tag := results[0].ID, results[0].Tags[0].Name
	for _, isolation := range []string{"READ COMMITTED", "REPEATABLE READ"} {
		storetest.Execute(t, store, "UPDATE site SET address = 'somewhere'")
		slow := store.DB().Begin()
		t.Cleanup(func() { slow.Rollback() })
		for _, statement := range []string{"SET TRANSACTION ISOLATION LEVEL " + isolation, "UPDATE site SET address = 'elsewhere'"} {
			if err := slow.Exec(statement).Error; err != nil {
				t.Fatal(err)
			}
		}
		storetest.Execute(t, store, "UPDATE flavor SET name = 'of "+isolation+"'")
		wantTexts(t, store, id, "v1 somewhere of "+isolation+" "+tag, "the quick change")
		if err := slow.Commit().Error; err != nil {
			t.Fatal(err)
		}
		wantTexts(t, store, id, "v1 elsewhere of "+isolation+" "+tag, "the slow change")
	}
	storetest.Execute(t, store, "TRUNCATE result_tags, tag")
	wantTexts(t, store, id, "v1 elsewhere of REPEATABLE READ none", "TRUNCATE")
}

// Triggers can be disabled: then a cached entity is out of date for MaxAge at most.
func TestCachedEntitiesAreReadAgainAfterMaxAge(t *testing.T) {
	var cache *references.Cache
	store := storetest.Postgres(t, gormdb.WithLists(func(l *resultlist.Lists) { cache = l.References }))
	id := addTagged(t, store, 1)[0].ID
	before, err := store.Repos().Results.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, store, id, textsOf(before), "the upload")
	storetest.Execute(t, store, "ALTER TABLE site DISABLE TRIGGER USER")
	storetest.Execute(t, store, "UPDATE site SET address = 'elsewhere'")
	wantTexts(t, store, id, textsOf(before), "a change without triggers")
	cache.Now = func() time.Time { return time.Now().Add(references.MaxAge) }
	wantTexts(t, store, id, strings.Replace(textsOf(before), "somewhere", "elsewhere", 1), "a minute")
}
