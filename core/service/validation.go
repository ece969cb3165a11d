package service

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/statistics"
	"github.com/eosc-perf/backend/ports"
)

const (
	// maxViolations and maxNumericTexts bound what a validation tells.
	maxViolations   = 100
	maxNumericTexts = 20
	// longestPlace is how many bytes of a place in the document a warning shows.
	longestPlace = 200
)

// Draft is a result that is not uploaded yet. All but the benchmark may be missing.
type Draft struct {
	BenchmarkID uuid.UUID
	ExecutedAt  *ExecutionTime
	FlavorID    *uuid.UUID
	TagIDs      []uuid.UUID
	Document    document.Value
}

// ValidationWarning is something about a draft that is not refused, but worth a look.
type ValidationWarning struct {
	Code, Message string
	// ResultID is the result that the warning is about; uuid.Nil for none.
	ResultID uuid.UUID
}

// Validation is what would become of a draft.
type Validation struct {
	// Violations are in the order of the document, at most 100.
	Violations []domain.Violation
	Warnings   []ValidationWarning
}

func (v *Validation) warn(code, format string, args ...any) {
	v.Warnings = append(v.Warnings, ValidationWarning{Code: code, Message: fmt.Sprintf(format, args...)})
}

// Validate checks a draft without storing it: all violations of the benchmark's schema at
// once, and warnings. Errors, as those of Create: Invalid for the time of execution; NotFound
// for an entity; Invalid for a schema that cannot be used.
func (s *Results) Validate(ctx context.Context, caller domain.Caller, in Draft) (Validation, error) {
	v := Validation{}
	if err := caller.May(domain.ValidateResult); err != nil {
		return v, err
	}
	if in.ExecutedAt != nil {
		at, err := in.ExecutedAt.check(s.clock.Now())
		if err != nil {
			return v, err
		}
		in.ExecutedAt.Time = at
	}
	r := s.storage.Repos()
	benchmark, err := r.Benchmarks.Get(ctx, in.BenchmarkID)
	if err != nil {
		return v, missing(err, "Benchmark", in.BenchmarkID)
	}
	if !benchmark.IsApproved() {
		v.warn("benchmark_not_approved", "The benchmark is on review: it takes no results yet.")
	}
	if err := v.checkFlavor(ctx, r, in.FlavorID); err != nil {
		return v, err
	}
	if err := v.checkTags(ctx, r, in.TagIDs); err != nil {
		return v, err
	}
	if v.Violations, err = s.schemas.Violations(ctx, benchmark.JSONSchema, in.Document, maxViolations); err != nil {
		return v, err
	}
	if err := v.checkContent(ctx, r, in); err != nil {
		return v, err
	}
	v.checkTexts(in.Document)
	err = s.checkMetrics(ctx, r, &v, benchmark, in.Document)
	return v, err
}

func (v *Validation) checkFlavor(ctx context.Context, r ports.Repos, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	flavor, err := r.Flavors.Get(ctx, *id)
	if err != nil {
		return missing(err, "Flavor", *id)
	}
	if !flavor.IsApproved() {
		v.warn("flavor_not_approved", "The flavor is on review: it takes no results yet.")
	}
	site, err := r.Sites.Get(ctx, flavor.SiteID)
	if err != nil {
		return missing(err, "Site", flavor.SiteID)
	}
	if !site.IsApproved() {
		v.warn("site_not_approved", "The site of the flavor is on review: it takes no results yet.")
	}
	return nil
}

// checkTags looks for other tags whose names look like those of the draft's: the uploader may
// have meant one of them.
func (v *Validation) checkTags(ctx context.Context, r ports.Repos, ids []uuid.UUID) error {
	tags, err := allTags(ctx, r, ids)
	if err != nil || len(tags) == 0 {
		return err
	}
	found := 0
	for _, tag := range tags {
		alike, err := r.Tags.Alike(ctx, tag.Name, maxAlike+1) // itself, too
		if err != nil {
			return err
		}
		for _, other := range alike {
			if found < maxAlike && other.ID != tag.ID {
				found++
				v.warn("similar_tag", "Tag %s (%s) looks like tag %s (%s): choose the one that you mean.",
					written(tag.Name), tag.ID, written(other.Name), other.ID)
			}
		}
	}
	return nil
}

// checkContent looks for results of the same content, of anybody.
func (v *Validation) checkContent(ctx context.Context, r ports.Repos, in Draft) error {
	if in.ExecutedAt == nil || in.FlavorID == nil {
		return nil
	}
	const most = 1
	ids, err := r.Results.OfDigest(ctx, digest(in.BenchmarkID, *in.FlavorID, in.ExecutedAt.Time, in.Document), most)
	if err != nil {
		return err
	}
	for _, id := range ids {
		v.warn("same_content", "Result %s has this content already.", id)
		v.Warnings[len(v.Warnings)-1].ResultID = id
	}
	return nil
}

// checkTexts looks for texts that are numbers.
func (v *Validation) checkTexts(value document.Value) {
	var shown []string
	var path []step
	count := 0
	var visit func(value document.Value)
	visit = func(value document.Value) {
		switch value.Kind() {
		case document.String:
			if !filter.IsNumericString(value.Text()) {
				return
			}
			if count++; count <= maxNumericTexts {
				shown = append(shown, placeOf(path))
			}
		case document.Object, document.Array:
			for i := range value.Len() {
				path = append(path, step{value, i})
				visit(value.Item(i))
				path = path[:len(path)-1]
			}
		case document.Null, document.False, document.True, document.Number:
		}
	}
	visit(value)
	if count == 0 {
		return
	}
	places := strings.Join(shown, ", ")
	if count > len(shown) {
		places += fmt.Sprintf(" and %d more", count-len(shown))
	}
	v.warn("number_as_text", "Numbers are written as texts, in quotes: %s.", places)
}

// step leads from an object or array to one of its parts.
type step struct {
	in    document.Value
	index int
}

// placeOf is the JSON Pointer to the end of the path, cut if it is long.
func placeOf(path []step) string {
	var b strings.Builder
	for _, at := range path {
		token := strconv.Itoa(at.index)
		if at.in.Kind() == document.Object {
			token = at.in.Name(at.index)
			token = strings.NewReplacer("~", "~0", "/", "~1").Replace(token[:min(len(token), longestPlace)])
		}
		if b.WriteString("/" + token); b.Len() > longestPlace {
			return strings.ToValidUTF8(b.String()[:longestPlace], "") + "..."
		}
	}
	return b.String()
}

// checkMetrics compares the values of the benchmark's metrics with those of its results.
func (s *Results) checkMetrics(
	ctx context.Context, r ports.Repos, v *Validation, benchmark *domain.Benchmark, value document.Value,
) error {
	for _, metric := range metrics.Of(benchmark) {
		if selects(metric) {
			continue
		}
		m := domain.Measurement{}
		at := func(path string) []byte { return textAt(value, path) }
		found := metrics.Found{Value: at(metric.Path), Samples: at(metric.Samples), Resource: at(metric.Resource), Label: at(metric.Label)}
		if !metrics.Measure(metric, found, &m) {
			v.warn("metric_missing", "The document has no number at %s, which is a metric of the benchmark.", metric.Path)
			continue
		}
		known, err := s.neighbors(ctx, r, benchmark.ID, metric)
		if err != nil {
			return err
		}
		if score, isFar := known.Distance(m.Value); isFar {
			v.warn("far_from_others", "%s is %g, which is far from the other results of the benchmark: %.1f robust standard deviations.",
				metric.Path, m.Value, math.Min(score, 1e6))
		}
	}
	return nil
}

// neighbors are the values of a metric in the results of a benchmark.
type neighbors struct {
	statistics.Neighbors

	isFinal bool
}

// IsFinal tells whether the values of all results were derived.
func (n neighbors) IsFinal() bool { return n.isFinal }

// neighbors reads the values of the metric, unless the results are the same as before.
func (s *Results) neighbors(ctx context.Context, r ports.Repos, benchmarkID uuid.UUID, metric domain.Metric) (neighbors, error) {
	question := asking{domain.ValidateResult, fmt.Sprintf("%s %+v", benchmarkID, metric), []uuid.UUID{benchmarkID}}
	return ask(ctx, s.answers, r.Measurements, question, func(neighbors) int { return 1 }, func() (neighbors, error) {
		known, err := r.Measurements.Measure(ctx, ports.MeasurementQuery{
			ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{benchmarkID}}, Metrics: []domain.Metric{metric},
		})
		if err != nil {
			return neighbors{}, err
		}
		values := make([]float64, len(known.Items))
		for i, item := range known.Items {
			values[i] = item.Value
		}
		return neighbors{statistics.NewNeighbors(values), known.Deriving == nil}, nil
	})
}

// selects tells whether a path of the metric selects an element by what it holds: only the
// database finds that one.
func selects(metric domain.Metric) bool {
	isSelector := func(part filter.Part) bool { return part.Any || part.Match != nil }
	return slices.ContainsFunc(metrics.Path(metric.Path), isSelector) || slices.ContainsFunc(metrics.Path(metric.Samples), isSelector)
}

// textAt returns the JSON text at the path, nil if there is none.
func textAt(value document.Value, path string) []byte {
	if path == "" {
		return nil
	}
	for _, part := range metrics.Path(path) {
		next, ok := value.Get(part.Name)
		if index, err := strconv.Atoi(part.Name); err == nil && value.Kind() == document.Array && index >= 0 && index < value.Len() {
			next, ok = value.Item(index), true
		}
		if !ok {
			return nil
		}
		value = next
	}
	return value.Append(nil)
}
