package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/ports"
)

// operatorLimits are those of the queries of operators, who could send any.
var operatorLimits = Limits{Document: document.Limits{Exponent: 308}, Filters: 1000, Terms: 1000, Tags: 1000, SortKeys: 100, PathParts: 128}

// ParseResultQuery reads the query of ListResults.
func ParseResultQuery(raw string) (ports.ResultQuery, error) {
	values, errs := parameter.NewSet(operatorLimits.query(), resultParameters...).Parse(raw)
	if len(errs) > 0 {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // for people: `>=` is not to be written as \u003e=
		if err := encoder.Encode(errs); err != nil {
			return ports.ResultQuery{}, fmt.Errorf("write what is wrong with the query: %w", err)
		}
		return ports.ResultQuery{}, fmt.Errorf("the query is not one of GET /results: %s", strings.TrimSpace(text.String()))
	}
	r := request{query: values}
	return r.resultQuery(), nil
}
