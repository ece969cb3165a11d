package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// Metric is a number by which results can be compared.
//
//nolint:lll // a struct tag is one line
type Metric struct {
	Path        string  `json:"path" doc:"Where the number is in the results, dotted as in filters" example:"result.score"`
	Name        string  `json:"name,omitempty" doc:"What people call it" example:"Time"`
	Unit        string  `json:"unit,omitempty" doc:"Its unit" example:"s"`
	Better      string  `json:"better,omitempty" enum:"lower,higher,none" default:"none" doc:"Which values are good; with none groups are not compared"`
	Materiality float64 `json:"materiality" required:"false" minimum:"0" maximum:"0.5" default:"0.02" doc:"Share within which groups count as equivalent" example:"0.02"`
	Samples     string  `json:"samples,omitempty" doc:"Path of the repeats of one run: an array of numbers, or a text of numbers. Their median is the value of the result" example:"result.all_results"`
	Separator   string  `json:"separator,omitempty" doc:"What separates the numbers of that text; left out for any of : ; , | and blanks" example:":"`
	Resource    string  `json:"resource,omitempty" doc:"Path of the core count or the like" example:"machine.cpu.count"`
	Label       string  `json:"label,omitempty" doc:"Path of a text that describes the machine" example:"machine.cpu.brand_raw"`
	Default     bool    `json:"default,omitempty" doc:"Whether this metric is meant where a question names none" example:"true"`
	Source      string  `json:"source,omitempty" readOnly:"true" enum:"declared,schema,suggested" doc:"Who declared it: SetMetrics, the JSON Schema, or nobody; left out for a path that nobody declared"`
}

// Metrics are all metrics of a benchmark.
type Metrics struct {
	Items []Metric `json:"items" nullable:"false" doc:"The metrics, the default first"`
}

// DeclareMetrics is the body of SetMetrics.
type DeclareMetrics struct {
	Metrics []metricToDeclare `json:"metrics" nullable:"false" doc:"The metrics, in their order; none to withdraw all"`
}

// metricToDeclare is a Metric that the core reads.
type metricToDeclare struct{ json.RawMessage }

// Schema implements huma.SchemaProvider.
func (metricToDeclare) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[Metric](), true, "Metric")
}

func toMetric(m domain.Metric) Metric {
	return Metric{
		Path: m.Path, Name: m.Name, Unit: m.Unit, Better: string(m.Better), Materiality: m.Materiality, Samples: m.Samples,
		Separator: m.Separator, Resource: m.Resource, Label: m.Label, Default: m.Default, Source: string(m.Source),
	}
}

func toMetrics(metrics []domain.Metric) Metrics {
	items := make([]Metric, len(metrics))
	for i, m := range metrics {
		items[i] = toMetric(m)
	}
	return Metrics{items}
}

var forceMetrics = parameter.Boolean("force", "Declare also paths that no result of the benchmark has")

type metrics struct{ service *service.Metrics }

func (h metrics) resource() resource {
	return resource{
		schemas: map[string]string{
			"Metric":         "A number in the results of a benchmark by which they can be compared",
			"Metrics":        "All metrics of a benchmark",
			"DeclareMetrics": "The metrics of a benchmark, to declare",
		},
		operations: []openapi.Operation{
			{
				Operation: domain.ListMetrics,
				Method:    http.MethodGet,
				Path:      "/benchmarks/{benchmark_id}/metrics",
				PathID:    benchmarkID,
				Summary:   "List the metrics of a benchmark",
				Description: "Lists the numbers by which results of the benchmark can be compared, the default first: those that SetMetrics " +
					"declared, those that the JSON Schema declares by the keyword `metric` of a property, and as `suggested` the numeric " +
					"properties with `suggestToUser`. Of one path the first of these counts.",
				Handler: ok(h.list, toMetrics),
			},
			{
				Operation: domain.SetMetrics,
				Method:    http.MethodPut,
				Path:      "/benchmarks/{benchmark_id}/metrics",
				PathID:    benchmarkID,
				Summary:   "Declare the metrics of a benchmark",
				Description: "Replaces the metrics that were declared this way. Administrators may, and the uploader of the benchmark while it " +
					"is on review. Where the benchmark has results, a path that none of them has is refused, unless `force=true`. New names " +
					"and units follow the rules for names: printable, in normalization form C, without blanks at their ends.",
				Parameters: parameter.Join(forceMetrics),
				Errors: openapi.Errors{Invalid: []openapi.Example{
					openapi.SaysAt("unknown direction", "Must be one of: lower, higher, none.", "/metrics/0/better"),
					openapi.SaysAt("no such path",
						"No result of the benchmark has a value at this path; force=true declares it nevertheless.", "/metrics/0/path"),
				}},
				Handler: noContentFrom(h.set),
			},
		},
	}
}

func (h metrics) list(ctx context.Context, r *request) ([]domain.Metric, error) {
	return h.service.List(ctx, r.caller, r.id)
}

func (h metrics) set(ctx context.Context, r *request, _ DeclareMetrics) error {
	return h.service.Set(ctx, r.caller, r.id, r.document, forceMetrics.Of(r.query))
}
