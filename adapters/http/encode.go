package http

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// appender writes itself as JSON: the answers that people wait for do, because
// encoding/json reads again every document that passes through, and all that a
// page's results have in common once for each of them. Fields and their order are
// those of the struct's tags.
type appender interface {
	appendJSON(b []byte) []byte
}

// jsonFormat writes JSON without escaping what only HTML needs escaped.
func jsonFormat() huma.Format {
	format := huma.DefaultJSONFormat
	format.Marshal = func(w io.Writer, v any) error {
		a, fast := v.(appender)
		if held, ok := w.(*heldWriter); ok && fast {
			held.body = append(a.appendJSON(held.body), '\n')
			return nil
		}
		if fast {
			_, err := w.Write(append(a.appendJSON(nil), '\n'))
			return err
		}
		var buffer bytes.Buffer
		encoder := json.NewEncoder(&buffer)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return err
		}
		_, err := buffer.WriteTo(w)
		return err
	}
	return format
}

// appendText appends a name, a colon and a text. What is no UTF-8 becomes U+FFFD.
func appendText(b []byte, name, text string) []byte {
	b = append(b, name...)
	b, _ = jsontext.AppendQuote(b, text) // the error only says that there was U+FFFD to write
	return b
}

func appendDescription(b []byte, text *string) []byte {
	if text == nil {
		return b
	}
	return appendText(b, `,"description":`, *text)
}

// appendID begins an object.
func appendID(b []byte, id uuid.UUID) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, id.String()...)
	return append(b, '"')
}

func appendTime(b []byte, name string, t DateTime) []byte {
	return t.append(append(b, name...))
}

func appendDocument(b []byte, name string, o Object) []byte {
	b = append(b, name...)
	if o.RawMessage == nil {
		return append(b, "null"...)
	}
	return appendCompact(b, o.RawMessage)
}

// appendCompact leaves out the white space between the tokens of valid JSON:
// PostgreSQL writes some after each colon and comma.
func appendCompact(b, document []byte) []byte {
	from := 0
	for i := 0; i < len(document); i++ {
		switch document[i] {
		case '"':
			for i++; i < len(document) && document[i] != '"'; i++ {
				if document[i] == '\\' {
					i++
				}
			}
		case ' ', '\n', '\t', '\r':
			b = append(b, document[from:i]...)
			from = i + 1
		}
	}
	return append(b, document[from:]...)
}

// append writes the date-time with its quotes.
func (d DateTime) append(b []byte) []byte {
	t := time.Time(d).UTC().Truncate(time.Microsecond)
	layout := `"2006-01-02T15:04:05.000000"`
	if t.Nanosecond() == 0 {
		layout = `"2006-01-02T15:04:05"`
	}
	return t.AppendFormat(b, layout)
}

func (v Benchmark) appendJSON(b []byte) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"docker_image":`, v.DockerImage)
	b = appendText(b, `,"docker_tag":`, v.DockerTag)
	b = appendText(b, `,"url":`, v.URL)
	b = appendDocument(b, `,"json_schema":`, v.JSONSchema)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Site) appendJSON(b []byte) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendText(b, `,"address":`, v.Address)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Flavor) appendJSON(b []byte) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Tag) appendJSON(b []byte) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	return append(b, '}')
}

func (v Result) appendJSON(b []byte) []byte {
	return v.append(b, func(b []byte, _ uuid.UUID, field string, parent appender) []byte {
		return parent.appendJSON(append(b, field...))
	})
}

// append writes the result; parent writes what it has in common with others.
func (v Result) append(b []byte, parent func(b []byte, id uuid.UUID, field string, v appender) []byte) []byte {
	b = appendID(b, v.ID)
	b = appendDocument(b, `,"json":`, v.JSON)
	b = appendTime(b, `,"execution_datetime":`, v.ExecutionDatetime)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	b = parent(b, v.Benchmark.ID, `,"benchmark":`, v.Benchmark)
	b = parent(b, v.Site.ID, `,"site":`, v.Site)
	b = parent(b, v.Flavor.ID, `,"flavor":`, v.Flavor)
	b = append(b, `,"tags":`...)
	b = appendList(b, v.Tags, Tag.appendJSON)
	return append(b, '}')
}

func appendList[T any](b []byte, list []T, item func(T, []byte) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(v, b)
	}
	return append(b, ']')
}

func (p Page[T]) appendJSON(b []byte, item func(T, []byte) []byte) []byte {
	number := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	b = appendList(append(b, `{"items":`...), p.Items, item)
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

func (p Benchmarks) appendJSON(b []byte) []byte {
	return Page[Benchmark](p).appendJSON(b, Benchmark.appendJSON)
}
func (p Sites) appendJSON(b []byte) []byte   { return Page[Site](p).appendJSON(b, Site.appendJSON) }
func (p Flavors) appendJSON(b []byte) []byte { return Page[Flavor](p).appendJSON(b, Flavor.appendJSON) }
func (p Tags) appendJSON(b []byte) []byte    { return Page[Tag](p).appendJSON(b, Tag.appendJSON) }

// appendJSON writes what results have in common once, and copies it then.
func (p Results) appendJSON(b []byte) []byte {
	type key struct {
		field string
		id    uuid.UUID
	}
	type place struct{ from, to int }
	written := map[key]place{}
	parent := func(b []byte, id uuid.UUID, field string, v appender) []byte {
		at, known := written[key{field, id}]
		if known {
			return append(b, b[at.from:at.to]...)
		}
		from := len(b)
		b = v.appendJSON(append(b, field...))
		written[key{field, id}] = place{from, len(b)}
		return b
	}
	return Page[Result](p).appendJSON(b, func(r Result, b []byte) []byte { return r.append(b, parent) })
}
