package export

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// timeForm is ISO 8601 in UTC without an offset, as everywhere in the API.
const timeForm = "2006-01-02T15:04:05.000000"

// column is a column of a file.
type column struct {
	service.Column

	// name is the column's name in the file: the field, or the path.
	name string
	// append appends the value of a result as JSON, and nothing where the result has none.
	append func(b []byte, r *domain.Result) []byte
}

func newColumns(columns []service.Column) []column {
	all := make([]column, len(columns))
	for i, c := range columns {
		all[i] = column{Column: c, name: nameOf(c), append: valueOf(c)}
	}
	return all
}

// nameOf returns the name of a column. A path that is also a field is written as in the
// query.
func nameOf(c service.Column) string {
	if c.Path == nil {
		return c.Field
	}
	path := c.Path.String()
	if path == service.TagsColumn || slices.Contains(ports.ResultSort, path) {
		return filter.JSONField + "." + path
	}
	return path
}

// texts are the fields that are texts.
var texts = map[string]func(*domain.Result) string{
	"id":             func(r *domain.Result) string { return r.ID.String() },
	"benchmark_id":   func(r *domain.Result) string { return r.Benchmark.ID.String() },
	"benchmark_name": func(r *domain.Result) string { return r.Benchmark.Name() },
	"site_id":        func(r *domain.Result) string { return r.Site.ID.String() },
	"site_name":      func(r *domain.Result) string { return r.Site.Name },
	"site_address":   func(r *domain.Result) string { return r.Site.Address },
	"flavor_id":      func(r *domain.Result) string { return r.Flavor.ID.String() },
	"flavor_name":    func(r *domain.Result) string { return r.Flavor.Name },
}

// times are the fields that are times.
var times = map[string]func(*domain.Result) time.Time{
	"upload_datetime":    func(r *domain.Result) time.Time { return r.UploadedAt },
	"execution_datetime": func(r *domain.Result) time.Time { return r.ExecutedAt },
}

// valueOf returns how the values of a column are appended. It panics if there is no such
// field: queries are checked before.
func valueOf(c service.Column) func(b []byte, r *domain.Result) []byte {
	switch text, at := texts[c.Field], times[c.Field]; {
	case text != nil:
		return func(b []byte, r *domain.Result) []byte { return appendText(b, text(r)) }
	case at != nil:
		return func(b []byte, r *domain.Result) []byte { return appendTime(b, at(r)) }
	case c.Field == service.TagsColumn:
		return appendTags
	case c.Field == filter.JSONField && c.Path == nil:
		return func(b []byte, r *domain.Result) []byte { return appendCompact(b, r.JSON) }
	case c.Field == filter.JSONField:
		return func(b []byte, r *domain.Result) []byte { return appendCompact(b, document.Find(r.JSON, c.Path)) }
	}
	panic("there is no column " + c.Field)
}

func appendText(b []byte, text string) []byte {
	b, _ = jsontext.AppendQuote(b, text) // the error only says that some bytes became U+FFFD
	return b
}

// appendTime has six digits after the second, or none when the microseconds are zero.
func appendTime(b []byte, at time.Time) []byte {
	at = at.UTC().Truncate(time.Microsecond)
	form := timeForm
	if at.Nanosecond() == 0 {
		form = timeForm[:len("2006-01-02T15:04:05")]
	}
	return append(at.AppendFormat(append(b, '"'), form), '"')
}

// appendTags appends the names of the tags.
func appendTags(b []byte, r *domain.Result) []byte {
	b = append(b, '[')
	for i, tag := range r.Tags {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, tag.Name)
	}
	return append(b, ']')
}

// appendCompact appends a value without white space between its tokens, and nothing for
// null and for what is no JSON: a result has no value there.
func appendCompact(b, value []byte) []byte {
	if len(value) == 0 || jsontext.Value(value).Kind() == 'n' {
		return b
	}
	return representation.AppendCompact(b, value)
}

// contentOf returns the text of a JSON string; any other value is its own text.
func contentOf(value []byte) (text []byte, isString bool) {
	if jsontext.Value(value).Kind() != '"' {
		return value, false
	}
	text, _ = jsontext.AppendUnquote(nil, value) // the error only says that some bytes became U+FFFD
	return text, true
}
