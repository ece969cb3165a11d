package comparison_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
)

func TestGroupsSayWhatTheirResultsAreOf(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 3, 1, 2)
	w.add(3, "y", make([]float64, comparison.MostValues+1)...)
	for i := range w.Items {
		w.Items[i].Value++
		w.Items[i].Label = fmt.Sprintf("cpu %d", i%2)
	}
	answer, err := comparison.Compare(t.Context(), question(domain.LowerBetter, comparison.ByFlavor), w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	large, small := answer.Groups.Items[0], answer.Groups.Items[1]
	if large.Values != nil || !slices.Equal(small.Values, []float64{2, 3, 4}) {
		t.Errorf("values are %v and %v", large.Values, small.Values)
	}
	if !slices.Equal(small.Machines, []string{"cpu 0", "cpu 1"}) || !slices.Equal(small.Resources, []float64{1}) {
		t.Errorf("machines are %v, resources %v", small.Machines, small.Resources)
	}
	if small.Newest != id('r', 2) || len(small.SiteIDs) != 1 || small.SiteIDs[0] != id('s', 1) {
		t.Errorf("the newest is %s, of the sites %v", small.Newest, small.SiteIDs)
	}
}

func TestASurveyCountsWhatResultsHaveInCommon(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2)
	w.add(2, "y", 3)
	w.add(3, "z", 4)
	for i := range w.Items {
		w.Items[i].Label = "one"
	}
	w.Items[0].Label = "other"
	survey, err := comparison.Survey(t.Context(), question(domain.LowerBetter).Question, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	sites := []comparison.Share{{ID: id('s', 1), Name: "A", Results: 3}, {ID: id('s', 2), Name: "B", Results: 1}}
	if !slices.Equal(survey.Sites, sites) {
		t.Errorf("sites are %v, want %v", survey.Sites, sites)
	}
	if survey.Machines[0] != (comparison.Share{Name: "one", Results: 3}) || len(survey.Machines) != 2 {
		t.Errorf("machines are %v", survey.Machines)
	}
	if !slices.Equal(survey.Resources, []comparison.ResourceShare{{1, 2}, {2, 1}, {3, 1}}) || survey.Flavors != 3 || survey.Uploaders != 4 {
		t.Errorf("resources are %v, of %d flavors and %d people", survey.Resources, survey.Flavors, survey.Uploaders)
	}
	if !survey.First.Equal(start) || !survey.Last.Equal(start.AddDate(0, 0, 3)) {
		t.Errorf("from %s to %s", survey.First, survey.Last)
	}
}

func TestTrendsNameOtherMachinesAndImages(t *testing.T) {
	w := newWorld()
	w.add(1, "x", 1, 2, 3, 4, 5)
	for i, run := range []struct{ label, image string }{{"old", "a"}, {"", ""}, {"old", "a"}, {"new", "a"}, {"new", "b"}} {
		w.Items[i].Label, w.Items[i].ImageDigest = run.label, run.image
	}
	answer, err := comparison.Follow(t.Context(), comparison.TrendQuestion{
		Question: question(domain.LowerBetter, comparison.ByFlavor).Question, Interval: comparison.Monthly,
	}, w.Measurements)
	if err != nil {
		t.Fatal(err)
	}
	course := answer.Groups[0]
	want := []comparison.Turn{{At: start.AddDate(0, 0, 3), Machine: "new"}, {At: start.AddDate(0, 0, 4), Image: true}}
	if !slices.Equal(course.Turns, want) {
		t.Errorf("turns are %v, want %v", course.Turns, want)
	}
	if len(course.Runs) != 5 || course.Runs[4].Value != 5 || course.Runs[4].ResultID != id('r', 4) {
		t.Errorf("runs are %v", course.Runs)
	}
}
