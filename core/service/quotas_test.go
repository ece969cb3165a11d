package service_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// quotaOf is small, so that races are at the limit.
const quotaOf = 5

// limited returns a world on the store with quotas.
func limited(t *testing.T, store *gormdb.Store) *world {
	t.Helper()
	w := &world{t: t, storage: &storage{Store: store}, tokens: map[string]domain.Identity{}, now: noon}
	needs := w.dependencies()
	needs.Storage = store
	needs.Quotas = service.Quotas{OpenSubmissions: quotaOf, OpenClaims: quotaOf, Tags: quotaOf, Uploads: quotaOf}
	w.Services = service.New(needs)
	return w
}

func upload(number int, p place) service.NewResult {
	value, err := document.Parse(context.Background(), fmt.Appendf(nil, `{"number":%d}`, number), document.StoredLimits)
	if err != nil {
		panic(err)
	}
	return service.NewResult{
		ExecutedAt: service.ExecutionTime{Time: noon.Add(-time.Hour), HasZone: true}, BenchmarkID: p.benchmark.ID, FlavorID: p.flavor.ID,
		Document: value,
	}
}

// Twelve requests at once: as many succeed as the quota has left, and the others are told how
// it ends. Administrators and other people are not concerned.
func TestQuotasAreExactUnderRaces(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		w := limited(t, store)
		user, other := w.person("user"), w.person("other")
		w.person("root", adminEntitlement)
		root := w.caller("root")
		p := w.place(other, "image", "site", "flavor")
		claimed := w.result(other, p)
		for _, c := range []struct {
			name, told string
			do         func(by domain.Caller, number int) error
		}{
			{"submissions", "sites and flavors of yours wait for a review, and 5 may: site ", func(by domain.Caller, number int) error {
				_, err := w.Sites.Create(t.Context(), by, service.NewSite{Name: fmt.Sprint("site ", by.User().Subject, number), Address: "a"})
				return err
			}},
			{"claims", "5 claims of yours wait for a decision, and 5 may: claim ", func(by domain.Caller, _ int) error {
				_, err := w.Claims.Create(t.Context(), by, claimed, "odd")
				return err
			}},
			{"tags", "make 5 tags on a day", func(by domain.Caller, number int) error {
				_, err := w.Tags.Create(t.Context(), by, service.NewTag{Name: fmt.Sprint("tag ", by.User().Subject, number)})
				return err
			}},
			{"uploads", "upload 5 results on a day", func(by domain.Caller, number int) error {
				_, err := w.Results.Create(t.Context(), by, upload(number, p))
				return err
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				var done, refused atomic.Int32
				var group sync.WaitGroup
				for number := range 12 {
					group.Go(func() {
						err := c.do(user, number)
						switch {
						case err == nil:
							done.Add(1)
						case domain.KindOf(err) == domain.Limited && strings.Contains(err.Error(), c.told):
							refused.Add(1)
						default:
							t.Error(err)
						}
					})
				}
				group.Wait()
				if done.Load() != quotaOf || refused.Load() != 12-quotaOf {
					t.Errorf("%d requests succeeded and %d were refused, want %d and %d", done.Load(), refused.Load(), quotaOf, 12-quotaOf)
				}
				for number := range quotaOf + 1 {
					if err := c.do(root, 100+number); err != nil {
						t.Errorf("an administrator: %v", err)
					}
				}
				if err := c.do(other, 200); err != nil {
					t.Errorf("somebody else: %v", err)
				}
			})
		}
		w.now = w.now.Add(24 * time.Hour)
		if _, err := w.Tags.Create(t.Context(), user, service.NewTag{Name: "tomorrow"}); err != nil {
			t.Errorf("a tag on the next day: %v", err)
		}
	})
}

// uploadBatch uploads results from one number to another.
func (w *world) uploadBatch(user domain.Caller, p place, atomic bool, from, to int) error {
	number := from
	_, err := w.Results.Upload(w.t.Context(), user, atomic, func() (service.BatchLine, error) {
		if number == to {
			return service.BatchLine{}, io.EOF
		}
		number++
		return service.BatchLine{Number: number, NewResult: upload(number, p)}, nil
	})
	return err
}

// A batch that goes beyond the quota stores the results that the quota has left, its first ones, or none if it is atomic.
func TestBatchesFillTheQuota(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		w := limited(t, store)
		user := w.person("user")
		p := w.place(user, "image", "site", "flavor")
		if err := w.uploadBatch(user, p, false, 10, 12); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			atomic bool
			want   int
		}{{true, 2}, {false, quotaOf}, {false, quotaOf}} {
			if err := w.uploadBatch(user, p, c.atomic, 0, 9); domain.KindOf(err) != domain.Limited {
				t.Errorf("atomic %v: %v, want that it is limited", c.atomic, err)
			}
			page, err := w.Results.List(t.Context(), domain.Caller{}, ports.ResultQuery{ListOptions: wholeList})
			if err != nil || page.Total != c.want {
				t.Errorf("atomic %v: %d results are stored, %v, want %d", c.atomic, page.Total, err, c.want)
			}
		}
		if err := w.uploadBatch(user, p, false, 0, 3); err != nil {
			t.Errorf("the first three again: %v", err)
		}
	})
}

// A batch ends where the quota does, and what exists already does not count.
func TestBatchesCountInTheQuota(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		w := limited(t, store)
		user := w.person("user")
		p := w.place(user, "image", "site", "flavor")
		batch := func(from, to int) error { return w.uploadBatch(user, p, false, from, to) }
		if err := batch(0, 4); err != nil {
			t.Fatal(err)
		}
		if err := batch(0, 5); err != nil {
			t.Errorf("four results that exist, and a fifth: %v", err)
		}
		if err := batch(5, 6); domain.KindOf(err) != domain.Limited {
			t.Errorf("the sixth result: %v, want that it is limited", err)
		}
		page, err := w.Results.List(t.Context(), domain.Caller{}, ports.ResultQuery{ListOptions: wholeList})
		if err != nil || page.Total != quotaOf {
			t.Errorf("%d results are stored, %v", page.Total, err)
		}
	})
}

// Whoever repeats an upload, because its answer was lost, gets the result, also if the quota is used up by now.
func TestUploadsThatExistAreFoundBeyondTheQuota(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		w := limited(t, store)
		user := w.person("user")
		p := w.place(user, "image", "site", "flavor")
		for number := range quotaOf {
			if _, err := w.Results.Create(t.Context(), user, upload(number, p)); err != nil {
				t.Fatal(err)
			}
		}
		var group sync.WaitGroup
		for number := range 12 {
			group.Go(func() {
				repeated, err := w.Results.Create(t.Context(), user, upload(number%quotaOf, p))
				if err != nil || !repeated.Existing {
					t.Errorf("upload %d again: %v, %v", number%quotaOf, repeated.Existing, err)
				}
			})
		}
		group.Wait()
		if _, err := w.Results.Create(t.Context(), user, upload(quotaOf, p)); domain.KindOf(err) != domain.Limited {
			t.Errorf("the sixth result: %v, want that it is limited", err)
		}
	})
}
