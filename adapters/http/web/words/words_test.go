package words

import (
	"testing"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

func TestChoicesOfMetrics(t *testing.T) {
	for want, metric := range map[string]domain.Metric{
		"Time (result.score), s": {Name: "time", Path: "result.score", Unit: "s"},
		"machine.cpu.count":      {Path: "machine.cpu.count"},
	} {
		if got := MetricChoice(metric); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestValuesHaveTheDigitsThatPeopleRead(t *testing.T) {
	for _, tt := range []struct {
		v             float64
		short, detail string
	}{
		{28.117, "28.1", "28.12"}, {105.2, "105", "105.2"}, {1016.6, "1\u202f017", "1\u202f017"}, {65432.1, "65\u202f430", "65\u202f430"},
		{0, "0", "0"}, {-3.14159, "\u22123.14", "\u22123.142"}, {1e-12, "1.00e\u221212", "1.000e\u221212"}, {1e12, "1.00e12", "1.000e12"},
		{999.96, "1\u202f000", "1\u202f000"}, {0.012345, "0.0123", "0.01235"},
	} {
		if got := Value(tt.v); got != tt.short {
			t.Errorf("%g is %q, want %q", tt.v, got, tt.short)
		}
		if got := Detail(tt.v); got != tt.detail {
			t.Errorf("%g in detail is %q, want %q", tt.v, got, tt.detail)
		}
	}
}

func TestProcessorsHaveShortNames(t *testing.T) {
	for name, want := range map[string]string{
		"AMD EPYC Processor (with IBPB)":              "AMD EPYC",
		"Intel Xeon Processor (Skylake, IBRS)":        "Intel Xeon Skylake",
		"Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz":    "Intel Xeon E5-2670 0 @ 2.60GHz",
		"Westmere E56xx/L56xx/X56xx (IBRS update)":    "Westmere E56xx/L56xx/X56xx",
		"AMD Opteron 62xx class CPU":                  "AMD Opteron 62xx",
		"CPU 0":                                       "CPU 0",
		"CPU":                                         "CPU",
		"AMD Ryzen Threadripper 3970X 32-Core (NUMA)": "AMD Ryzen Threadripper 3970X 32-Core NUMA",
	} {
		if got := Machine(name); got != want {
			t.Errorf("%s becomes %q, want %q", name, got, want)
		}
	}
}

func TestResourcesAreNamedByTheirPath(t *testing.T) {
	for path, want := range map[string]string{
		"machine.cpu.count": "cores", "run.cores": "cores", "ranks": "ranks", "config.thread": "threads", `a."num gpus"`: "num gpus",
	} {
		if got := Resource(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestCountsAgreeWithTheirNouns(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Plural(1, "result"), "1\u00a0result"}, {Plural(2, "number of cores"), "2\u00a0numbers of cores"},
		{Plural(2, "match"), "2\u00a0matches"}, {Plural(2, "class"), "2\u00a0classes"}, {Plural(2, "bits"), "2\u00a0bits"},
		{Plural(1, "number of cores"), "1\u00a0number of cores"},
		{All(1, "result"), "The one result"}, {All(20, "flavor"), "All 20\u00a0flavors"},
		{Left(1, "value"), "1 more value"}, {Left(2, "value"), "2 more values"},
		{Mails(0, 0), "No mail waits"}, {Mails(1, 0), "1 mail waits, 0 are parked"}, {Mails(0, 1), "0 mails wait, 1 is parked"},
		{Doctor(0, 5), "Everything works"}, {Doctor(1, 5), "1 of 5\u00a0parts has a problem"}, {Doctor(2, 5), "2 of 5\u00a0parts have a problem"},
		{FrontAll(1), "The one flavor, with plot, filters and downloads"},
		{TableLabel(6, "number of cores", "time", domain.LowerBetter, true), "Ranking of 6\u00a0numbers of cores by time, fastest first"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestViolationsAreInPlainWords(t *testing.T) {
	for _, tt := range []struct{ pointer, rule, message, want string }{
		{"/result/score", "type", "got string, want number", "/result/score is text, must be a number"},
		{"/a", "type", "got object, want null or integer", "/a is an object, must be empty (null) or a whole number"},
		{"/machine/cpu", "required", "missing property 'count'", "/machine/cpu: count is missing"},
		{"", "required", "missing properties 'machine', 'result'", "the whole document: machine, result are missing"},
		{"/a", "minimum", "minimum: got 1, want at least 2", "/a: minimum: got 1, want at least 2"},
	} {
		if got := Violation(domain.Violation{Pointer: tt.pointer, Rule: tt.rule, Message: tt.message}); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestTheMeanInADocumentIsTold(t *testing.T) {
	const want = ". They are compared by their median, 28.13\u00a0s; the value in the document is 28.08\u00a0s."
	if got := OwnValue(28.129, 28.08, "s"); got != want {
		t.Errorf("%q", got)
	}
	if got := OwnValue(28.08, 28.0801, "s"); got != "" {
		t.Errorf("equal values: %q", got)
	}
}

func group(n int, median float64, resources ...float64) *comparison.Group {
	return &comparison.Group{
		Summary: statistics.Summary{N: n, Median: &median}, Facts: comparison.Facts{Resources: resources},
	}
}

func ranked(g *comparison.Group, low, high int) *comparison.Group {
	g.Rank = &statistics.RankRange{Low: low, High: high}
	return g
}

func judged(g *comparison.Group, verdict statistics.Verdict) *comparison.Group {
	g.Versus = &comparison.Versus{Decision: statistics.Decision{Verdict: verdict}}
	return g
}

func TestAnswersSayWhatARankingTells(t *testing.T) {
	time := domain.Metric{Name: "Time", Unit: "s", Better: domain.LowerBetter, Resource: "machine.cpu.count"}
	undeclared := time
	undeclared.Better = domain.NoneBetter
	for _, tt := range []struct {
		name string
		of   Ranked
		want string
		tag  string
	}{
		{"nothing", Ranked{Metric: time}, "", ""},
		{"one result each, mixed cores", Ranked{Metric: time, IsSpeed: true, Common: 8, Rows: []Row{
			{"A", group(1, 28.1, 32)}, {"B", group(1, 105.2, 8)},
		}}, "Fastest: A, 28.1\u00a0s on 32\u00a0cores. At 8\u00a0cores: B, 105\u00a0s. ", "provisional: one result each"},
		{"two leaders", Ranked{Metric: time, IsSpeed: true, Rows: []Row{
			{"A", ranked(group(12, 10), 1, 2)}, {"B", ranked(group(12, 10.1), 1, 2)}, {"C", ranked(group(12, 20), 3, 3)},
		}}, "A and B cannot be told apart; both are faster than the rest. ", ""},
		{"leaders that overlap with others", Ranked{Metric: time, IsSpeed: true, Rows: []Row{
			{"A", ranked(group(5, 10), 1, 2)}, {"B", ranked(group(12, 11), 1, 3)}, {"C", ranked(group(12, 12), 2, 3)},
		}}, "Fastest: A, 10.0\u00a0s; B cannot be told from it. ", "provisional: fewer than 6 results"},
		{"a baseline", Ranked{Metric: time, IsSpeed: true, Baseline: "B", Rows: []Row{
			{"A", judged(group(12, 10), statistics.Faster)}, {"B", group(12, 20)}, {"C", judged(group(12, 21), statistics.Equivalent)},
			{"D", judged(group(2, 30), statistics.NotEnoughData)}, {"E", judged(group(2, 30), statistics.NotEnoughData)},
		}}, "Fastest: A, 10.0\u00a0s. Compared with B: 1 faster, 1 shows no difference, 2 have too few results.", ""},
		{"no direction", Ranked{Metric: undeclared, Kind: "flavor", Rows: []Row{{"A", group(12, 10)}}},
			"Whether lower or higher is better is not declared. Rows are in the order of the names of the flavors.", ""},
	} {
		if got := tt.of.Answer().String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := tt.of.Provisional(); got != tt.tag {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.tag)
		}
	}
}

func TestVerdictsHaveASignAndAWord(t *testing.T) {
	metric := domain.Metric{Materiality: 0.02}
	for verdict, want := range map[statistics.Verdict]string{
		statistics.Faster: "▲ faster", statistics.Slower: "▼ slower", statistics.Equivalent: "≈ equivalent within 2 %",
		statistics.Indistinguishable: "? cannot be told apart", statistics.NotEnoughData: "too few results", statistics.NoVerdict: "",
	} {
		if got, _ := Verdict(&comparison.Versus{Decision: statistics.Decision{Verdict: verdict}}, metric, true); got != want {
			t.Errorf("%s is %q, want %q", verdict, got, want)
		}
	}
}

func TestCitedResultsAreTheSameOrSaidToBeOthers(t *testing.T) {
	for _, tt := range []struct {
		cited, now    string
		then, results int
		want          string
	}{
		{"9c417e02", "9c417e02", 20, 20, "The same 20\u00a0results as cited."},
		{"9c417e02", "00000000", 20, 19, "Cited with 20\u00a0results; 1 was withdrawn since, or claimed, or removed."},
		{"9c417e02", "00000000", 19, 20, "Cited with 19\u00a0results; 1 more of that time counts now, because they came back."},
		{"", "00000000", -1, 20, ""},
	} {
		if got := Cited(tt.cited, tt.now, tt.then, tt.results); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if got := Cited("9c417e02", "00000000", -1, 20); got == "" {
		t.Error("other results are not said to be others")
	}
}

func TestAnIntervalHasTheDigitsOfItsValue(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{105.26, 105.81, "105 to 106"}, // the median, 105.5, is 106 in tables: it may not lie outside
		{27.96, 28.04, "27.96 to 28.04"},
		{28.11, 28.13, "28.11 to 28.13"},
		{5, 5, "5.00 to 5.00"},
		{1015.6, 1016.9, "1\u202f016 to 1\u202f017"},
		{-0.5, 0, "\u22120.500 to 0"},
	} {
		if got := Range(c.low, c.high); got != c.want {
			t.Errorf("%v to %v is %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestAMedianAndItsIntervalHaveTheDigitsOfItsWidth(t *testing.T) {
	for _, c := range []struct {
		low, median, high float64
		want, interval    string
	}{
		{1234.51, 1234.56, 1234.6, "1\u202f234.56", "1\u202f234.51 to 1\u202f234.60"},
		{1200, 1234.56, 1250, "1\u202f235", "1\u202f200 to 1\u202f250"},
		{105.26, 105.5, 105.81, "105.5", "105.3 to 105.8"},
		{105.2, 105.9, 106.9, "106", "105 to 107"},
		{27.96, 28, 28.04, "28.00", "27.96 to 28.04"},
		{7, 7, 7, "7.00", "7.00 to 7.00"},
		{-1, 0, 1, "0", "\u22121.00 to 1.00"},
		{0.95, 1, 12, "1.00", "0.950 to 12.0"},
		{1.23451e8, 1.2346e8, 1.2347e8, "1.2346e8", "1.2345e8 to 1.2347e8"},
		{1.0001e-12, 1.00016e-12, 1.0002e-12, "1.0002e\u221212", "1.0001e\u221212 to 1.0002e\u221212"},
		{1e12, 1e12 + 1, 1e12 + 2, "1.000000000001e12", "1.000000000000e12 to 1.000000000002e12"},
		{-1234.6, -1234.56, -1234.51, "\u22121\u202f234.56", "\u22121\u202f234.60 to \u22121\u202f234.51"},
	} {
		group := &comparison.Group{Summary: statistics.Summary{Median: &c.median}, MedianInterval: &statistics.MedianInterval{
			Interval: statistics.Interval{Low: c.low, High: c.high},
		}}
		if median, interval := Median(group), Interval(group.MedianInterval.Interval); median != c.want || interval != c.interval {
			t.Errorf("%v, %v to %v is %q, %q; want %q, %q", c.median, c.low, c.high, median, interval, c.want, c.interval)
		}
		if group.MedianInterval = nil; Median(group) != Value(c.median) {
			t.Errorf("without an interval a median of %v is %q", c.median, Median(group))
		}
	}
}
