package conformance

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func where[T any](entities []*T, by func(*T) bool) []*T {
	return slices.DeleteFunc(slices.Clone(entities), func(entity *T) bool { return !by(entity) })
}

func expectIDs(t tester, what string, got, want []uuid.UUID) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %v\nwant %v", what, got, want)
	}
}

// expectPage expects a page with exactly the wanted entities, sorted by id.
func expectPage[T any](t tester, what string, page domain.Page[*T], err error, id func(*T) uuid.UUID, want ...*T) {
	t.Helper()
	if err != nil || page.Total != len(want) {
		t.Errorf("%s: total %d (%v), want %d", what, page.Total, err, len(want))
	}
	expectIDs(t, what, idsOf(page.Items, id), sorted(idsOf(want, id)))
}

func byText[T any](text func(*T) string) func(a, b *T) int {
	return func(a, b *T) int { return strings.Compare(text(a), text(b)) }
}

// expectSorted sorts the list by every field and every pair of fields, in both directions.
func expectSorted[T any](
	t tester, fields []string, entities []*T, id func(*T) uuid.UUID, order map[string]func(a, b *T) int,
	list func(ports.ListOptions) (domain.Page[*T], error),
) {
	t.Helper()
	var wishes []string
	for _, first := range fields {
		wishes = append(wishes, "+"+first, "-"+first)
		for _, second := range fields {
			wishes = append(wishes, fmt.Sprintf("-%s,+%s", first, second), fmt.Sprintf("+%s,-%s", first, second))
		}
	}
	for _, wish := range append(wishes, "") {
		keys := sortBy(t, wish, fields)
		want := slices.Clone(entities)
		slices.SortFunc(want, func(a, b *T) int {
			for _, key := range keys {
				c := order[key.Field](a, b)
				if key.Descending {
					c = -c
				}
				if c != 0 {
					return c
				}
			}
			return byID(id(a), id(b))
		})
		page, err := list(ports.ListOptions{Page: wholeList, Sort: keys})
		if err != nil {
			t.Fatalf("sort by %q: %v", wish, err)
		}
		expectIDs(t, fmt.Sprintf("sort by %q", wish), idsOf(page.Items, id), idsOf(want, id))
	}
}

var (
	benchmarkID = func(b *domain.Benchmark) uuid.UUID { return b.ID }
	siteID      = func(s *domain.Site) uuid.UUID { return s.ID }
	flavorID    = func(f *domain.Flavor) uuid.UUID { return f.ID }
	tagID       = func(t *domain.Tag) uuid.UUID { return t.ID }
)

// allApproved are the options of a list of everything that is approved.
func allApproved(o ports.ListOptions) ports.ReviewedOptions {
	return ports.ReviewedOptions{ListOptions: o, Status: domain.Approved}
}

// withStatus returns the options of a whole list of entities with the status.
func withStatus(status domain.Status) ports.ReviewedOptions {
	return ports.ReviewedOptions{ListOptions: ports.ListOptions{Page: wholeList}, Status: status}
}

func benchmarksAreSelected(t *testing.T, w *world) {
	by := w.user(t)
	a := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag = "a", "1" })
	b := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag = "a", "2" })
	c := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag, b.Status = "b", "1", domain.OnReview })
	d := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag = "A", "1" })
	for _, q := range []struct {
		name       string
		status     domain.Status
		image, tag *string
		want       []*domain.Benchmark
	}{
		{"approved", domain.Approved, nil, nil, []*domain.Benchmark{a, b, d}},
		{"on review", domain.OnReview, nil, nil, []*domain.Benchmark{c}},
		{"no status", "", nil, nil, []*domain.Benchmark{c}},
		{"image", domain.Approved, ptr("a"), nil, []*domain.Benchmark{a, b}},
		{"tag", domain.Approved, nil, ptr("1"), []*domain.Benchmark{a, d}},
		{"both", domain.Approved, ptr("a"), ptr("2"), []*domain.Benchmark{b}},
		{"empty", domain.Approved, ptr(""), nil, nil},
	} {
		page, err := w.Repos().Benchmarks.List(t.Context(), ports.BenchmarkQuery{
			ReviewedOptions: withStatus(q.status), DockerImage: q.image, DockerTag: q.tag,
		})
		expectPage(t, q.name, page, err, benchmarkID, q.want...)
	}
}

func sitesAreSelected(t *testing.T, w *world) {
	by := w.user(t)
	a := w.site(t, by, func(s *domain.Site) { s.Name, s.Address = "a", "x" })
	b := w.site(t, by, func(s *domain.Site) { s.Name, s.Address = "b", "x" })
	c := w.site(t, by, func(s *domain.Site) { s.Name, s.Address, s.Status = "c", "x", domain.OnReview })
	for _, q := range []struct {
		name          string
		status        domain.Status
		site, address *string
		want          []*domain.Site
	}{
		{"approved", domain.Approved, nil, nil, []*domain.Site{a, b}},
		{"on review", domain.OnReview, nil, ptr("x"), []*domain.Site{c}},
		{"name", domain.Approved, ptr("b"), nil, []*domain.Site{b}},
		{"name of another status", domain.Approved, ptr("c"), nil, nil},
		{"address", domain.Approved, nil, ptr("x"), []*domain.Site{a, b}},
		{"part of a name", domain.Approved, ptr("%"), nil, nil},
	} {
		page, err := w.Repos().Sites.List(t.Context(), ports.SiteQuery{ReviewedOptions: withStatus(q.status), Name: q.site, Address: q.address})
		expectPage(t, q.name, page, err, siteID, q.want...)
	}
}

func flavorsAreSelected(t *testing.T, w *world) {
	by := w.user(t)
	one, other := w.site(t, by), w.site(t, by)
	a := w.flavor(t, by, one, func(f *domain.Flavor) { f.Name = "a" })
	b := w.flavor(t, by, one, func(f *domain.Flavor) { f.Name = "b" })
	c := w.flavor(t, by, one, func(f *domain.Flavor) { f.Name, f.Status = "c", domain.OnReview })
	d := w.flavor(t, by, other, func(f *domain.Flavor) { f.Name = "a" })
	for _, q := range []struct {
		name   string
		site   uuid.UUID
		status domain.Status
		flavor *string
		want   []*domain.Flavor
	}{
		{"of one site", one.ID, domain.Approved, nil, []*domain.Flavor{a, b}},
		{"of another site", other.ID, domain.Approved, nil, []*domain.Flavor{d}},
		{"of no site", uuid.New(), domain.Approved, nil, nil},
		{"on review", one.ID, domain.OnReview, nil, []*domain.Flavor{c}},
		{"name", one.ID, domain.Approved, ptr("b"), []*domain.Flavor{b}},
	} {
		page, err := w.Repos().Flavors.List(t.Context(), ports.FlavorQuery{ReviewedOptions: withStatus(q.status), SiteID: q.site, Name: q.flavor})
		expectPage(t, q.name, page, err, flavorID, q.want...)
	}
}

func tagsAreSelected(t *testing.T, w *world) {
	a, b := w.tag(t), w.tag(t)
	for name, want := range map[*string][]*domain.Tag{nil: {a, b}, &b.Name: {b}, ptr(""): nil} {
		page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: ports.ListOptions{Page: wholeList}, Name: name})
		expectPage(t, "tags", page, err, tagID, want...)
	}
}

func windowsExcludeBounds(t *testing.T, w *world) {
	p := w.place(t)
	before, at, after := noon.Add(-time.Microsecond), noon, noon.Add(time.Microsecond)
	var uploaded, executed []*domain.Result
	for _, moment := range []time.Time{before, at, after} {
		uploaded = append(uploaded, p.result(`{}`, func(r *domain.Result) { r.UploadedAt, r.ExecutedAt = moment, noon.Add(-time.Hour) }))
		executed = append(executed, p.result(`{}`, func(r *domain.Result) { r.ExecutedAt, r.UploadedAt = moment, noon.Add(-time.Hour) }))
	}
	w.add(t, append(uploaded, executed...)...)
	elsewhere := at.In(time.FixedZone("", 5*60*60))
	early, late := time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		window ports.Window
		// want are the indexes of the expected moments.
		want []int
	}{
		{"before", ports.Window{Before: &at}, []int{0}},
		{"after", ports.Window{After: &at}, []int{2}},
		{"between", ports.Window{After: &before, Before: &after}, []int{1}},
		{"nothing between", ports.Window{After: &at, Before: &at}, nil},
		{"another zone", ports.Window{After: &elsewhere}, []int{2}},
		{"finer than microseconds", ports.Window{After: ptr(before.Add(1)), Before: ptr(at.Add(1))}, []int{1}},
		{"far away", ports.Window{After: &early, Before: &late}, []int{0, 1, 2}},
		{"beyond all", ports.Window{After: &late}, nil},
	} {
		recent := noon.Add(-time.Minute)
		for name, list := range map[string]struct {
			query ports.ResultQuery
			all   []*domain.Result
		}{
			"uploaded": {ports.ResultQuery{Uploaded: c.window}, uploaded},
			"executed": {ports.ResultQuery{Executed: c.window}, executed},
		} {
			var want []uuid.UUID
			for _, i := range c.want {
				want = append(want, list.all[i].ID)
			}
			got := where(w.results(t, list.query), func(r *domain.Result) bool {
				return name == "uploaded" && r.UploadedAt.After(recent) || name == "executed" && r.ExecutedAt.After(recent)
			})
			expectIDs(t, name+" "+c.name, resultIDs(got), sorted(want))
		}
	}
	site := w.site(t, p.user)
	for _, window := range []ports.Window{{Before: ptr(site.UploadedAt.Add(1))}, {After: ptr(site.UploadedAt.Add(-1))}} {
		q := ports.SiteQuery{ReviewedOptions: withStatus(domain.Approved), Name: &site.Name}
		q.Uploaded = window
		page, err := w.Repos().Sites.List(t.Context(), q)
		expectPage(t, "site", page, err, siteID, site)
	}
}

func listsSort(t *testing.T, w *world) {
	by := w.user(t)
	home := w.site(t, by, func(s *domain.Site) { s.Status = domain.OnReview })
	var benchmarks []*domain.Benchmark
	var sites []*domain.Site
	var flavors []*domain.Flavor
	var tags []*domain.Tag
	for i := range 8 {
		at := noon.Add(time.Duration(i%3) * time.Second)
		image, tag := fmt.Sprint("image", i%2), fmt.Sprint("tag", i/2)
		benchmarks = append(benchmarks, w.benchmark(t, by, func(b *domain.Benchmark) {
			b.UploadedAt, b.DockerImage, b.DockerTag = at, image, tag
		}))
		sites = append(sites, w.site(t, by, func(s *domain.Site) { s.UploadedAt, s.Address = at, image }))
		flavors = append(flavors, w.flavor(t, by, home, func(f *domain.Flavor) { f.UploadedAt = at }))
		tags = append(tags, w.tag(t, func(t *domain.Tag) {
			if i%3 > 0 {
				t.Description = &image
			}
		}))
	}
	expectSorted(t, ports.BenchmarkSort, benchmarks, benchmarkID, map[string]func(a, b *domain.Benchmark) int{
		"id":              func(a, b *domain.Benchmark) int { return byID(a.ID, b.ID) },
		"upload_datetime": func(a, b *domain.Benchmark) int { return a.UploadedAt.Compare(b.UploadedAt) },
		"docker_image":    byText(func(b *domain.Benchmark) string { return b.DockerImage }),
		"docker_tag":      byText(func(b *domain.Benchmark) string { return b.DockerTag }),
	}, func(o ports.ListOptions) (domain.Page[*domain.Benchmark], error) {
		return w.Repos().Benchmarks.List(t.Context(), ports.BenchmarkQuery{ReviewedOptions: allApproved(o)})
	})
	expectSorted(t, ports.SiteSort, sites, siteID, map[string]func(a, b *domain.Site) int{
		"id":              func(a, b *domain.Site) int { return byID(a.ID, b.ID) },
		"upload_datetime": func(a, b *domain.Site) int { return a.UploadedAt.Compare(b.UploadedAt) },
		"name":            byText(func(s *domain.Site) string { return s.Name }),
		"address":         byText(func(s *domain.Site) string { return s.Address }),
	}, func(o ports.ListOptions) (domain.Page[*domain.Site], error) {
		return w.Repos().Sites.List(t.Context(), ports.SiteQuery{ReviewedOptions: allApproved(o)})
	})
	expectSorted(t, ports.FlavorSort, flavors, flavorID, map[string]func(a, b *domain.Flavor) int{
		"id":              func(a, b *domain.Flavor) int { return byID(a.ID, b.ID) },
		"upload_datetime": func(a, b *domain.Flavor) int { return a.UploadedAt.Compare(b.UploadedAt) },
		"name":            byText(func(f *domain.Flavor) string { return f.Name }),
	}, func(o ports.ListOptions) (domain.Page[*domain.Flavor], error) {
		return w.Repos().Flavors.List(t.Context(), ports.FlavorQuery{ReviewedOptions: allApproved(o), SiteID: home.ID})
	})
	expectSorted(t, ports.TagSort, tags, tagID, map[string]func(a, b *domain.Tag) int{
		"id":          func(a, b *domain.Tag) int { return byID(a.ID, b.ID) },
		"name":        byText(func(t *domain.Tag) string { return t.Name }),
		"description": func(a, b *domain.Tag) int { return missingLast(a.Description, b.Description, strings.Compare) },
	}, func(o ports.ListOptions) (domain.Page[*domain.Tag], error) {
		return w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: o})
	})
}

func missingLast[T any](a, b *T, compare func(a, b T) int) int {
	if a != nil && b != nil {
		return compare(*a, *b)
	}
	missing := func(p *T) int { return map[bool]int{true: 1}[p == nil] }
	return cmp.Compare(missing(a), missing(b))
}

// ascendingTexts are sorted by code point, which is the order of no language.
var ascendingTexts = []string{
	"", " ", " a", "!", "-a", "10", "9", "B", "Z", "_", "a", "a b", "a-b", "aB", "ab", "b", "z",
	"\u00c4", "\u00df", "\u00e4", "\u00e9", "\u0131", "\u03a9", "\u4e2d", "\uff5e", "\uffee", "\U0001f600",
}

func textSortsByCodePoint(t *testing.T, w *world) {
	for i := range ascendingTexts {
		w.tag(t, func(tag *domain.Tag) {
			// Another order than that of ascendingTexts.
			tag.Name = ascendingTexts[(i*7+3)%len(ascendingTexts)]
			tag.Description = &tag.Name
		})
	}
	for _, field := range []string{"name", "description"} {
		for _, descending := range []bool{false, true} {
			page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: ports.ListOptions{
				Page: wholeList, Sort: []filter.Key{{Field: field, Descending: descending}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tag := range page.Items {
				got = append(got, tag.Name)
			}
			if descending {
				slices.Reverse(got)
			}
			if !slices.Equal(got, ascendingTexts) {
				t.Errorf("sort by %s, descending: %v\n got %q\nwant %q", field, descending, got, ascendingTexts)
			}
		}
	}
}

func pagesTogetherAreTheList(t *testing.T, w *world) {
	p := w.place(t)
	var results []*domain.Result
	for i := range 23 {
		results = append(results, p.result(fmt.Sprintf(`{"n":%d}`, i%4), func(r *domain.Result) {
			r.ExecutedAt = noon.Add(time.Duration(i%5) * time.Second)
		}))
	}
	w.add(t, results...)
	rapid.Check(t, func(t *rapid.T) {
		q := ports.ResultQuery{}
		wish := rapid.SampledFrom([]string{
			"", "+execution_datetime", "-json.n", "+json.n,-execution_datetime", "-id", "+site_name", "+json.none",
		}).Draw(t, "sort")
		q.Sort = sortBy(t, wish, ports.ResultSort)
		if rapid.Bool().Draw(t, "filtered") {
			q.Filters = []filter.Condition{condition(t, fmt.Sprintf("n > %d", rapid.IntRange(0, 4).Draw(t, "bound")))}
		}
		whole := resultIDs(w.results(t, q))
		size := rapid.IntRange(1, 30).Draw(t, "size")
		var cut []uuid.UUID
		for number := 1; ; number++ {
			q.Page = domain.PageRequest{Number: number, Size: size}
			page, err := w.Repos().Results.List(t.Context(), q)
			if err != nil {
				t.Fatalf("page %d of %d: %v", number, size, err)
			}
			if page.Total != len(whole) || page.PageRequest != q.Page {
				t.Fatalf("page %+v: got total %d of page %+v, want %d", q.Page, page.Total, page.PageRequest, len(whole))
			}
			if len(page.Items) == 0 {
				break
			}
			cut = append(cut, resultIDs(page.Items)...)
		}
		expectIDs(t, "pages", cut, whole)
	})
}

func farPagesAreEmpty(t *testing.T, w *world) {
	for _, total := range []int{0, 1} {
		if total == 1 {
			w.tag(t)
		}
		for _, request := range []domain.PageRequest{
			{Number: 2, Size: 1},
			{Number: 3, Size: 100},
			{Number: math.MaxInt32, Size: 100},
			{Number: math.MaxInt, Size: 100},
			{Number: math.MaxInt/100 + 2, Size: 100},
		} {
			page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: ports.ListOptions{Page: request}})
			if err != nil || page.Total != total || len(page.Items) > 0 || page.PageRequest != request {
				t.Errorf("page %+v of %d tags: got %+v (%v), want none of %d", request, total, page, err, total)
			}
		}
	}
	w.do(t, func(ctx context.Context, r ports.Repos) error {
		page, err := r.Tags.List(ctx, ports.TagQuery{ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}}})
		if len(page.Items) != 1 || page.Total != 1 {
			t.Errorf("inside a unit of work: got %+v, want one tag", page)
		}
		return err
	})
}
