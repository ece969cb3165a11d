package measurements

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// metricColumns are the columns of result_metric that hold the values of a metric, in the
// order of pathsOf.
var metricColumns = [metricPaths]string{"value", "samples", "resource", "label"}

// fromIndex is the query that reads the values of one benchmark from result_metric; nil if the
// table may lack some of them. Where a value is too long for the table it reads the document.
func (r Reader) fromIndex(
	ctx context.Context, list resultlist.Reader, of ports.ResultQuery, metric domain.Metric, others []filter.Path,
) (*gorm.DB, error) {
	if of.Uploader != nil {
		return nil, nil
	}
	id, ok, err := r.filled(ctx, of.BenchmarkIDs[0], metric)
	if err != nil || !ok {
		return nil, err
	}
	columns := []string{
		"m.result_id", "m.site_id", "m.flavor_id", "m.uploader_sub", "m.uploader_iss", "m.upload_datetime", "m.execution_datetime",
		"m.image_digest",
	}
	var values []any
	own := pathsOf(metric, nil)
	column := func(i int) {
		if own[i] == nil {
			columns = append(columns, "NULL")
			return
		}
		columns = append(columns, "CASE WHEN m.whole THEN m."+metricColumns[i]+" ELSE (SELECT ? FROM result AS r WHERE r.id = m.result_id) END")
		values = append(values, r.valueAt("r.json", own[i]))
	}
	for i := range own {
		column(i)
	}
	for _, other := range others {
		i := indexOf(own, other)
		if i < 0 {
			return nil, nil // only documents have it
		}
		column(i)
	}
	where, err := r.ofIndex(ctx, list, of)
	if err != nil {
		return nil, err
	}
	where.Add("m.metric = ?", id)
	rows := r.Query(ctx).Table("result_metric AS m").Clauses(where.Where())
	return rows.Select(strings.Join(columns, ", "), values...).Order("m.result_id"), nil
}

func indexOf(paths []filter.Path, wanted filter.Path) int {
	for i, path := range paths {
		if path != nil && path.Equal(wanted) {
			return i
		}
	}
	return -1
}

// filled returns the id of the metric if result_metric has all of its values.
func (r Reader) filled(ctx context.Context, benchmarkID uuid.UUID, metric domain.Metric) (id int, ok bool, err error) {
	row, ok := rowOf(r.Dialect.MetricIndex, benchmarkID, metric)
	if !ok {
		return 0, false, nil
	}
	var ids []int
	err = r.Query(ctx).Table("metric_path").Where("benchmark_id = ? AND spec = ? AND filled", benchmarkID, row.Spec).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	return ids[0], true, nil
}

var readDerivation = statements.Text("read_derivation")

// derivation tells how far the values of a metric are derived; nil if all are, and for a metric
// whose values are never derived.
func (r Reader) derivation(ctx context.Context, benchmarkID uuid.UUID, metric domain.Metric) (*domain.Derivation, error) {
	row, ok := rowOf(r.Dialect.MetricIndex, benchmarkID, metric)
	if !ok || metric.Source == "" {
		return nil, nil //nolint:nilnil // documented
	}
	var found struct {
		Filled      bool
		Done, Total int
	}
	values := map[string]any{"benchmark": benchmarkID, "spec": row.Spec}
	if err := r.Query(ctx).Raw(readDerivation, values).Scan(&found).Error; err != nil || found.Filled {
		return nil, err
	}
	return &domain.Derivation{Done: min(found.Done, found.Total), Total: found.Total}, nil
}

// fewFlavors is the number of flavors whose results are found by an index of the table result, instead of among
// all of a metric.
const fewFlavors = 10

// ofIndex are the conditions of a question on rows of result_metric. Those that the table
// cannot answer are asked of the table result, and so are those on few flavors.
func (r Reader) ofIndex(ctx context.Context, list resultlist.Reader, of ports.ResultQuery) (where query.Conditions, err error) {
	ofFewFlavors := len(of.FlavorIDs) > 0 && len(of.FlavorIDs) <= fewFlavors
	byResult := len(of.Filters) > 0 || of.Where != nil || len(of.TagIDs) > 0 || len(of.Terms) > 0
	if byResult || ofFewFlavors {
		benchmarks := of.BenchmarkIDs
		if !byResult {
			// A benchmark has many more results than a flavor: its index would only add work.
			of.BenchmarkIDs = nil
		}
		chosen, err := list.Chosen(ctx, of)
		if err != nil {
			return nil, err
		}
		if !byResult {
			chosen = chosen.Where("(result.benchmark_id = ?) IS TRUE", benchmarks[0])
		}
		where.Add("m.result_id IN (?)", chosen.Select("result.id"))
		return where, nil
	}
	where.AnyID("m.site_id", of.SiteIDs)
	where.AnyID("m.flavor_id", of.FlavorIDs)
	where.Window("m.upload_datetime", of.Uploaded)
	where.Window("m.execution_datetime", of.Executed)
	where.UpTo("m.upload_datetime", of.AsOf)
	return where, nil
}
