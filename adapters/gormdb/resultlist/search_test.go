package resultlist_test

import (
	"strconv"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// The total of a search by several terms is the number of visible results with all of
// them, whatever each term chooses alone.
func TestSearchTotalCountsResultsWithAllTerms(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		first, second := storetest.Results("red", 7), storetest.Results("blue", 5)
		storetest.MustAdd(t, store, first)
		storetest.MustAdd(t, store, second)
		for _, result := range second[:3] { // these are at the first site
			storetest.Execute(t, store, "UPDATE result SET site_id = ?, flavor_id = ? WHERE id = ?",
				first[0].Site.ID.String(), first[0].Flavor.ID.String(), result.ID.String())
		}
		tag := &domain.Tag{ID: uuid.New(), Name: "green"}
		if err := store.Repos().Tags.Add(t.Context(), tag); err != nil {
			t.Fatal(err)
		}
		storetest.Execute(t, store, "INSERT INTO result_tags (result_id, tag_id) VALUES (?, ?)", second[1].ID.String(), tag.ID.String())
		storetest.Execute(t, store, "UPDATE result SET deleted = true WHERE id = ?", second[2].ID.String())
		at := first[0].Site.Name
		for _, c := range []struct {
			terms []string
			want  int
		}{
			{[]string{"red"}, 7}, {[]string{"blue"}, 4}, {[]string{at}, 9},
			{[]string{"red", at}, 7}, {[]string{at, "blue"}, 2}, {[]string{"blue", second[0].Site.Name}, 2},
			{[]string{"red", "blue"}, 0}, {[]string{at, "blue", "green"}, 1}, {[]string{"small", at, "blue"}, 2},
			{[]string{"nowhere", at}, 0}, {[]string{"", at, "blue"}, 2},
		} {
			for _, size := range []int{1, 100} {
				q := ports.ResultQuery{ListOptions: storetest.PageRequest(1, size), Terms: c.terms}
				q.Sort = storetest.SortBy(t, "+execution_datetime")
				page := storetest.List(t, store, q)
				if page.Total != c.want || len(page.Items) != min(size, c.want) {
					t.Errorf("terms %q, %s a page: %d of %d, want %d", c.terms, strconv.Itoa(size), len(page.Items), page.Total, c.want)
				}
			}
		}
	})
}
