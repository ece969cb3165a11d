package api

import (
	"time"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// The parameters that lists have in common.
var (
	perPage = parameter.Integer("per_page", "Items on a page, 1 to 100", parameter.Range{Min: 1, Max: 100, Default: 100})

	pageNumber = parameter.Integer("page",
		"Number of the page, from 1; beyond the last is 404, but the first page of nothing is empty",
		parameter.Range{Min: 1, Default: 1}).WithInvalid("bad page", "0").WithNotFound("beyond the last page")

	paging = parameter.Group{perPage, pageNumber}

	status = parameter.Enum("status", "State of the review: `on_review`, or `approved`",
		domain.Approved, domain.OnReview, domain.Approved).WithInvalid("bad status", "rejected")

	uploaded = window{
		before: before("upload", "Uploaded").WithInvalid("bad date", "yesterday"),
		after:  after("upload", "Uploaded"),
	}
)

// window is a span of time between two dates.
type window struct{ before, after *parameter.Key[time.Time] }

func before(prefix, what string) *parameter.Key[time.Time] {
	return parameter.Date(prefix+"_before", what+" before this date: strictly before 00:00 UTC, for example `2026-02-01`")
}

func after(prefix, what string) *parameter.Key[time.Time] {
	return parameter.Date(prefix+"_after", what+" after the start of this date: strictly after 00:00 UTC, for example `2026-01-01`")
}

// Parameters returns the parameters of the window.
func (w window) Parameters() []parameter.Parameter { return parameter.Join(w.before, w.after) }

func (w window) of(r *request) ports.Window {
	return ports.Window{Before: w.before.Optional(r.query), After: w.after.Optional(r.query)}
}

// order is the parameter of a list's order.
type order = *parameter.Key[[]filter.Key]

// orderBy is an order by the fields. byDefault is the order in the parameter's notation.
func orderBy(fields []string, byDefault string) order {
	return parameter.Sort("sort_by",
		"Order: a comma-separated list of `+FIELD` (upwards) and `-FIELD` (downwards), the sign required, "+
			"for example `-id`. What is equal comes in the order of ids.",
		fields, byDefault)
}

// searchTerms are the terms of a search. searched lists the searched places; the
// examples find something in the demo data.
func searchTerms(searched string, examples ...string) *parameter.List[string] {
	return parameter.Terms("terms",
		"Texts that must all occur, in any of the places searched, whatever the case of letters; none finds everything. "+
			"Searched are: "+searched+".").WithExample(examples)
}

// listOptions returns page and order.
func (r *request) listOptions(o order) ports.ListOptions {
	return ports.ListOptions{
		Page: domain.PageRequest{Number: pageNumber.Of(r.query), Size: perPage.Of(r.query)},
		Sort: o.Of(r.query),
	}
}

// reviewedOptions returns page, order, time of the upload and state of the review.
func (r *request) reviewedOptions(o order) ports.ReviewedOptions {
	return ports.ReviewedOptions{ListOptions: r.listOptions(o), Uploaded: uploaded.of(r), Status: status.Of(r.query)}
}
