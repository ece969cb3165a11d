package metrics

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/name"
)

const (
	maxTextLength = 200
	// maxPathParts bounds paths as those of filters are by default.
	maxPathParts = 32
)

// members set the fields of a metric by their names in JSON. They return what is wrong
// with the value, "" for nothing.
var members = map[string]func(m *domain.Metric, value any) string{
	"name":      func(m *domain.Metric, v any) string { return setText(&m.Name, v, maxTextLength) },
	"unit":      func(m *domain.Metric, v any) string { return setText(&m.Unit, v, maxTextLength) },
	"samples":   func(m *domain.Metric, v any) string { return setPath(&m.Samples, v) },
	"resource":  func(m *domain.Metric, v any) string { return setPath(&m.Resource, v) },
	"label":     func(m *domain.Metric, v any) string { return setPath(&m.Label, v) },
	"separator": setSeparator,
	"better":    setBetter,
	"materiality": func(m *domain.Metric, v any) string {
		number, ok := v.(json.Number)
		share, err := strconv.ParseFloat(string(number), 64)
		switch {
		case !ok || err != nil:
			return "Not a valid number."
		case share < 0 || share > domain.MaxMateriality:
			return fmt.Sprintf("Must be greater than or equal to 0 and less than or equal to %g.", domain.MaxMateriality)
		}
		m.Materiality = share
		return ""
	},
	"default": func(m *domain.Metric, v any) string {
		var ok bool
		if m.Default, ok = v.(bool); !ok {
			return "Not a valid boolean."
		}
		return ""
	},
}

func setText(field *string, value any, most int) string {
	text, ok := value.(string)
	switch {
	case !ok, !utf8.ValidString(text), strings.ContainsRune(text, 0):
		return "Not a valid string."
	case len(text) > most:
		return fmt.Sprintf("Longer than maximum length %d bytes: it has %d.", most, len(text))
	}
	*field = text
	return ""
}

func setPath(field *string, value any) string {
	if message := setText(field, value, maxPathLength); message != "" {
		return message
	}
	path, err := filter.ParsePath(*field, maxPathParts)
	switch {
	case err != nil:
		return "Not a valid path: " + err.Error() + "."
	case path.LeadsNowhere():
		return "Not a valid path: a part of it is empty."
	case path.HasAny():
		return "Not a valid path: it leads to several values."
	}
	*field = path.String()
	return ""
}

// Path parses a path of a metric; nil for the empty text and for a path with too many parts.
func Path(text string) filter.Path {
	if text == "" {
		return nil
	}
	path, err := filter.ParsePath(text, maxPathParts)
	if err != nil {
		return nil
	}
	return path
}

func setSeparator(m *domain.Metric, value any) string {
	if message := setText(&m.Separator, value, maxTextLength); message != "" {
		return message
	}
	if m.Separator == "" {
		return "Must not be empty; leave it out for any of `: ; , |` and blanks."
	}
	return ""
}

func setBetter(m *domain.Metric, value any) string {
	text, ok := value.(string)
	if !ok {
		return "Not a valid string."
	}
	m.Better = domain.Better(text)
	if !slices.Contains([]domain.Better{domain.LowerBetter, domain.HigherBetter, domain.NoneBetter}, m.Better) {
		return "Must be one of: lower, higher, none."
	}
	return ""
}

// Parse reads the metrics of a request from the member "metrics" of its body. The error is
// a *domain.Error that points to the first thing that is wrong.
func Parse(body document.Value) ([]domain.Metric, error) {
	list, _ := body.Get("metrics")
	if list.Len() > maxMetrics {
		return nil, domain.InvalidAt("/metrics", fmt.Sprintf("At most %d metrics are allowed; there are %d.", maxMetrics, list.Len()))
	}
	declared := make([]domain.Metric, 0, list.Len())
	hasDefault := false
	for i := range list.Len() {
		at := fmt.Sprintf("/metrics/%d", i)
		metric, err := parseMetric(list.Item(i), at)
		switch {
		case err != nil:
			return nil, err
		case contains(declared, metric.Path):
			return nil, domain.InvalidAt(at+"/path", "Another metric has this path.")
		case metric.Default && hasDefault:
			return nil, domain.InvalidAt(at+"/default", "Another metric is the default.")
		}
		hasDefault = hasDefault || metric.Default
		declared = append(declared, metric)
	}
	return declared, nil
}

// CheckNames returns an error that points to the first name or unit in a list of metrics which a person could
// not tell from others: see name.Fault. What one of the known metrics has already is not checked.
func CheckNames(declared, known []domain.Metric) error {
	old := map[string]bool{"": true}
	for _, metric := range known {
		old[metric.Name], old[metric.Unit] = true, true
	}
	for i, metric := range declared {
		for _, member := range []struct{ name, text string }{{"name", metric.Name}, {"unit", metric.Unit}} {
			if old[member.text] {
				continue
			}
			if fault := name.Fault(member.text); fault != "" {
				return domain.InvalidAt(fmt.Sprintf("/metrics/%d/%s", i, member.name), fault)
			}
		}
	}
	return nil
}

func parseMetric(value document.Value, at string) (domain.Metric, error) {
	if value.Kind() != document.Object {
		return domain.Metric{}, domain.InvalidAt(at, "Not a valid mapping type.")
	}
	metric := domain.UndeclaredMetric("")
	metric.Source = domain.DeclaredMetric
	path, ok := value.Get("path")
	if !ok {
		return metric, domain.InvalidAt(at+"/path", "Missing data for required field.")
	}
	if message := setPath(&metric.Path, scalarOf(path)); message != "" {
		return metric, domain.InvalidAt(at+"/path", message)
	}
	for i := range value.Len() {
		member, item := value.Name(i), value.Item(i)
		if member == "path" || member == "source" {
			continue
		}
		set, known := members[member]
		message := "Unknown field."
		switch {
		case known && item.Kind() == document.Null:
			message = "Field may not be null."
		case known:
			message = set(&metric, scalarOf(item))
		}
		if message != "" {
			return metric, domain.InvalidAt(at+"/"+escapeToken(member), message)
		}
	}
	return metric, nil
}

// escapeToken writes a name as a part of a JSON Pointer.
func escapeToken(text string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(text) }

// scalarOf is the value in the form of a node's scalar.
func scalarOf(value document.Value) any {
	switch value.Kind() {
	case document.String:
		return value.Text()
	case document.Number:
		return json.Number(value.Text())
	case document.True, document.False:
		return value.Kind() == document.True
	case document.Null, document.Array, document.Object:
	}
	return nil
}
