package resultlist_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Deep pages are read from the nearer end of the list.
func TestDeepPagesAreSlicesOfTheList(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		results := storetest.Results("a", 2503)
		storetest.MustAdd(t, store, results)
		for sort, compare := range map[string]func(a, b *domain.Result) int{
			"+execution_datetime": func(a, b *domain.Result) int { return a.ExecutedAt.Compare(b.ExecutedAt) },
			"-execution_datetime": func(a, b *domain.Result) int { return b.ExecutedAt.Compare(a.ExecutedAt) },
			"-id":                 func(a, b *domain.Result) int { return strings.Compare(b.ID.String(), a.ID.String()) },
			"-json.x":             func(_, _ *domain.Result) int { return 0 },
		} {
			expected := slices.Clone(results)
			slices.SortFunc(expected, func(a, b *domain.Result) int {
				if c := compare(a, b); c != 0 {
					return c
				}
				return strings.Compare(a.ID.String(), b.ID.String())
			})
			for _, c := range []struct{ number, size int }{{11, 100}, {13, 100}, {14, 100}, {20, 100}, {26, 100}, {27, 100}, {251, 10}, {2503, 1}} {
				q := ports.ResultQuery{ListOptions: storetest.PageRequest(c.number, c.size)}
				q.Sort = storetest.SortBy(t, sort)
				page := storetest.List(t, store, q)
				from := min((c.number-1)*c.size, len(expected))
				want := expected[from:min(from+c.size, len(expected))]
				same := slices.EqualFunc(page.Items, want, func(a, b *domain.Result) bool { return a.ID == b.ID })
				if !same || page.Total != len(results) {
					t.Errorf("sort by %s, page %d of %d: %s of %d, want %s",
						sort, c.number, c.size, storetest.ShortIDs(page.Items), page.Total, storetest.ShortIDs(want))
				}
			}
		}
	})
}
