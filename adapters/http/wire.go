package http

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// DateTime is written as naive ISO 8601 in UTC: six fraction digits, or none
// when the microseconds are zero.
type DateTime time.Time

// MarshalJSON implements json.Marshaler.
func (d DateTime) MarshalJSON() ([]byte, error) { return d.append(nil), nil }

// Schema implements huma.SchemaProvider.
func (DateTime) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Format: formatDateTime, Examples: []any{"2021-05-21T08:31:00.500000"},
		// Clients generated for Go would read a time with an offset, which there is not.
		Extensions: map[string]any{"x-go-type": "string"},
	}
}

// Object is a JSON object that passes through as it is, byte for byte.
type Object struct{ json.RawMessage }

// Schema implements huma.SchemaProvider.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// exampleResult satisfies the schemas of both benchmarks of the demo data.
const exampleResult = `{
  "arguments": "Total Time - 4K, 16 Rays Per Pixel", "test": "pts/c-ray-1.2.0", "units": "Seconds",
  "machine": {"cpu": {"arch": "X86_64", "count": 4}},
  "result": {"all_results": "571.6:566.8:565.4", "score": 567.9, "triad": 36000}
}`

// Json is the body of CreateResult, any JSON object. The name is the contract's.
type Json Object //nolint:revive // a schema's name in the contract

// Schema implements huma.SchemaProvider.
func (Json) Schema(r huma.Registry) *huma.Schema {
	const name = "Json"
	if r.Map()[name] == nil {
		r.Map()[name] = &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true,
			Examples: []any{json.RawMessage(exampleResult)},
		}
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// Page is one page of a list.
type Page[T any] struct {
	Items   []T  `json:"items" nullable:"false" doc:"What the page holds"`
	Page    int  `json:"page" minimum:"1" doc:"Number of this page, from 1" example:"1"`
	PerPage int  `json:"per_page" minimum:"1" maximum:"100" doc:"Items on a full page" example:"100"`
	Pages   int  `json:"pages" minimum:"0" doc:"Number of pages" example:"3"`
	Total   int  `json:"total" minimum:"0" doc:"Items on all pages" example:"250"`
	HasNext bool `json:"has_next" example:"true" doc:"Whether there is a page after this one"`
	HasPrev bool `json:"has_prev" example:"false" doc:"Whether there is a page before this one"`
	NextNum int  `json:"next_num,omitempty" required:"true" doc:"Number of the next page; left out where there is none" example:"2"`
	PrevNum int  `json:"prev_num,omitempty" required:"true" doc:"Number of the page before; left out where there is none" example:"1"`
}

// The pages, under the names that clients know.
type (
	// Benchmarks is a page of benchmarks.
	Benchmarks Page[Benchmark]
	// Sites is a page of sites.
	Sites Page[Site]
	// Flavors is a page of flavors.
	Flavors Page[Flavor]
	// Tags is a page of tags.
	Tags Page[Tag]
	// Results is a page of results.
	Results Page[Result]
	// Users is a page of users.
	Users Page[User]
	// Claims is a page of claims.
	Claims Page[Claim]
	// Submits is a page of submits.
	Submits Page[Submit]
)

func toPage[D, W any](page domain.Page[D], convert func(D) W) Page[W] {
	out := Page[W]{
		Items: make([]W, len(page.Items)), Page: page.Number, PerPage: page.Size,
		Pages: page.Pages(), Total: page.Total,
	}
	for i, item := range page.Items {
		out.Items[i] = convert(item)
	}
	if page.Number < out.Pages {
		out.HasNext, out.NextNum = true, page.Number+1
	}
	if page.Number > 1 {
		out.HasPrev, out.PrevNum = true, page.Number-1
	}
	return out
}
