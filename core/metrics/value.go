package metrics

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/statistics"
)

// Found are the JSON texts that a document has at the paths of a metric, nil where it has
// no value.
type Found struct{ Value, Samples, Resource, Label []byte }

// Measure sets value, resource and label of a measurement. The value is the median of the
// samples; without usable samples it is the number at the path. ok is false if there is
// neither.
func Measure(metric domain.Metric, found Found, m *domain.Measurement) (ok bool) {
	if m.Value, ok = medianOf(found.Samples, metric.Separator); !ok {
		if m.Value, ok = Number(found.Value); !ok {
			return false
		}
	}
	m.HasValue = true
	if resource, isNumber := Number(found.Resource); isNumber {
		m.Resource = &resource
	}
	m.Label = Text(found.Label)
	return true
}

// Number reads a JSON number, or a JSON string that is a number as filters understand it.
// ok is false for all other texts, and for numbers that statistics cannot take: their
// magnitude is neither 0 nor within 1e-300 and 1e300.
func Number(text []byte) (number float64, ok bool) {
	if len(text) == 0 {
		return 0, false
	}
	if number, ok := shortNumber(text); ok {
		return number, true
	}
	spelled := string(text)
	if text[0] == '"' {
		if json.Unmarshal(text, &spelled) != nil || !filter.IsNumericString(spelled) {
			return 0, false
		}
	}
	return usable(spelled)
}

func usable(spelled string) (number float64, ok bool) {
	number, err := strconv.ParseFloat(spelled, 64)
	if err != nil || statistics.Check([]float64{number}) != nil {
		return 0, false
	}
	if number == 0 {
		return 0, true // and not -0
	}
	return number, true
}

// Text reads a JSON string; it returns any other JSON text as it is spelled.
func Text(text []byte) string {
	var content string
	if len(text) > 0 && text[0] == '"' && json.Unmarshal(text, &content) == nil {
		return content
	}
	return string(text)
}

// fewSamples is how many samples are read without memory from the heap.
const fewSamples = 32

// medianOf is the median of samples: an array of numbers, a text of numbers with
// separators, or a single number. ok is false if one of them is not a number.
func medianOf(text []byte, separator string) (median float64, ok bool) {
	var buffer [fewSamples]float64
	samples, ok := shortSamples(buffer[:0], text, separator)
	if !ok {
		samples, ok = samplesOf(text, separator)
	}
	if !ok || len(samples) == 0 {
		return 0, false
	}
	median, err := statistics.MedianOf(samples)
	return median, err == nil
}

func samplesOf(text []byte, separator string) (samples []float64, ok bool) {
	if len(text) == 0 {
		return nil, false
	}
	var spelled []string
	switch text[0] {
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(text, &items) != nil {
			return nil, false
		}
		for _, item := range items {
			number, ok := Number(item)
			if !ok {
				return nil, false
			}
			samples = append(samples, number)
		}
		return samples, true
	case '"':
		spelled = split(Text(text), separator)
	default:
		spelled = []string{string(text)}
	}
	for _, word := range spelled {
		if !filter.IsNumericString(word) {
			return nil, false
		}
		number, ok := usable(word)
		if !ok {
			return nil, false
		}
		samples = append(samples, number)
	}
	return samples, true
}

const (
	blanks          = " \t\r\n"
	usualSeparators = ":;,|" + blanks
)

// split splits at the separator, or at any run of the usual ones if it is empty.
func split(text, separator string) []string {
	if separator == "" {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(usualSeparators, r) })
	}
	var words []string
	for word := range strings.SplitSeq(text, separator) {
		if word = strings.Trim(word, blanks); word != "" {
			words = append(words, word)
		}
	}
	return words
}
