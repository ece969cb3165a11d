package api

import (
	"bytes"
	"testing"
)

// metricsContract continues contract by the operations of metrics and comparisons.
const metricsContract = `
ListPaths get /results:paths public - 200 Paths 404
ListMetrics get /benchmarks/{benchmark_id}/metrics public - 200 Metrics 404
SetMetrics put /benchmarks/{benchmark_id}/metrics user DeclareMetrics 204 - 400 401 403 404 413 415
CompareResults get /results:compare public - 200 Comparison 404
DistributionResults get /results:distribution public - 200 Distribution 404
SeriesResults get /results:series public - 200 Series 404
TrendResults get /results:trend public - 200 Trend 404
`

// metricsSchemas are the required fields of their schemas.
var metricsSchemas = map[string]string{
	"PathInfo":       "indexed metric path results share=double types",
	"PathValue":      "results value",
	"Paths":          "has_next has_prev items next_num page pages per_page prev_num total",
	"Metric":         "path",
	"Metrics":        "items",
	"DeclareMetrics": "metrics",
	"Warning":        "code message",
	"Comparison": "as_of=date-time baseline family group_by groups_total has_next has_prev items metric next_num page pages per_page " +
		"prev_num results set total ungrouped warnings",
	"Family": "R level=double m",
	"ComparedGroup": "cv=double first=date-time geometric_mean=double key last=date-time max=double mean=double median=double " +
		"median_interval min=double n percentile=double quartiles rank sd=double uploaders versus_baseline warnings",
	"VersusBase": "interval level=double material method p=double p_adjusted=double provisional sentence shift=double " +
		"shift_interval speedup=double superiority=double superiority_interval verdict",
	"Distribution":     "as_of=date-time group_by groups_total items metric results set ungrouped warnings",
	"DistributedGroup": "ecdf histogram key max=double min=double n quartiles warnings",
	"Histogram":        "counts edges",
	"Series":           "as_of=date-time color metric points results scaling set total ungrouped warnings x y",
	"Point":            "color result_id=uuid x y",
	"Scaling":          "amdahl cores power reason sentence show times",
	"PowerFit":         "c=double exponent=double exponent_interval r2=double",
	"AmdahlFit":        "a=double b=double r2=double serial_fraction=double serial_interval t1=double",
	"Trend":            "as_of=date-time group_by groups_total interval items metric results set ungrouped warnings",
	"GroupOverTime":    "changes intervals key n warnings",
	"TimeInterval":     "median=double n start=date",
	"Change": "after at=date-time before interval median_after=double median_before=double ratio=double result_id=uuid sentence " +
		"shift=double",
}

// The contract wants new operations behind the first ones, in the order of its section 7.
func TestAddedOperationsComeLastInTheDocument(t *testing.T) {
	document, err := withoutServices.register("/api/v1", noRoutes{})()
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, path := range []string{
		"/users:search", "/benchmarks/{benchmark_id}/metrics", "/results:compare", "/results:distribution", "/results:series", "/results:trend",
	} {
		next := bytes.Index(document, []byte(`"`+path+`":{`))
		if next < at {
			t.Errorf("%s stands at %d, want it behind the path before, which stands at %d", path, next, at)
		}
		at = next
	}
}
