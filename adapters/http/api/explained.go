package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// operatorLimits are those of the queries of operators, who could send any.
var operatorLimits = Limits{Document: document.Limits{Exponent: 308}, Filters: 1000, Terms: 1000, Tags: 1000, SortKeys: 100, PathParts: 128}

// ParseListing reads the query of ListResults. isPart: it has a cursor, and asks for a part of the list.
func ParseListing(ctx context.Context, caller domain.Caller, raw string) (q ports.CursorQuery, isPart bool, err error) {
	values, errs := parameter.NewSet(operatorLimits.query(), resultParameters...).Parse(raw)
	if len(errs) > 0 {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false) // for people: `>=` is not to be written as \u003e=
		if err := encoder.Encode(errs); err != nil {
			return q, false, fmt.Errorf("write what is wrong with the query: %w", err)
		}
		return q, false, fmt.Errorf("the query is not one of GET /results: %s", strings.TrimSpace(text.String()))
	}
	r := request{query: values, caller: caller}
	q, isPart, message := r.cursorQuery(ctx, domain.ListResults.ID)
	if message != "" {
		return q, isPart, fmt.Errorf("the query is not one of GET /results: %s", message)
	}
	return q, isPart, nil
}
