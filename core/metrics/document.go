package metrics

import (
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// Reading is what one document says about a metric.
type Reading struct {
	domain.Measurement
	// Samples are the repeats of the run, nil if the document has none that can be read.
	Samples []float64
}

// Read measures a stored document. ok is false if it has no value of the metric.
func Read(metric domain.Metric, text []byte) (reading Reading, ok bool) {
	at := func(path string) []byte {
		if path == "" {
			return nil
		}
		return document.Find(text, Path(path))
	}
	found := Found{Value: at(metric.Path), Samples: at(metric.Samples), Resource: at(metric.Resource), Label: at(metric.Label)}
	if !Measure(metric, found, &reading.Measurement) {
		return reading, false
	}
	reading.Samples, _ = samplesOf(found.Samples, metric.Separator)
	return reading, true
}
