package comparison_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

func id(kind byte, n int) uuid.UUID {
	var u uuid.UUID
	u[0] = kind
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	return u
}

var start = time.Date(2026, time.January, 10, 12, 0, 0, 0, time.UTC)

// world has flavors 1, 2, ... at the sites A and B in turn.
type world struct{ domain.Measurements }

func newWorld() *world {
	w := &world{domain.Measurements{
		Benchmarks: map[uuid.UUID]*domain.Benchmark{
			id('b', 1): {DockerImage: "ray", DockerTag: "1"}, id('b', 2): {DockerImage: "ray", DockerTag: "2"},
		},
		Sites:   map[uuid.UUID]*domain.Site{id('s', 1): {ID: id('s', 1), Name: "A"}, id('s', 2): {ID: id('s', 2), Name: "B"}},
		Flavors: map[uuid.UUID]*domain.Flavor{},
		Tags:    map[uuid.UUID]*domain.Tag{id('t', 1): {Name: "red"}, id('t', 2): {Name: "blue"}},
	}}
	return w
}

// add adds results of a flavor, each a day later, by different people.
func (w *world) add(flavor int, name string, values ...float64) {
	w.Flavors[id('f', flavor)] = &domain.Flavor{Name: name}
	for _, value := range values {
		n := len(w.Items)
		resource := float64(flavor)
		w.Items = append(w.Items, domain.Measurement{
			ResultID: id('r', n), BenchmarkID: id('b', 1), SiteID: id('s', 1+(flavor-1)%2), FlavorID: id('f', flavor),
			Uploader: domain.UserID{Subject: fmt.Sprint(n % 5)}, UploadedAt: start.AddDate(0, 0, n), ExecutedAt: start.AddDate(0, 0, n),
			Value: value, HasValue: true, Resource: &resource, Others: []string{""},
		})
	}
}

func question(better domain.Better, by ...comparison.Dimension) comparison.CompareQuestion {
	return comparison.CompareQuestion{
		Question: comparison.Question{
			Metric:  domain.Metric{Path: "t", Unit: "s", Better: better, Materiality: 0.02},
			GroupBy: by, Now: start.AddDate(0, 2, 0),
		},
		Alpha: 0.05, Correction: statistics.FalseDiscovery, Page: domain.PageRequest{Number: 1, Size: 100},
	}
}

func compare(t *testing.T, q comparison.CompareQuestion, w *world) *comparison.Comparison {
	t.Helper()
	answer, err := comparison.Compare(t.Context(), q, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func names(answer *comparison.Comparison) string {
	var list []string
	for _, g := range answer.Groups.Items {
		list = append(list, fmt.Sprintf("%s:%d", g.Name, g.N))
	}
	return strings.Join(list, " ")
}

func TestGroupsAreInTheOrderOfTheirMedians(t *testing.T) {
	w := newWorld()
	w.add(1, "small", 9, 10, 11, 12)
	w.add(2, "large", 5, 6, 7, 8)
	w.add(3, "huge", 5, 6, 7, 8, 6.5)
	for better, want := range map[domain.Better]string{
		domain.LowerBetter: "huge:5 large:4 small:4", domain.HigherBetter: "small:4 huge:5 large:4", domain.NoneBetter: "huge:5 large:4 small:4",
	} {
		answer := compare(t, question(better, comparison.ByFlavor), w)
		if got := names(answer); got != want {
			t.Errorf("%s: %s, want %s", better, got, want)
		}
		if (answer.Baseline == nil) != (better == domain.NoneBetter) {
			t.Errorf("%s: baseline %v", better, answer.Baseline)
		}
	}
}

func TestGroupsByEveryDimension(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2)
	w.add(2, "x", 3, 4)
	w.Items[0].Others, w.Items[1].Others, w.Items[2].Others = []string{"8.0"}, []string{"80E-1"}, []string{`"8"`}
	w.Items[0].TagIDs = []uuid.UUID{id('t', 1), id('t', 2)}
	w.Items[3].BenchmarkID, w.Items[3].ExecutedAt = id('b', 2), start.AddDate(0, 1, 0)
	for by, want := range map[string]string{
		"flavor":        "x (A):2 x (B):2",
		"site":          "A:2 B:2",
		"benchmark":     "ray:1:3 ray:2:1",
		"month":         "2026-01:3 2026-02:1",
		"tag":           "blue:1 red:1",
		"json.cpu":      "cpu = 8:2 8:1",
		"site,json.cpu": "A, cpu = 8:2 B, 8:1",
	} {
		var dimensions []comparison.Dimension
		for word := range strings.SplitSeq(by, ",") {
			dimensions = append(dimensions, comparison.Dimension(word))
		}
		answer := compare(t, question(domain.LowerBetter, dimensions...), w)
		if got := names(answer); got != want {
			t.Errorf("by %s: %s, want %s", by, got, want)
		}
		grouped := 0
		for _, g := range answer.Groups.Items {
			grouped += g.N
		}
		if by != "tag" && grouped+answer.Ungrouped != answer.Results {
			t.Errorf("by %s: %d grouped, %d not, of %d", by, grouped, answer.Ungrouped, answer.Results)
		}
	}
}

func TestGroupsOfDifferentMachinesAreWarnedOf(t *testing.T) {
	for _, c := range []struct {
		by    comparison.Dimension
		label bool
		want  bool
	}{
		{comparison.ByBenchmark, false, true},
		{comparison.ByBenchmark, true, false},
		{comparison.ByFlavor, false, false},
		{comparison.BySite, false, false},
		{"json.cpu", false, false},
		{"json.other", false, true},
	} {
		w := newWorld()
		w.add(1, "x", 1, 2, 3, 4)
		w.add(2, "y", 5, 6, 7, 8)
		for i := range w.Items {
			w.Items[i].Others = []string{fmt.Sprint(i / 4)}
			if i >= 4 {
				w.Items[i].BenchmarkID = id('b', 2)
			}
			if c.label {
				w.Items[i].Label = "the same"
			}
		}
		q := question(domain.LowerBetter, c.by)
		q.Metric.Label = "cpu"
		answer := compare(t, q, w)
		if got := slices.Contains(answer.Warnings, statistics.MixedMachine); got != c.want {
			t.Errorf("by %s, labels %t: warnings %v", c.by, c.label, answer.Warnings)
		}
	}
}

// A group that is surely behind the first one by less than the materiality leads, too.
func TestEquivalentGroupsLead(t *testing.T) {
	w := newWorld()
	values := func(level float64) []float64 {
		list := make([]float64, 20)
		for i := range list {
			list[i] = level * (1 + float64(i)/1e5)
		}
		return list
	}
	w.add(1, "first", values(100)...)
	w.add(2, "near", values(100.5)...)
	w.add(3, "far", values(110)...)
	var leaders, first []string
	for _, g := range compare(t, question(domain.LowerBetter, comparison.ByFlavor), w).Groups.Items {
		if g.Leads {
			leaders = append(leaders, g.Name)
		}
		if g.Rank.Low == 1 {
			first = append(first, g.Name)
		}
	}
	if fmt.Sprint(leaders, first) != "[first near] [first]" {
		t.Errorf("leaders %v, first %v", leaders, first)
	}
}

// While values are being derived, an answer says so and is not final.
func TestAnswersSayThatTheirMetricIsBeingDerived(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4)
	if answer := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w); !answer.IsFinal() || len(answer.Warnings) > 0 {
		t.Errorf("final %t, warnings %v", answer.IsFinal(), answer.Warnings)
	}
	w.Deriving = &domain.Derivation{Done: 3, Total: 4}
	answer := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w)
	if answer.IsFinal() || !slices.Equal(answer.Warnings, []comparison.Warning{statistics.Deriving}) || answer.Groups.Items[0].N != 4 {
		t.Errorf("final %t, warnings %v", answer.IsFinal(), answer.Warnings)
	}
	q := comparison.SeriesQuestion{Question: question(domain.LowerBetter).Question, X: "execution_datetime", Limit: 9}
	series, err := comparison.Plot(t.Context(), q, w.Measurements)
	if err != nil || series.IsFinal() || !slices.Contains(series.Warnings, statistics.Deriving) {
		t.Errorf("series %+v, %v", series, err)
	}
}

func TestGroupsThatShareResultsAreNotCompared(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4, 5, 6, 7, 8)
	for i := range w.Items {
		w.Items[i].TagIDs = []uuid.UUID{id('t', 1)}
		if i < 6 {
			w.Items[i].TagIDs = append(w.Items[i].TagIDs, id('t', 2))
		}
	}
	answer := compare(t, question(domain.LowerBetter, comparison.ByTag), w)
	second := answer.Groups.Items[1]
	if second.Versus == nil || second.Versus.Verdict != statistics.NotEnoughData ||
		!slices.Contains(second.Warnings, statistics.OverlappingGroups) ||
		answer.M != 0 || second.Rank != nil {
		t.Errorf("versus %+v, warnings %v, m %d, rank %v", second.Versus, second.Warnings, answer.M, second.Rank)
	}
}

func TestBaselineByNameOrID(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4)
	w.add(2, "x", 5, 6, 7, 8)
	w.add(3, "y", 5, 6, 7, 8)
	for baseline, want := range map[string]string{
		"": "x (A)", "y": "y", id('f', 2).String(): "x (B)", "x (B)": "x (B)",
		strings.ToUpper(id('f', 2).String()): "x (B)", "urn:uuid:" + id('f', 2).String(): "x (B)",
		"x": comparison.ErrSeveralBaselines.Error(), "z": comparison.ErrNoBaseline.Error(),
	} {
		q := question(domain.LowerBetter, comparison.ByFlavor)
		q.Baseline = baseline
		answer, err := comparison.Compare(t.Context(), q, w.Measurements)
		got := fmt.Sprint(err)
		if err == nil {
			got = answer.Baseline.Name
		}
		if got != want {
			t.Errorf("baseline %q: %s, want %s", baseline, got, want)
		}
	}
}

func TestVerdictsAndSentences(t *testing.T) {
	w := newWorld()
	w.add(1, "A", 100, 101, 102, 103, 104, 105)
	w.add(2, "B", 200, 202, 204, 206, 208, 210)
	w.add(3, "C", 50, 51, 52)
	q := question(domain.LowerBetter, comparison.ByFlavor)
	q.Baseline = "B"
	answer := compare(t, q, w)
	want := map[string]string{
		"A": "A is 2.00x faster than B (95 % CI 1.94-2.06, n = 6 and 6).",
		"C": "Not enough data to compare C and B: n = 3 and 6; at least 4 each are needed.",
	}
	for _, g := range answer.Groups.Items {
		if g.Versus == nil {
			continue
		}
		if g.Versus.Sentence != want[g.Name] {
			t.Errorf("%s: %q, want %q", g.Name, g.Versus.Sentence, want[g.Name])
		}
	}
	a := answer.Groups.Items[1]
	if a.Versus.Verdict != statistics.Faster || *a.Versus.Shift >= 0 || a.Versus.Superiority.Probability != 1 ||
		answer.M != 1 || a.Rank.High != 1 {
		t.Errorf("%+v, m %d, rank %v", a.Versus, answer.M, a.Rank)
	}
}

func TestValuesPerResource(t *testing.T) {
	w := newWorld()
	w.add(1, "one", 80)
	w.add(4, "four", 30)
	w.Items[0].Resource = nil
	q := question(domain.LowerBetter, comparison.ByFlavor)
	q.PerResource = true
	if answer := compare(t, q, w); answer.Results != 1 || *answer.Groups.Items[0].Median != 120 {
		t.Errorf("time x cores: %+v", answer.Groups.Items)
	}
	q.Metric.Better = domain.HigherBetter
	if answer := compare(t, q, w); *answer.Groups.Items[0].Median != 7.5 {
		t.Errorf("rate / cores: %g", *answer.Groups.Items[0].Median)
	}
}

func TestByUploaderOneValueForEach(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4, 5, 11, 12, 13, 14, 15)
	q := question(domain.LowerBetter, comparison.ByFlavor)
	q.ByUploader = true
	answer := compare(t, q, w)
	g := answer.Groups.Items[0]
	if g.N != 5 || *g.Median != 8 || answer.Results != 10 || !slices.Contains(g.Warnings, statistics.FewResults) {
		t.Errorf("n %d, median %g, results %d, warnings %v", g.N, *g.Median, answer.Results, g.Warnings)
	}
}

func TestBasisNamesTheResults(t *testing.T) {
	w := newWorld()
	if got := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w); got.Set != "e3b0c442" || got.AsOf != nil {
		t.Errorf("nothing: set %s, as of %v", got.Set, got.AsOf)
	}
	w.add(1, "x", 1, 2)
	got := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w)
	// printf '72000000-0000-0000-0000-000000000000\n72000000-0000-0000-0000-000000000001' | sha256sum
	if got.Set != "e2787632" || !got.AsOf.Equal(start.AddDate(0, 0, 1)) {
		t.Errorf("two: set %s, as of %v", got.Set, got.AsOf)
	}
}

func TestMixedVersionsByImageDigest(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2)
	w.add(2, "y", 1, 2)
	w.Items[0].ImageDigest, w.Items[1].ImageDigest = "sha256:1", "sha256:1"
	answer := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w)
	if slices.Contains(answer.Groups.Items[0].Warnings, statistics.MixedVersion) ||
		!slices.Contains(answer.Warnings, statistics.MixedVersion) {
		t.Errorf("group %v, answer %v", answer.Groups.Items[0].Warnings, answer.Warnings)
	}
}

// Only very large groups are thinned, and the group says how many of its results were compared.
func TestVeryLargeGroupsAreThinned(t *testing.T) {
	w, values := newWorld(), make([]float64, 200_001)
	for i := range values {
		values[i] = 10 + float64(i%1000)/1000
	}
	w.add(1, "large", values...)
	w.add(2, "small", 20, 20.1, 20.2, 20.3, 20.4, 20.5)
	answer := compare(t, question(domain.LowerBetter, comparison.ByFlavor), w)
	large, small := answer.Groups.Items[0], answer.Groups.Items[1]
	if large.N != 200_001 || large.Kept != 66_667 || !slices.Contains(large.Warnings, statistics.Thinned) {
		t.Errorf("the large group has %d results, of which %d were compared, and the warnings %v", large.N, large.Kept, large.Warnings)
	}
	if small.Kept != 0 || slices.Contains(small.Warnings, statistics.Thinned) || !slices.Contains(answer.Warnings, statistics.Thinned) {
		t.Errorf("%d of the small group were compared, its warnings are %v, those of the answer %v", small.Kept, small.Warnings, answer.Warnings)
	}
}
