package metrics_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

func TestNewNamesAndUnitsAreThoseThatAPersonCanTellApart(t *testing.T) {
	known := []domain.Metric{{Path: "old", Name: "o\u202eld ", Unit: "\u200b"}}
	for text, isFine := range map[string]bool{
		"":                       true,
		"Time to solution":       true,
		"°C":                     true,
		"µs":                     true,
		"o\u202eld ":             true, // stored
		"\u200b":                 true,
		"s ":                     false,
		" ":                      false,
		"a\nb":                   false,
		"a\x1b[31m":              false,
		"a\u202eb":               false,
		"a\u200bb":               false,
		"Zu\u0308rich":           false,
		strings.Repeat("x", 999): true, // Parse has a limit of its own
	} {
		for member, metric := range map[string]domain.Metric{
			"name": {Path: "new", Name: text}, "unit": {Path: "new", Unit: text},
		} {
			err := metrics.CheckNames([]domain.Metric{{Path: "first"}, metric}, known)
			refusal, _ := errors.AsType[*domain.Error](err)
			if isRefused := refusal != nil && *refusal.Pointer == "/metrics/1/"+member && refusal.Message != ""; isRefused == isFine {
				t.Errorf("%s %+q: %v", member, text, err)
			}
		}
	}
}
