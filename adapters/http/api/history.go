package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// HistoryEvent is something that was done to a resource.
//
//nolint:lll // a struct tag is one line
type HistoryEvent struct {
	Time   DateTime `json:"time" doc:"When it was done, in UTC without an offset"`
	Role   string   `json:"role" enum:"uploader,administrator,claimant,operator,system" doc:"In what capacity somebody did it; histories name no person" example:"administrator"`
	Action string   `json:"action" enum:"submitted,approved,rejected,changed,deleted,claimed,decided,withdrawn,restored,corrected,purged,removed" doc:"What was done; decided: about a claim" example:"approved"`
	Reason string   `json:"reason,omitempty" doc:"Why, where a reason was given" example:"The image is signed"`
}

// HistoryEvents is a page of a history.
type HistoryEvents Page[HistoryEvent]

func toHistory(p domain.Page[domain.Event]) HistoryEvents {
	return HistoryEvents(toPage(p, func(e domain.Event) HistoryEvent {
		return HistoryEvent{Time: DateTime(e.At), Role: string(e.Role), Action: e.Word(), Reason: e.Reason}
	}))
}

// historian is a service with a use case that returns a page of a history.
type historian interface {
	History(context.Context, domain.Caller, uuid.UUID, domain.PageRequest) (domain.Page[domain.Event], error)
}

// histories are the histories of contract section 7.7.
type histories struct{ services *service.Services }

func (h histories) resource() resource {
	const again = " It also shows what was done to a resource that was removed."
	declare := func(
		operation domain.Operation, path, summary, description string, id *openapi.PathID, of func(*service.Services) historian,
	) openapi.Operation {
		return openapi.Operation{
			Operation: operation, Method: http.MethodGet, Path: path, PathID: id, Summary: summary, Description: description + again,
			Parameters: paging,
			Handler: ok(func(ctx context.Context, r *request) (domain.Page[domain.Event], error) {
				return of(h.services).History(ctx, r.caller, r.id, domain.PageRequest{Number: pageNumber.Of(r.query), Size: perPage.Of(r.query)})
			}, toHistory),
		}
	}
	return resource{
		schemas: map[string]string{
			"HistoryEvent":  "Something that was done to a resource, without the person who did it",
			"HistoryEvents": "A page of a history",
		},
		operations: []openapi.Operation{
			declare(domain.GetBenchmarkHistory, "/benchmarks/{benchmark_id}/history", "Get the history of a benchmark",
				"Shows what was done to the benchmark, the oldest first.", benchmarkID,
				func(s *service.Services) historian { return s.Benchmarks }),
			declare(domain.GetSiteHistory, "/sites/{site_id}/history", "Get the history of a site",
				"Shows what was done to the site, the oldest first.", siteID,
				func(s *service.Services) historian { return s.Sites }),
			declare(domain.GetFlavorHistory, "/flavors/{flavor_id}/history", "Get the history of a flavor",
				"Shows what was done to the flavor, the oldest first.", flavorID,
				func(s *service.Services) historian { return s.Flavors }),
			declare(domain.GetResultHistory, "/results/{result_id}/history", "Get the history of a result",
				"Shows what was done to the result, and the claims on it, the oldest first.", resultID,
				func(s *service.Services) historian { return s.Results }),
		},
	}
}
