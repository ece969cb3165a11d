package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Results makes results of one benchmark, all at one site. The name of the benchmark
// begins with the text.
func Results(benchmark string, count int) []*domain.Result {
	upload := domain.Upload{
		Uploader:   domain.UserID{Subject: uuid.NewString(), Issuer: "https://op.example.org"},
		UploadedAt: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
	site := &domain.Site{ID: uuid.New(), Upload: upload, Name: uuid.NewString(), Address: "somewhere"}
	flavor := &domain.Flavor{ID: uuid.New(), Upload: upload, Name: "small", SiteID: site.ID}
	measured := &domain.Benchmark{ID: uuid.New(), Upload: upload, DockerImage: benchmark + uuid.NewString(), JSONSchema: []byte(`{}`)}
	results := make([]*domain.Result, count)
	for i := range results {
		results[i] = &domain.Result{
			ID: uuid.New(), Upload: upload, ExecutedAt: upload.UploadedAt.Add(-time.Duration(i%100) * time.Second),
			JSON: []byte(`{}`), Benchmark: measured, Site: site, Flavor: flavor,
		}
	}
	return results
}

// Add adds the results, with their uploader, their benchmark, and all sites and flavors.
// It does not add tags.
func Add(ctx context.Context, store *gormdb.Store, results []*domain.Result) error {
	return store.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		first := results[0]
		err := errors.Join(
			r.Users.Add(ctx, &domain.User{UserID: first.Uploader, RegisteredAt: first.UploadedAt}),
			r.Benchmarks.Add(ctx, first.Benchmark))
		known := map[uuid.UUID]bool{}
		for _, result := range results {
			if !known[result.Site.ID] {
				known[result.Site.ID] = true
				err = errors.Join(err, r.Sites.Add(ctx, result.Site), r.Flavors.Add(ctx, result.Flavor))
			}
			err = errors.Join(err, r.Results.Add(ctx, result))
		}
		return err
	})
}

// MustAdd adds the results as Add does.
func MustAdd(t testing.TB, store *gormdb.Store, results []*domain.Result) {
	t.Helper()
	if err := Add(t.Context(), store, results); err != nil {
		t.Fatal(err)
	}
}

// List returns a page of results.
func List(t testing.TB, store *gormdb.Store, q ports.ResultQuery) domain.Page[*domain.Result] {
	t.Helper()
	page, err := store.Repos().Results.List(t.Context(), q)
	if err != nil {
		t.Fatalf("list results %+v: %v", q, err)
	}
	return page
}

// PageRequest asks for a page of a list, without an order.
func PageRequest(number, size int) ports.ListOptions {
	return ports.ListOptions{Page: domain.PageRequest{Number: number, Size: size}}
}

// SortBy reads an order of results, in the form of the API.
func SortBy(t testing.TB, order string) []filter.Key {
	t.Helper()
	keys, err := filter.ParseSort(order, ports.ResultSort, filter.Limits{SortKeys: 100, PathParts: 16})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// ShortIDs are the beginnings of the IDs of results, to compare lists and to print them.
func ShortIDs(results []*domain.Result) string {
	ids := make([]string, len(results))
	for i, result := range results {
		ids[i] = fmt.Sprint(result.ID)[:8]
	}
	return strings.Join(ids, " ")
}

// WantNoDifferences fails if a derived table differs from the tables that it is derived
// from.
func WantNoDifferences(t testing.TB, store *gormdb.Store, after string) {
	t.Helper()
	differences, err := store.CheckDerived(t.Context())
	if err != nil {
		t.Fatalf("after %s: %v", after, err)
	}
	for _, d := range differences {
		if d.Count != 0 {
			t.Errorf("after %s: %s: %d", after, d.What, d.Count)
		}
	}
}

// WantUnavailable fails if the error is not an Unavailable one that says when to try
// again, or if its message, which strangers see, has details of the database.
func WantUnavailable(t testing.TB, what string, err error) {
	t.Helper()
	e, ok := errors.AsType[*domain.Error](err)
	if !ok || e.Kind != domain.Unavailable || e.RetryAfter <= 0 {
		t.Errorf("%s: got %v, want Unavailable, and when to try again", what, err)
		return
	}
	if strings.ContainsAny(e.Message, ":0123456789\"") {
		t.Errorf("%s: the message %q tells too much", what, e.Message)
	}
}
