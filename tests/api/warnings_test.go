package api_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
)

// run is a result of one flavor.
type run struct {
	as    string
	value float64
	at    time.Time
}

// runsOf are results of these people in turn, a day after each other, the last one lately.
func runsOf(people string, values ...float64) []run {
	runs := make([]run, len(values))
	names := strings.Fields(people)
	for i, v := range values {
		runs[i] = run{names[i%len(names)], v, time.Now().UTC().AddDate(0, 0, i-len(values))}
	}
	return runs
}

// moved are the runs in other times.
func moved(runs []run, to func(i int) time.Time) []run {
	for i := range runs {
		runs[i].at = to(i)
	}
	return runs
}

// warned is a benchmark of which each flavor is an example of warnings.
type warned struct {
	bench
	site    string
	flavors map[string]string
}

func newWarned(t *testing.T, s *harness.Server, name string) warned {
	w := warned{bench: newBench(t, s, name), flavors: map[string]string{}}
	w.site = s.Post("alice", "/sites", fmt.Sprintf(`{"name":"%s examples","address":"a"}`, name)).Want(t, 201).ID(t)
	s.Post("admin", "/sites/"+w.site+":approve", "").Want(t, 204)
	return w
}

// flavor makes a flavor of the name with these results.
func (w warned) flavor(t *testing.T, name string, runs []run) {
	t.Helper()
	id := w.s.Post("alice", "/sites/"+w.site+"/flavors", fmt.Sprintf(`{"name":%q}`, name)).Want(t, 201).ID(t)
	w.s.Post("admin", "/flavors/"+id+":approve", "").Want(t, 204)
	w.flavors[name] = id
	people := map[string][]string{}
	for _, r := range runs {
		people[r.as] = append(people[r.as], fmt.Sprintf(`{"execution_datetime":%q,"benchmark_id":%q,"flavor_id":%q,"json":{"t":%v}}`,
			r.at.Format(time.RFC3339Nano), w.benchmark, id, r.value))
	}
	for as, items := range people {
		w.s.Post(as, "/results:batch", "["+strings.Join(items, ",")+"]").Want(t, 200)
	}
}

// spread are n values between two, as the quantiles of a distribution whose inverse this is.
func spread(n int, inverse func(p float64) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = inverse((float64(i) + 0.5) / float64(n))
	}
	return values
}

// Each warning of a group has a question whose answer has it, with its words.
func TestWarningsOfGroups(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newWarned(t, s, "warned")
		even := func(p float64) float64 { return 100 + p }
		far := func(p float64) float64 { return 200 + p }
		mixed := func(values []float64) []float64 { // in an order that has no trend
			for i := range values {
				j := i * 7 % len(values)
				values[i], values[j] = values[j], values[i]
			}
			return values
		}
		examples := map[string]struct {
			runs []run
			code string
			text string
		}{
			"few":     {runsOf("alice bob", 1, 1.1, 1.2, 1.3, 1.4), "few_results", "Fewer than 6 results: there is no 95 % interval of the median."},
			"same":    {runsOf("alice bob", 5, 5, 5, 5), "constant", "All results are equal."},
			"alone":   {runsOf("alice", 1, 1.1), "single_uploader", "All results are from one uploader."},
			"most of": {runsOf("alice alice alice bob", mixed(spread(8, even))...), "few_uploaders", "Most results are from one uploader"},
			"one day": {
				moved(runsOf("alice bob alice", mixed(spread(9, even))...), func(int) time.Time { return time.Now().UTC() }),
				"dominant_session", "More than half of the results are from one uploader on one day",
			},
			"old": {
				moved(runsOf("alice bob", mixed(spread(8, even))...), func(i int) time.Time { return time.Now().UTC().AddDate(-2, 0, -i) }),
				"stale", "The newest result is older than a year.",
			},
			"far": {runsOf("alice bob", 1, 1.1, 0.9, 1.05, 0.95, 100), "outliers", "Some results are far from the others. They count."},
			"modes": {
				runsOf("alice bob", mixed(append(spread(12, even), spread(12, far)...))...),
				"multimodal", "Two or more groups of speeds are mixed: look at flavor, version or node.",
			},
			"rising": {runsOf("alice bob", spread(20, func(p float64) float64 { return 100 + 50*p })...), "trend", "The results rise"},
		}
		for name, example := range examples {
			w.flavor(t, name, example.runs)
		}
		for name, example := range examples {
			got := w.ask("compare", "&flavor_id="+w.flavors[name]).Want(t, 200).Items(t)[0]["warnings"]
			text := harness.AsJSON(t, got)
			if !strings.Contains(text, `{"code":"`+example.code+`","message":"`+example.text) {
				t.Errorf("%s: %s, want %s: %s", name, text, example.code, example.text)
			}
		}
		// Nothing to warn of.
		w.flavor(t, "steady", runsOf("alice bob", mixed(spread(8, even))...))
		if got := harness.AsJSON(t, w.ask("compare", "&flavor_id="+w.flavors["steady"]).Items(t)[0]["warnings"]); got != "[]" {
			t.Errorf("steady: %s", got)
		}
	})
}

// Each warning of a comparison has a question whose answer has it.
func TestWarningsOfComparisons(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newWarned(t, s, "versus")
		exponential := func(p float64) float64 { return -math.Log(1 - p) }
		w.flavor(t, "left", runsOf("alice bob", spread(200, func(p float64) float64 { return 10 + exponential(p) })...))
		w.flavor(t, "right", runsOf("alice bob", spread(200, func(p float64) float64 { return 14 - exponential(p) })...))
		w.flavor(t, "noisy", runsOf("alice bob", spread(6, func(p float64) float64 { return 20 + 10*p })...))
		w.flavor(t, "steady", runsOf("alice bob", spread(30, func(p float64) float64 { return 40 + 0.1*p })...))
		w.flavor(t, "four", runsOf("alice bob", 1, 1.1, 1.2, 1.3))
		w.flavor(t, "more", runsOf("alice bob", 2, 2.1, 2.2, 2.3))
		pair := func(a, b, field string) string {
			answer := w.ask("compare", "&flavor_id="+w.flavors[a]+"&flavor_id="+w.flavors[b]+"&baseline="+w.flavors[b]).Want(t, 200)
			for _, item := range answer.Items(t) {
				if versus, ok := item["versus_baseline"].(map[string]any); ok {
					if field == "" {
						return harness.AsJSON(t, item["warnings"])
					}
					return fmt.Sprint(versus[field])
				}
			}
			return answer.String()
		}
		for _, c := range []struct{ a, b, field, want string }{
			{"left", "right", "", `{"code":"shape","message":"The groups differ by more than a factor: ` +
				`the ratio of their medians is outside the interval."}`},
			{"left", "right", "method", "hodges_lehmann"},
			{"noisy", "steady", "", `{"code":"unequal_spread","message":"The smaller group varies more: the medians are compared."}`},
			{"noisy", "steady", "method", "medians"},
			{"four", "more", "", `{"code":"one_result_decides","message":"Leaving out one of the results would change the verdict."}`},
			{"four", "more", "verdict", "faster"},
			{"four", "more", "provisional", "true"},
		} {
			if got := pair(c.a, c.b, c.field); !strings.Contains(got, c.want) {
				t.Errorf("%s and %s, %s: %s, want %s", c.a, c.b, c.field, got, c.want)
			}
		}
		for _, c := range []struct{ question, code string }{
			{"&group_by=month", "mixed_machine"}, {"&group_by=tag&tags_ids=" + w.tagged(t), "overlap"},
		} {
			if got := codesOf(t, w.ask("compare", c.question).Want(t, 200)); !slices.Contains(got, c.code) {
				t.Errorf("%s: %v, want %s", c.question, got, c.code)
			}
		}
	})
}

// tagged gives a second tag to some results, and returns it.
func (w warned) tagged(t *testing.T) string {
	t.Helper()
	second := w.s.Post("alice", "/tags", `{"name":"second"}`).Want(t, 201).ID(t)
	for _, item := range w.s.Get("/results?per_page=5&benchmark_id=" + w.benchmark + "&tags_ids=" + w.t).Items(t) {
		body := fmt.Sprintf(`{"tags_ids":[%q,%q]}`, w.t, second)
		w.s.Do(harness.Call{Method: "PUT", Path: fmt.Sprintf("/results/%v/tags", item["id"]), As: "alice", Body: body}).Want(t, 204)
	}
	return second
}

// codesOf are the codes of the warnings of a whole answer.
func codesOf(t *testing.T, answer harness.Answer) (codes []string) {
	t.Helper()
	list, _ := answer.Object(t)["warnings"].([]any)
	for _, one := range list {
		warning, _ := one.(map[string]any)
		codes = append(codes, fmt.Sprint(warning["code"]))
	}
	return codes
}

// Versions side by side are of several versions and units.
func TestWarningsOfVersions(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newBench(t, s, "version")
		second := s.Post("alice", "/benchmarks", fmt.Sprintf(`{"docker_image":"version","docker_tag":"2","url":"https://x","json_schema":%s}`,
			strings.Replace(timeSchema, `"unit": "s"`, `"unit": "ms"`, 1))).Want(t, 201).ID(t)
		s.Post("admin", "/benchmarks/"+second+":approve", "").Want(t, 204)
		for i := range 6 {
			s.Post("alice", fmt.Sprintf("/results?execution_datetime=2024-02-0%dT00:00:00Z&benchmark_id=%s&flavor_id=%s", i+1, second, w.a),
				fmt.Sprintf(`{"t":%d}`, 100000+1000*i)).Want(t, 201)
		}
		got := codesOf(t, w.ask("compare", "&benchmark_id="+second).Want(t, 200))
		for _, code := range []string{"mixed_version", "mixed_unit"} {
			if !slices.Contains(got, code) {
				t.Errorf("%v, want %s", got, code)
			}
		}
		// By benchmark, the versions are the question.
		byVersion := w.ask("compare", "&group_by=benchmark&benchmark_id="+second).Want(t, 200)
		if got := codesOf(t, byVersion); slices.Contains(got, "mixed_version") || len(byVersion.Items(t)) != 2 {
			t.Errorf("%v: %s", got, byVersion)
		}
	})
}

// While the values of a metric are derived anew, answers are complete, and say how far the work is.
func TestAnswersWhileAMetricIsDerived(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		w := newWarned(t, s, "deriving")
		const batches, each = 4, 1000
		flavor := w.a
		for b := range batches {
			items := make([]string, each)
			for i := range items {
				at := time.Date(2024, 1, 1, 0, 0, b*each+i, 0, time.UTC)
				items[i] = fmt.Sprintf(`{"execution_datetime":%q,"benchmark_id":%q,"flavor_id":%q,"json":{"t":%d,"cores":2}}`,
					at.Format(time.RFC3339), w.benchmark, flavor, 1+b*each+i)
			}
			s.Post("alice", "/results:batch", "["+strings.Join(items, ",")+"]").Want(t, 200)
		}
		const all = batches*each + 12
		metrics := "/benchmarks/" + w.benchmark + "/metrics"
		seen := ""
		for round := 0; seen == "" && round < 20; round++ {
			// Another spelling of the declaration each time, so that its values are derived again.
			path := []string{"cores", "nowhere"}[round%2]
			s.Do(harness.Call{Method: "PUT", Path: metrics + "?force=true", As: "admin", Body: fmt.Sprintf(
				`{"metrics":[{"path":"t","unit":"s","better":"lower","resource":%q,"default":true}]}`, path)}).Want(t, 204)
			answer := w.ask("compare", "").Want(t, 200)
			if got := answer.Object(t)["results"]; got != float64(all) {
				t.Fatalf("%v results while the metric is derived, want %d", got, all)
			}
			if slices.Contains(codesOf(t, answer), "deriving") {
				seen = answer.Body
			}
		}
		const words = `{"code":"deriving","message":"The values of this metric are still being derived. ` +
			`Until they are, answers are read from the documents: complete, but slower. `
		_, rest, found := strings.Cut(seen, words)
		var done, total int
		if n, _ := fmt.Sscanf(rest, "%d of %d results are done.", &done, &total); !found || n != 2 || total != all || done > total {
			t.Errorf("the answer while the metric is derived: %.300s ... %.60s", seen, rest)
		}
		for end := time.Now().Add(time.Minute); slices.Contains(codesOf(t, w.ask("compare", "")), "deriving"); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the values are not derived after a minute")
			}
		}
		for operation, more := range map[string]string{"distribution": "", "trend": "&interval=month", "series": "&x=execution_datetime"} {
			if got := w.ask(operation, more).Object(t)["results"]; got != float64(all) {
				t.Errorf("%s: %v results", operation, got)
			}
		}
		// A series of more points than its limit says how many it has.
		series := w.ask("series", "&x=execution_datetime&limit=100").Want(t, 200)
		if !strings.Contains(series.Body, fmt.Sprintf(`{"code":"thinned","message":"100 of %d points are here, evenly along x."}`, all)) ||
			series.Object(t)["total"] != float64(all) {
			t.Errorf("%.600s ... %s", series.Body, series.Body[max(0, len(series.Body)-300):])
		}
		if got := codesOf(t, w.ask("series", "&x=execution_datetime&limit=5000")); slices.Contains(got, "thinned") {
			t.Errorf("a series of all points is thinned: %v", got)
		}
	})
}
