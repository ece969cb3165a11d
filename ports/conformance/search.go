package conformance

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// searchedTexts are names that differ in case, in accents and in characters that are special in SQL.
var searchedTexts = []string{
	"plain", "PLAIN text", "100%", "100 %", "a_b", "aXb", `back\slash`,
	"M\u00dcNCHEN", "m\u00fcnchen", "\u0391\u0398\u0397\u039d\u0391\u03a3", "\u0391\u03a3\u0391",
	"\u041c\u041e\u0421\u041a\u0412\u0410", "\u0130stanbul", "stra\u00dfe", "it's \"?\" $1 {}", "\U0001f600", " ", "",
}

// searches are terms with the texts that they find.
var searches = []struct {
	terms []string
	want  []string
}{
	{nil, searchedTexts},
	{[]string{""}, searchedTexts},
	{[]string{"", "plain", ""}, []string{"plain", "PLAIN text"}},
	{[]string{"pLaIn"}, []string{"plain", "PLAIN text"}},
	{[]string{"lai", "EXT"}, []string{"PLAIN text"}},
	{[]string{"plain", "plain"}, []string{"plain", "PLAIN text"}},
	{[]string{"plain", "nothing"}, nil},
	{[]string{"%"}, []string{"100%", "100 %"}},
	{[]string{"0%"}, []string{"100%"}},
	{[]string{"_"}, []string{"a_b"}},
	{[]string{"A_B"}, []string{"a_b"}},
	{[]string{`\`}, []string{`back\slash`}},
	{[]string{`K\S`}, []string{`back\slash`}},
	{[]string{"\u00fc"}, []string{"M\u00dcNCHEN", "m\u00fcnchen"}},
	{[]string{"M\u00dcN"}, []string{"M\u00dcNCHEN", "m\u00fcnchen"}},
	{[]string{"munchen"}, nil},
	{[]string{"\u03b1\u03b8\u03b7\u03bd\u03b1"}, []string{"\u0391\u0398\u0397\u039d\u0391\u03a3"}},
	{[]string{"\u03b1\u03c2"}, []string{"\u0391\u0398\u0397\u039d\u0391\u03a3", "\u0391\u03a3\u0391"}},
	{[]string{"\u03b1\u03c3"}, []string{"\u0391\u0398\u0397\u039d\u0391\u03a3", "\u0391\u03a3\u0391"}},
	{[]string{"\u043e\u0441\u043a\u0432\u0430"}, []string{"\u041c\u041e\u0421\u041a\u0412\u0410"}},
	{[]string{"istanbul"}, []string{"\u0130stanbul"}},
	{[]string{"\u0130STAN"}, []string{"\u0130stanbul"}},
	{[]string{"STRA\u1e9eE"}, []string{"stra\u00dfe"}},
	{[]string{"'"}, []string{"it's \"?\" $1 {}"}},
	{[]string{"\"?\" $1"}, []string{"it's \"?\" $1 {}"}},
	{[]string{"\U0001f600"}, []string{"\U0001f600"}},
	{[]string{" "}, []string{"PLAIN text", "100 %", "it's \"?\" $1 {}", " "}},
	{[]string{"\xff"}, nil},
	{[]string{"a\x00"}, nil},
}

func searchIgnoresCaseOnly(t *testing.T, w *world) {
	for _, text := range searchedTexts {
		w.tag(t, func(tag *domain.Tag) { tag.Name = text })
	}
	for _, c := range searches {
		page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: ports.ListOptions{Page: wholeList}, Terms: c.terms})
		var got []string
		for _, tag := range page.Items {
			got = append(got, tag.Name)
		}
		if err != nil || !sameSet(got, c.want) || page.Total != len(c.want) {
			t.Errorf("search %q\n got %q of %d (%v)\nwant %q", c.terms, got, page.Total, err, c.want)
		}
	}
}

// searchReadsEveryField: each term may occur in another field.
func searchReadsEveryField(t *testing.T, w *world) {
	by := w.user(t)
	words := ptr("with words")
	b := w.benchmark(t, by, func(b *domain.Benchmark) { b.DockerImage, b.DockerTag, b.Description = "team/image", "v1", words })
	w.benchmark(t, by, func(b *domain.Benchmark) { b.URL = "with words" })
	onReview := w.benchmark(t, by, func(b *domain.Benchmark) { b.Description, b.Status = words, domain.OnReview })
	s := w.site(t, by, func(s *domain.Site) { s.Name, s.Address, s.Description = "Centre", "Street 5", words })
	other := w.site(t, by)
	f := w.flavor(t, by, s, func(f *domain.Flavor) { f.Name, f.Description = "Large", words })
	w.flavor(t, by, other, func(f *domain.Flavor) { f.Name, f.Description = "Large", words })
	tag := w.tag(t, func(tag *domain.Tag) { tag.Name, tag.Description = "Fast", words })
	for _, c := range []struct {
		name  string
		terms []string
		list  func(terms []string) ([]uuid.UUID, error)
		want  []uuid.UUID
	}{
		{"benchmarks", []string{"IMAGE", "V1", "Words"}, w.searchBenchmarks(t, domain.Approved), []uuid.UUID{b.ID}},
		{"benchmarks by name", []string{"image:v1"}, w.searchBenchmarks(t, domain.Approved), nil},
		{"benchmarks on review", []string{"words"}, w.searchBenchmarks(t, domain.OnReview), []uuid.UUID{onReview.ID}},
		{"sites", []string{"centre", "5", "Words"}, w.searchSites(t), []uuid.UUID{s.ID}},
		{"flavors of the site", []string{"large", "Words"}, w.searchFlavors(t, s), []uuid.UUID{f.ID}},
		{"tags", []string{"fast", "Words"}, w.searchTags(t), []uuid.UUID{tag.ID}},
	} {
		got, err := c.list(c.terms)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("search %s for %q: got %v (%v), want %v", c.name, c.terms, got, err, c.want)
		}
	}
	people := w.people(t)
	page, err := w.Repos().Users.List(t.Context(), ports.UserQuery{
		ListOptions: ports.ListOptions{Page: wholeList}, Terms: []string{"y@", "ORG"},
	})
	want := where(people, func(u *domain.User) bool { return u.Email == "Y@example.org" })
	expectIDs(t, "search users", idsOf(page.Items, userIDs(people)), idsOf(want, userIDs(people)))
	if err != nil || page.Total != len(want) {
		t.Errorf("search users: got a total of %d (%v), want %d", page.Total, err, len(want))
	}
}

func (w *world) searchBenchmarks(t *testing.T, status domain.Status) func([]string) ([]uuid.UUID, error) {
	return func(terms []string) ([]uuid.UUID, error) {
		page, err := w.Repos().Benchmarks.List(t.Context(), ports.BenchmarkQuery{ReviewedOptions: withStatus(status), Terms: terms})
		return idsOf(page.Items, benchmarkID), err
	}
}

func (w *world) searchSites(t *testing.T) func([]string) ([]uuid.UUID, error) {
	return func(terms []string) ([]uuid.UUID, error) {
		page, err := w.Repos().Sites.List(t.Context(), ports.SiteQuery{ReviewedOptions: withStatus(domain.Approved), Terms: terms})
		return idsOf(page.Items, siteID), err
	}
}

func (w *world) searchFlavors(t *testing.T, of *domain.Site) func([]string) ([]uuid.UUID, error) {
	return func(terms []string) ([]uuid.UUID, error) {
		page, err := w.Repos().Flavors.List(t.Context(), ports.FlavorQuery{
			ReviewedOptions: withStatus(domain.Approved), SiteID: of.ID, Terms: terms,
		})
		return idsOf(page.Items, flavorID), err
	}
}

func (w *world) searchTags(t *testing.T) func([]string) ([]uuid.UUID, error) {
	return func(terms []string) ([]uuid.UUID, error) {
		page, err := w.Repos().Tags.List(t.Context(), ports.TagQuery{ListOptions: ports.ListOptions{Page: wholeList}, Terms: terms})
		return idsOf(page.Items, tagID), err
	}
}

func resultsAreSearched(t *testing.T, w *world) {
	by := w.user(t)
	p := place{user: by, benchmark: w.benchmark(t, by, func(b *domain.Benchmark) {
		b.DockerImage, b.DockerTag, b.Description = "team/IMAGE", "v1", ptr("described")
	})}
	p.site = w.site(t, by, func(s *domain.Site) { s.Name, s.Address, s.Description = "Centre", "\u00d6tztal 5", ptr("described") })
	p.flavor = w.flavor(t, by, p.site, func(f *domain.Flavor) { f.Name, f.Description = "Large", ptr("described") })
	fast := w.tag(t, func(tag *domain.Tag) { tag.Name, tag.Description = "Fast lane", ptr("described") })
	slow := w.tag(t, func(tag *domain.Tag) { tag.Name = "slow" })
	tagged := p.result(`{"described":"described"}`, func(r *domain.Result) { r.Tags = []*domain.Tag{fast, slow} })
	plain, hidden, elsewhere := p.result(`{}`), p.result(`{}`), w.place(t).result(`{}`)
	w.add(t, tagged, plain, hidden, elsewhere)
	w.hide(t, hidden)
	for _, c := range []struct {
		terms []string
		want  []*domain.Result
	}{
		{nil, []*domain.Result{tagged, plain, elsewhere}},
		{[]string{""}, []*domain.Result{tagged, plain, elsewhere}},
		{[]string{"team/image:V1"}, []*domain.Result{tagged, plain}},
		{[]string{"centre"}, []*domain.Result{tagged, plain}},
		{[]string{"\u00f6TZTAL 5"}, []*domain.Result{tagged, plain}},
		{[]string{"LARGE"}, []*domain.Result{tagged, plain}},
		{[]string{"t l"}, []*domain.Result{tagged}},
		{[]string{"slow", "fast"}, []*domain.Result{tagged}},
		{[]string{"image", "centre", "\u00f6tztal", "large", "lane"}, []*domain.Result{tagged}},
		{[]string{"image", "centre", "nowhere"}, nil},
		{[]string{"described"}, nil},
		{[]string{"centre\u00f6tztal"}, nil},
		{[]string{"%"}, nil},
	} {
		page, err := w.Repos().Results.List(t.Context(), ports.ResultQuery{ListOptions: ports.ListOptions{Page: wholeList}, Terms: c.terms})
		expectPage(t, fmt.Sprintf("search %q", c.terms), page, err, func(r *domain.Result) uuid.UUID { return r.ID }, c.want...)
	}
}
