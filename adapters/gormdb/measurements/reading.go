package measurements

import (
	"context"
	"slices"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// reading turns rows into measurements.
type reading struct {
	metric domain.Metric
	// all: results without a value are wanted too.
	all    bool
	memory ports.Share
	items  []domain.Measurement
	// rows is the number of results, those without a value too.
	rows int
	// known shares equal texts between measurements, and labels those that are written alike.
	known, labels map[string]string
	// texts is the length of the texts for which no memory was taken yet.
	texts int
	// others is where the further values of the next measurements go.
	others []string
}

const metricPaths = 4

func newReading(metric domain.Metric, q ports.MeasurementQuery, memory ports.Share) *reading {
	return &reading{metric: metric, all: q.All, memory: memory, known: map[string]string{}, labels: map[string]string{}}
}

const (
	// measurementSize is about what a measurement takes in memory without its texts, in bytes.
	measurementSize = 300
	// leastItems is the number of measurements for which there is memory at first.
	leastItems = 256
	// memoryEvery is for how many measurements together memory is taken.
	memoryEvery = 64
)

// take adds the row that was read, if it has a value of the metric.
func (r *reading) take(ctx context.Context, row *session.MetricRow) error {
	r.rows++
	item := domain.Measurement{
		ResultID: row.ResultID, SiteID: row.SiteID, FlavorID: row.FlavorID, UploadedAt: row.Uploaded, ExecutedAt: row.Executed,
	}
	found := metrics.Found{Value: row.Texts[0], Samples: row.Texts[1], Resource: row.Texts[2]}
	if !metrics.Measure(r.metric, found, &item) && !r.all {
		return nil
	}
	item.Uploader = domain.UserID{Subject: r.share(row.Subject), Issuer: r.share(row.Issuer)}
	item.ImageDigest, item.Label = r.share(row.Digest), r.label(row.Texts[3], item.HasValue)
	if others := row.Texts[metricPaths:]; len(others) > 0 {
		item.Others = r.further(others)
	}
	if len(r.items) == cap(r.items) { // append would copy large lists five times
		r.items = slices.Grow(r.items, max(leastItems, len(r.items)))
	}
	r.items = append(r.items, item)
	if r.memory == nil || len(r.items)%memoryEvery != 1 {
		return nil
	}
	texts := r.texts
	r.texts = 0
	return r.memory.Take(ctx, memoryEvery*measurementSize+texts)
}

func (r *reading) share(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if known, ok := r.known[string(text)]; ok {
		return known
	}
	known := string(text)
	r.known[known] = known
	r.texts += len(text)
	return known
}

// label reads the label of a result that was measured.
func (r *reading) label(text []byte, measured bool) string {
	if len(text) == 0 || len(text) > domain.LongestLabel || !measured {
		return ""
	}
	known, ok := r.labels[string(text)]
	if !ok {
		known = metrics.Text(text)
		r.labels[string(text)] = known
	}
	return known
}

// further shares the memory of lists of texts between many measurements.
func (r *reading) further(texts [][]byte) []string {
	const together = 512
	if len(r.others) < len(texts) {
		r.others = make([]string, together*len(texts))
	}
	list := r.others[:len(texts):len(texts)]
	r.others = r.others[len(texts):]
	for i, text := range texts {
		if len(text) <= domain.LongestLabel {
			list[i] = r.share(text)
		}
	}
	return list
}
