package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
)

// metricWriter writes the rows of result_metric of new results, in a transaction: those that the
// view result_metric_derived has, byte for byte. It leaves benchmarks and documents to the trigger
// where that is not certain.
type metricWriter struct {
	gorm.ConnPool

	// known are the metrics of the benchmarks that were met.
	known map[tables.Key]*metricPaths
	// added are the values of rows that flush writes.
	added []any
}

var (
	readMetrics   = statements.Text("read_metrics")
	insertMetrics = newInsertion("insert_metrics")
	writtenPaths  = &parsed[*metricPaths]{parse: parseMetrics}
)

func newMetricWriter(tx gorm.ConnPool) *metricWriter {
	return &metricWriter{ConnPool: tx, known: map[tables.Key]*metricPaths{}}
}

// metricPaths are the metrics of a benchmark.
type metricPaths struct {
	ids []int64
	// paths are columnPaths places for each of them, to find all values in a document in one pass.
	paths *leaves
}

const (
	// columnPaths is the number of paths of a metric: of the value, samples, resource and label.
	columnPaths = 4
	// maxWhole bounds the bytes of the texts of a row that is whole, see result_metric_derived.
	maxWhole = 2000
)

// parseMetrics reads a JSON array of the columns of metric_path. It returns no metrics if one of
// them has a path that SQLite might understand otherwise.
func parseMetrics(text string) (*metricPaths, error) {
	var rows [][1 + columnPaths]any
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("read the metrics: %w", err)
	}
	found := &metricPaths{paths: &leaves{all: make([]leaf, columnPaths*len(rows))}}
	for i, row := range rows {
		id, _ := row[0].(float64)
		found.ids = append(found.ids, int64(id))
		for j, written := range row[1:] {
			if written == nil {
				continue
			}
			text, _ := written.(string)
			path, ok := parseMetricPath(text)
			if !ok {
				return &metricPaths{}, nil
			}
			found.paths.tree.add(path, columnPaths*i+j)
		}
	}
	return found, nil
}

// parseMetricPath reads a path that metricIndex wrote. ok is false if it has other characters than
// those of ASCII, whose escapes in documents matter to SQLite.
func parseMetricPath(written string) (path filter.Path, ok bool) {
	for _, c := range []byte(written) {
		if c < ' ' || c > '~' {
			return nil, false
		}
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(written, `$."`), `"`)
	path = filter.Names(strings.Split(inner, `"."`)...)
	again, ok := metricIndex{}.Path(path)
	return path, ok && again == written && !path.LeadsNowhere()
}

func (w *metricWriter) metricsOf(ctx context.Context, benchmark tables.Key) (*metricPaths, error) {
	if known := w.known[benchmark]; known != nil {
		return known, nil
	}
	var text string
	if err := w.QueryRowContext(ctx, readMetrics, benchmark).Scan(&text); err != nil {
		return nil, fmt.Errorf("read the metrics of a benchmark: %w", err)
	}
	found, err := writtenPaths.get(text)
	w.known[benchmark] = found
	return found, err
}

// derivedMetrics are the texts of a document's values, with the metrics that were known: columnPaths for
// each metric, nil for a row that is not whole.
type derivedMetrics struct {
	by    *metricPaths
	texts [][]any
}

// derive returns nil if the metrics are not known. There are no texts if SQLite has to derive them: it
// has no values in a text that is not JSON.
func (m *metricPaths) derive(document []byte) *derivedMetrics {
	if m == nil {
		return nil
	}
	derived := &derivedMetrics{by: m}
	if len(m.ids) == 0 || !jsontext.Value(document).IsValid() {
		return derived
	}
	values := m.paths.find(document)
	for i := range m.ids {
		derived.texts = append(derived.texts, metricTexts(values[columnPaths*i:columnPaths*(i+1)]))
	}
	return derived
}

// write makes the rows of a result, and leaves them to flush. Derived is what was derived from its
// document before, nil for nothing.
func (w *metricWriter) write(ctx context.Context, row tables.Result, derived *derivedMetrics) error {
	metrics, err := w.metricsOf(ctx, row.BenchmarkID)
	if err != nil {
		return err
	}
	if derived == nil || derived.by != metrics {
		derived = metrics.derive(row.JSON)
	}
	for i, texts := range derived.texts {
		w.added = append(w.added, metrics.ids[i], uuid.UUID(row.ID).String(), row.SiteID, row.FlavorID, row.Upload.UploaderSub,
			row.Upload.UploaderIss, row.Upload.UploadDatetime, row.ExecutionDatetime, texts != nil)
		for j := range columnPaths {
			var text any
			if texts != nil {
				text = texts[j]
			}
			w.added = append(w.added, text)
		}
		w.added = append(w.added, row.ImageDigest)
	}
	return nil
}

// metricTexts are the texts of the values, as SQLite writes them: nil for none, without blanks
// outside of strings. The result is nil if they are too long for a row.
func metricTexts(values []jsontext.Value) []any {
	texts, length := make([]any, len(values)), 0
	for i, value := range values {
		if value == nil {
			continue
		}
		compact := value.Clone()
		if err := compact.Compact(); err != nil {
			return nil
		}
		texts[i] = string(compact)
		length += len(compact)
	}
	if length > maxWhole {
		return nil
	}
	return texts
}

// flush writes the rows of all results.
func (w *metricWriter) flush(ctx context.Context) error {
	values := w.added
	w.added = nil
	return insertMetrics.run(ctx, w.ConnPool, values)
}
