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
// page's results have in common once for each of them; and those that may be large,
// because it keeps all that it writes. Fields and their order are
// those of the struct's tags.
type appender interface {
	// appendJSON lets pass see the buffer after every part.
	appendJSON(b []byte, pass passOn) []byte
}

// passOn may write out what is in a buffer, and returns what is to be appended to: the
// buffer as it is, or an empty one.
type passOn func(b []byte) []byte

// keep writes out nothing.
func keep(b []byte) []byte { return b }

// jsonFormat writes JSON without escaping what only HTML needs escaped.
func jsonFormat() huma.Format {
	format := huma.DefaultJSONFormat
	format.Marshal = func(w io.Writer, v any) error {
		a, fast := v.(appender)
		if held, ok := w.(*heldWriter); ok && fast {
			held.encode(a)
			return nil
		}
		if fast {
			_, err := w.Write(appendLine(nil, a, keep))
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

func appendLine(b []byte, a appender, pass passOn) []byte { return append(a.appendJSON(b, pass), '\n') }

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

func (v Benchmark) appendJSON(b []byte, _ passOn) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"docker_image":`, v.DockerImage)
	b = appendText(b, `,"docker_tag":`, v.DockerTag)
	b = appendText(b, `,"url":`, v.URL)
	b = appendDocument(b, `,"json_schema":`, v.JSONSchema)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Site) appendJSON(b []byte, _ passOn) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendText(b, `,"address":`, v.Address)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Flavor) appendJSON(b []byte, _ passOn) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Tag) appendJSON(b []byte, _ passOn) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	return append(b, '}')
}

func (v User) appendJSON(b []byte, _ passOn) []byte {
	b = appendText(b, `{"sub":`, v.Sub)
	b = appendText(b, `,"iss":`, v.Iss)
	b = appendText(b, `,"email":`, v.Email)
	b = appendTime(b, `,"registration_datetime":`, v.RegistrationDatetime)
	return append(b, '}')
}

func (v Claim) appendJSON(b []byte, _ passOn) []byte {
	b = appendID(b, v.ID)
	b = appendText(b, `,"message":`, v.Message)
	b = appendText(b, `,"resource_type":`, v.ResourceType)
	b = append(append(append(b, `,"resource_id":"`...), v.ResourceID.String()...), '"')
	b = v.Uploader.appendJSON(append(b, `,"uploader":`...), keep)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

func (v Result) appendJSON(b []byte, pass passOn) []byte {
	return v.append(b, func(b []byte, _ uuid.UUID, field string, parent appender) []byte {
		return pass(parent.appendJSON(append(b, field...), keep))
	}, pass)
}

// append writes the result; parent writes what it has in common with others.
func (v Result) append(b []byte, parent func(b []byte, id uuid.UUID, field string, v appender) []byte, pass passOn) []byte {
	b = appendID(b, v.ID)
	b = pass(appendDocument(b, `,"json":`, v.JSON))
	b = appendTime(b, `,"execution_datetime":`, v.ExecutionDatetime)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	b = parent(b, v.Benchmark.ID, `,"benchmark":`, v.Benchmark)
	b = parent(b, v.Site.ID, `,"site":`, v.Site)
	b = parent(b, v.Flavor.ID, `,"flavor":`, v.Flavor)
	b = append(b, `,"tags":`...)
	b = appendList(b, v.Tags, Tag.appendJSON, pass)
	return append(b, '}')
}

func appendList[T any](b []byte, list []T, item func(T, []byte, passOn) []byte, pass passOn) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = pass(item(v, b, pass))
	}
	return append(b, ']')
}

func (p Page[T]) appendJSON(b []byte, item func(T, []byte, passOn) []byte, pass passOn) []byte {
	number := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	b = appendList(append(b, `{"items":`...), p.Items, item, pass)
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

func (p Benchmarks) appendJSON(b []byte, pass passOn) []byte {
	return Page[Benchmark](p).appendJSON(b, Benchmark.appendJSON, pass)
}
func (p Sites) appendJSON(b []byte, pass passOn) []byte {
	return Page[Site](p).appendJSON(b, Site.appendJSON, pass)
}
func (p Flavors) appendJSON(b []byte, pass passOn) []byte {
	return Page[Flavor](p).appendJSON(b, Flavor.appendJSON, pass)
}
func (p Tags) appendJSON(b []byte, pass passOn) []byte {
	return Page[Tag](p).appendJSON(b, Tag.appendJSON, pass)
}
func (p Claims) appendJSON(b []byte, pass passOn) []byte {
	return Page[Claim](p).appendJSON(b, Claim.appendJSON, pass)
}

// appendJSON writes what results have in common once, and copies it then, as long as
// it is in the buffer.
func (p Results) appendJSON(b []byte, pass passOn) []byte {
	type key struct {
		field string
		id    uuid.UUID
	}
	type place struct{ from, to int }
	written := map[key]place{}
	forgetful := func(b []byte) []byte {
		rest := pass(b)
		if len(rest) < len(b) {
			clear(written)
		}
		return rest
	}
	parent := func(b []byte, id uuid.UUID, field string, v appender) []byte {
		at, known := written[key{field, id}]
		if known {
			return forgetful(append(b, b[at.from:at.to]...))
		}
		from := len(b)
		b = v.appendJSON(append(b, field...), keep)
		written[key{field, id}] = place{from, len(b)}
		return forgetful(b)
	}
	return Page[Result](p).appendJSON(b, func(r Result, b []byte, pass passOn) []byte { return r.append(b, parent, pass) }, forgetful)
}
