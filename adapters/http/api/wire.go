package api

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
)

// DateTime is written as naive ISO 8601 in UTC: six fraction digits, or none when the
// microseconds are zero.
type DateTime time.Time

// MarshalJSON implements json.Marshaler.
func (d DateTime) MarshalJSON() ([]byte, error) { return d.append(nil), nil }

// append appends the date-time with its quotes.
func (d DateTime) append(b []byte) []byte {
	t := time.Time(d).UTC().Truncate(time.Microsecond)
	layout := `"2006-01-02T15:04:05.000000"`
	if t.Nanosecond() == 0 {
		layout = `"2006-01-02T15:04:05"`
	}
	return t.AppendFormat(b, layout)
}

// Schema implements huma.SchemaProvider.
func (DateTime) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Format: parameter.FormatDateTime, Examples: []any{"2021-05-21T08:31:00.500000"},
		// A client that is generated for Go would expect a time with an offset.
		Extensions: map[string]any{"x-go-type": "string"},
	}
}

// Object is a JSON object that is neither decoded nor encoded again.
type Object struct{ json.RawMessage }

// Schema implements huma.SchemaProvider.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
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

func toPage[D, W any](page domain.Page[D], toWire func(D) W) Page[W] {
	out := Page[W]{
		Items: make([]W, len(page.Items)), Page: page.Number, PerPage: page.Size,
		Pages: page.Pages(), Total: page.Total,
	}
	for i, item := range page.Items {
		out.Items[i] = toWire(item)
	}
	if page.Number < out.Pages {
		out.HasNext, out.NextNum = true, page.Number+1
	}
	if page.Number > 1 {
		out.HasPrev, out.PrevNum = true, page.Number-1
	}
	return out
}

// append appends the page, and its items by appendItem.
func (p Page[T]) append(
	b []byte, appendItem func(T, []byte, representation.Flush) []byte, flush representation.Flush,
) []byte {
	return p.appendWith(b, func(b []byte, flush representation.Flush) []byte {
		return representation.AppendList(b, p.Items, appendItem, flush)
	}, flush)
}

// appendWith appends the page, and the list of its items by appendItems.
func (p Page[T]) appendWith(b []byte, appendItems func([]byte, representation.Flush) []byte, flush representation.Flush) []byte {
	number := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	b = appendItems(append(b, `{"items":`...), flush)
	number(`,"page":`, p.Page)
	number(`,"per_page":`, p.PerPage)
	number(`,"pages":`, p.Pages)
	number(`,"total":`, p.Total)
	b = strconv.AppendBool(append(b, `,"has_next":`...), p.HasNext)
	b = strconv.AppendBool(append(b, `,"has_prev":`...), p.HasPrev)
	if p.NextNum != 0 {
		number(`,"next_num":`, p.NextNum)
	}
	if p.PrevNum != 0 {
		number(`,"prev_num":`, p.PrevNum)
	}
	return append(b, '}')
}

// appendID begins an object with its id.
func appendID(b []byte, id uuid.UUID) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, id.String()...)
	return append(b, '"')
}

func appendDescription(b []byte, text *string) []byte {
	if text == nil {
		return b
	}
	return representation.AppendText(b, `,"description":`, *text)
}

func appendTime(b []byte, name string, t DateTime) []byte {
	return t.append(append(b, name...))
}

func appendObject(b []byte, name string, o Object) []byte {
	b = append(b, name...)
	if o.RawMessage == nil {
		return append(b, "null"...)
	}
	return representation.AppendCompact(b, o.RawMessage)
}
