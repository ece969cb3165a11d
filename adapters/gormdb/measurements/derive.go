package measurements

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

//go:embed sql/*.sql
var files embed.FS

var (
	statements = session.LoadStatements(files)

	fillMetric = statements.Text("fill_metric")
)

// metricPath is a row of the table metric_path.
type metricPath struct {
	ID          int
	BenchmarkID tables.Key
	// Spec are the paths of the metric as users write them. It tells rows apart.
	Spec string
	// paths are the paths as triggers read them, nil where the metric has none: of the value,
	// the samples, the resource and the label.
	paths [metricPaths]*string
}

// rowOf is the row of a metric; ok is false if triggers cannot derive its values.
func rowOf(index session.MetricIndex, benchmarkID uuid.UUID, metric domain.Metric) (row metricPath, ok bool) {
	row.BenchmarkID = tables.Key(benchmarkID)
	spec := [metricPaths]string{metric.Path, metric.Samples, metric.Resource, metric.Label}
	for i, text := range spec {
		path := metrics.Path(text)
		if text == "" && i > 0 {
			continue
		}
		if len(path) == 0 || path.LeadsNowhere() {
			return row, false
		}
		written, ok := index.Path(path)
		if !ok {
			return row, false
		}
		row.paths[i] = &written
	}
	text, err := json.Marshal(spec)
	row.Spec = string(text)
	return row, err == nil
}

// Derive makes triggers derive the values of all metrics that are declared, and derives those
// of the results that are there. Until it is done, questions read documents. It can be
// interrupted, and several programs may call it at once.
func Derive(ctx context.Context, database *session.Database, log *slog.Logger) error {
	var rows []tables.Benchmark
	if err := database.Session().Query(ctx).Select("id", "json_schema", "metrics").Find(&rows).Error; err != nil {
		return database.Failed(ctx, err, "read the metrics of all benchmarks")
	}
	for _, row := range rows {
		_, benchmark := row.Entity()
		if err := declare(ctx, database, benchmark); err != nil {
			return err
		}
	}
	var unfilled []metricPath
	err := database.Session().Query(ctx).Table("metric_path").Where("NOT filled").Order("id").Find(&unfilled).Error
	if err != nil {
		return database.Failed(ctx, err, "find the metrics without values")
	}
	for _, metric := range unfilled {
		if err := fill(ctx, database, metric, log); err != nil {
			return err
		}
	}
	return nil
}

// declare makes the rows of metric_path those of the benchmark. It locks the benchmark only if
// there is a difference: uploads under way have to end before there are new rows, and later
// ones see them.
func declare(ctx context.Context, database *session.Database, benchmark *domain.Benchmark) error {
	surplus, missing, err := differences(ctx, database.Session(), benchmark)
	if err != nil || len(surplus)+len(missing) == 0 {
		return database.Failed(ctx, err, "compare the metrics of benchmark %s", benchmark.ID)
	}
	return database.Do(ctx, func(ctx context.Context, in session.Session) error {
		_, err := Declare(ctx, in, benchmark.ID)
		return in.Failed(ctx, err, "declare the metrics of benchmark %s", benchmark.ID)
	})
}

// Declare makes the rows of metric_path those of the benchmark, in a unit of work, and derives the
// values of few results at once. complete is false if others are left to Derive.
func Declare(ctx context.Context, in session.Session, id uuid.UUID) (complete bool, err error) {
	var row tables.Benchmark
	err = in.Query(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return true, nil // it was removed meanwhile
	}
	if err != nil {
		return false, err
	}
	_, benchmark := row.Entity()
	surplus, missing, err := differences(ctx, in, benchmark)
	if err != nil || len(surplus)+len(missing) == 0 {
		return true, err
	}
	for _, old := range surplus {
		if err := in.Query(ctx).Exec("DELETE FROM result_metric WHERE metric = ?", old.ID).Error; err != nil {
			return false, err
		}
		if err := in.Query(ctx).Exec("DELETE FROM metric_path WHERE id = ?", old.ID).Error; err != nil {
			return false, err
		}
	}
	const insert = "INSERT INTO metric_path (benchmark_id, spec, value, samples, resource, label, filled) " +
		"VALUES (?, ?, ?, ?, ?, ?, NOT EXISTS (SELECT 1 FROM result WHERE benchmark_id = ?))"
	for _, m := range missing {
		err := in.Query(ctx).Exec(insert, m.BenchmarkID, m.Spec, m.paths[0], m.paths[1], m.paths[2], m.paths[3], m.BenchmarkID).Error
		if err != nil {
			return false, err
		}
	}
	return fillFew(ctx, in, id)
}

// fillFew derives the values of all metrics of a benchmark that lack them, if they are few.
func fillFew(ctx context.Context, in session.Session, id uuid.UUID) (complete bool, err error) {
	var unfilled []metricPath
	err = in.Query(ctx).Table("metric_path").Where("benchmark_id = ? AND NOT filled", id).Order("id").Find(&unfilled).Error
	if err != nil || len(unfilled) == 0 {
		return err == nil, err
	}
	var some []tables.Key
	most := fillSize / len(unfilled)
	err = in.Query(ctx).Table("result").Where("benchmark_id = ?", id).Limit(most+1).Pluck("id", &some).Error
	if err != nil || len(some) > most {
		return false, err
	}
	for _, metric := range unfilled {
		last, n := uuid.Nil, 1
		for n > 0 {
			if n, err = fillBatch(ctx, in, metric, &last); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// differences compares the rows of metric_path with the metrics of the benchmark.
func differences(ctx context.Context, in session.Session, benchmark *domain.Benchmark) (surplus, missing []metricPath, err error) {
	var have []metricPath
	if err := in.Query(ctx).Table("metric_path").Where("benchmark_id = ?", benchmark.ID).Find(&have).Error; err != nil {
		return nil, nil, err
	}
	var want []metricPath
	for _, metric := range metrics.Of(benchmark) {
		if row, ok := rowOf(in.Dialect.MetricIndex, benchmark.ID, metric); ok {
			want = append(want, row)
		}
	}
	isAmong := func(rows []metricPath) func(metricPath) bool {
		return func(row metricPath) bool {
			return slices.ContainsFunc(rows, func(other metricPath) bool { return other.Spec == row.Spec })
		}
	}
	return slices.DeleteFunc(slices.Clone(have), isAmong(want)), slices.DeleteFunc(slices.Clone(want), isAmong(have)), nil
}

// fillSize is the number of results whose values one transaction derives.
const fillSize = 1000

// progressEvery is after how many transactions the log says how far the work is.
const progressEvery = 10

// fill derives the values of one metric from the results that are there, in small
// transactions.
func fill(ctx context.Context, database *session.Database, metric metricPath, log *slog.Logger) error {
	done, last := 0, uuid.Nil
	for {
		n := 0
		err := database.Do(ctx, func(ctx context.Context, in session.Session) (err error) {
			n, err = fillBatch(ctx, in, metric, &last)
			return in.Failed(ctx, err, "derive the values of the metric %s of benchmark %s", metric.Spec, uuid.UUID(metric.BenchmarkID))
		})
		if err != nil {
			return err
		}
		done += n
		progress := log.With("benchmark", uuid.UUID(metric.BenchmarkID), "metric", metric.Spec, "results", done)
		if n == 0 {
			progress.InfoContext(ctx, "the values of a metric were derived")
			return nil
		}
		if done%(progressEvery*fillSize) == 0 {
			progress.InfoContext(ctx, "the values of a metric are being derived")
		}
	}
}

// fillBatch derives the values of the results after the last one, whose number it returns. A
// result is locked while its values are written, and so is the metric.
func fillBatch(ctx context.Context, in session.Session, metric metricPath, last *uuid.UUID) (n int, err error) {
	share := clause.Locking{Strength: "SHARE"}
	var there []int
	err = in.Query(ctx).Table("metric_path").Clauses(share).Where("id = ?", metric.ID).Pluck("id", &there).Error
	if err != nil || len(there) == 0 {
		return 0, err
	}
	var ids []tables.Key
	err = in.Query(ctx).Table("result").Clauses(share).Where("benchmark_id = ? AND id > ?", metric.BenchmarkID, *last).
		Order("id").Limit(fillSize).Pluck("id", &ids).Error
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, in.Query(ctx).Exec("UPDATE metric_path SET filled = TRUE WHERE id = ?", metric.ID).Error
	}
	first := *last
	*last = uuid.UUID(ids[len(ids)-1])
	values := map[string]any{"metric": metric.ID, "after": first, "last": *last}
	if err := in.Query(ctx).Exec(fillMetric, values).Error; err != nil {
		*last = first
		return 0, fmt.Errorf("fill: %w", err)
	}
	return len(ids), nil
}
