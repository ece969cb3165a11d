package statistics_test

import (
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/statistics"
)

func TestPValuesAreAdjustedAsByR(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		P        []float64
		Expected struct {
			Adjusted []float64
			R        map[string]int
		}
	}](t, "bh") {
		adjusted := statistics.BenjaminiHochberg(c.P)
		nearAll(t, c.ID, adjusted, c.Expected.Adjusted)
		for level, want := range c.Expected.R {
			q := map[string]float64{"0.10": 0.10, "0.05": 0.05, "0.01": 0.01}[level]
			equal(t, c.ID+" at "+level, statistics.Discoveries(adjusted, q), want)
		}
	}
	for _, c := range vectors[struct {
		ID       string
		P        []float64
		Expected []float64
	}](t, "holm") {
		nearAll(t, c.ID, statistics.Holm(c.P), c.Expected)
	}
}

func nearAll(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range got {
		nearValue(t, what, got[i], want[i], 0)
	}
}

type relationExpected struct {
	Group, A, B int
	P           float64
	PAdjusted   float64 `json:"p_adjusted"`
	Method      statistics.Method
	Estimate    float64
	Low         *float64 `json:"lo"`
	High        *float64 `json:"hi"`
	Verdict     *statistics.Verdict
	Material    *statistics.Material
	Provisional bool
}

type familyExpected struct {
	M           int
	Discoveries int `json:"R_bh"`
	R, Steps    int
	Alpha       *float64
	Used        []int
	Scale       *statistics.Scale
	Comparisons []relationExpected
	Pairs       []relationExpected
	RankLow     []int `json:"rank_lo"`
	RankHigh    []int `json:"rank_hi"`
}

func (want familyExpected) check(t *testing.T, got statistics.Result) {
	t.Helper()
	equal(t, "m", got.M, want.M)
	equal(t, "discoveries", got.Discoveries, want.Discoveries)
	equal(t, "R", got.R, want.R)
	equal(t, "steps", got.Steps, want.Steps)
	if want.Alpha != nil {
		nearValue(t, "alpha", got.Alpha, *want.Alpha, 0)
	}
	if want.Scale != nil {
		equal(t, "scale", got.Scale, *want.Scale)
	} else {
		equal(t, "scale", got.Scale, "")
	}
	if !slices.Equal(got.Used, want.Used) && want.M > 0 {
		t.Errorf("used %v, want %v", got.Used, want.Used)
	}
}

func (want relationExpected) check(t *testing.T, got statistics.Relation) {
	t.Helper()
	nearValue(t, "p", got.P, want.P, 1e-300)
	nearValue(t, "adjusted p", got.PAdjusted, want.PAdjusted, 1e-300)
	equal(t, "method", got.Method, want.Method)
	nearValue(t, "estimate", got.Estimate, want.Estimate, 1e-12)
	checkBounds(t, "interval", &got.Comparison, want.Low, want.High)
	if want.Verdict == nil {
		return
	}
	equal(t, "verdict", got.Decision.Verdict, *want.Verdict)
	material := statistics.NotMaterial
	if want.Material != nil {
		material = *want.Material
	}
	equal(t, "material", got.Decision.Material, material)
	equal(t, "provisional", got.Decision.Provisional, want.Provisional)
}

func TestBaselineAgainstGroups(t *testing.T) {
	for _, c := range vectors[struct {
		ID        string
		Better    statistics.Better
		Family    statistics.Correction
		Threshold float64
		Baseline  series
		Groups    []series
		Expected  familyExpected
	}](t, "family") {
		t.Run(c.ID, func(t *testing.T) {
			f := statistics.Family{Better: c.Better, Correction: c.Family, Alpha: 0.05, Materiality: c.Threshold}
			got, err := f.Against(t.Context(), sample(t, c.Baseline), samples(t, c.Groups))
			if err != nil {
				t.Fatal(err)
			}
			c.Expected.check(t, got)
			related := map[int]statistics.Relation{}
			for _, r := range got.Relations {
				related[r.A] = r
			}
			for _, want := range c.Expected.Comparisons {
				r, ok := related[want.Group]
				switch {
				case ok:
					want.check(t, r)
				case *want.Verdict != statistics.NotEnoughData:
					t.Errorf("group %d was not compared", want.Group)
				}
			}
		})
	}
}

func TestRanking(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		Better   statistics.Better
		Family   statistics.Correction
		Groups   []series
		Expected familyExpected
	}](t, "ranking") {
		t.Run(c.ID, func(t *testing.T) {
			f := statistics.Family{Better: c.Better, Correction: c.Family, Alpha: 0.05, Materiality: 0.02}
			got, err := f.Rank(t.Context(), samples(t, c.Groups))
			if err != nil {
				t.Fatal(err)
			}
			c.Expected.check(t, got.Result)
			for i, want := range c.Expected.Pairs {
				equal(t, "a", got.Relations[i].A, want.A)
				equal(t, "b", got.Relations[i].B, want.B)
				want.check(t, got.Relations[i])
			}
			for at, i := range c.Expected.Used {
				equal(t, "rank", got.Ranks[i], statistics.RankRange{Low: c.Expected.RankLow[at], High: c.Expected.RankHigh[at]})
			}
		})
	}
}

func samples(t *testing.T, groups []series) []statistics.Sample {
	t.Helper()
	out := make([]statistics.Sample, len(groups))
	for i, g := range groups {
		out[i] = sample(t, g)
	}
	return out
}

func TestVerdictAndItsWords(t *testing.T) {
	for _, c := range vectors[struct {
		Scale          statistics.Scale
		Low            *float64 `json:"lo"`
		High           *float64 `json:"hi"`
		Ratio          *float64
		BaselineMedian float64 `json:"baseline_median"`
		Threshold      float64
		N1, N2, M      int
		Alpha          float64
		Family         statistics.Correction
		Method         statistics.Method
		Expected       struct {
			Verdict     statistics.Verdict
			Material    *statistics.Material
			Words       string
			Provisional bool
		}
	}](t, "verdict") {
		comparison := statistics.Comparison{Scale: c.Scale, Method: c.Method}
		if c.Low != nil {
			comparison.Interval, comparison.HasInterval = statistics.Interval{Low: *c.Low, High: *c.High}, true
		}
		if c.Ratio != nil {
			comparison.Estimate = *c.Ratio
		}
		got := statistics.Decide(comparison, statistics.LowerBetter, c.N1, c.N2, c.Threshold, c.BaselineMedian)
		material := statistics.NotMaterial
		if c.Expected.Material != nil {
			material = *c.Expected.Material
		}
		want := statistics.Decision{Verdict: c.Expected.Verdict, Material: material, Provisional: c.Expected.Provisional}
		equal(t, "decision of "+c.Expected.Words, got, want)
		if c.Expected.Words == "" {
			continue
		}
		words := statistics.Words{
			A: "CESGA", B: "IFCA", SizeA: c.N1, SizeB: c.N2, Speed: true, Materiality: c.Threshold, Correction: c.Family,
			Comparisons: max(1, c.M), Level: 0.95, Alpha: 0.05,
		}
		if c.Alpha != 0 {
			words.Alpha = c.Alpha
		}
		equal(t, "words", words.Sentence(comparison, got), c.Expected.Words)
	}
}

func TestAdviceOnMoreResults(t *testing.T) {
	for _, c := range vectors[struct {
		ID        string
		N         []int
		Low       float64 `json:"lo"`
		High      float64 `json:"hi"`
		Precision float64
		Expected  struct{ More []int }
	}](t, "advice") {
		got := statistics.MoreResults(statistics.Interval{Low: c.Low, High: c.High}, c.N, c.Precision)
		if !slices.Equal(got, c.Expected.More) || (got == nil) != (c.Expected.More == nil) {
			t.Errorf("%s: %v, want %v", c.ID, got, c.Expected.More)
		}
	}
}
