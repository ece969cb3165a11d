package http

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/representation"
)

func appendDescription(b []byte, text *string) []byte {
	if text == nil {
		return b
	}
	return representation.AppendText(b, `,"description":`, *text)
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
	return representation.AppendCompact(b, o.RawMessage)
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

// AppendJSON implements representation.Appender.
func (v Benchmark) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"docker_image":`, v.DockerImage)
	b = representation.AppendText(b, `,"docker_tag":`, v.DockerTag)
	b = representation.AppendText(b, `,"url":`, v.URL)
	b = appendDocument(b, `,"json_schema":`, v.JSONSchema)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v Site) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = representation.AppendText(b, `,"address":`, v.Address)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v Flavor) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v Tag) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v User) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = representation.AppendText(b, `{"sub":`, v.Sub)
	b = representation.AppendText(b, `,"iss":`, v.Iss)
	b = representation.AppendText(b, `,"email":`, v.Email)
	b = appendTime(b, `,"registration_datetime":`, v.RegistrationDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v Claim) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"message":`, v.Message)
	b = representation.AppendText(b, `,"resource_type":`, v.ResourceType)
	b = append(append(append(b, `,"resource_id":"`...), v.ResourceID.String()...), '"')
	b = v.Uploader.AppendJSON(append(b, `,"uploader":`...), representation.NoFlush)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (v Result) AppendJSON(b []byte, flush representation.Flush) []byte {
	return v.append(b, func(b []byte, _ uuid.UUID, field string, parent representation.Appender) []byte {
		return flush(parent.AppendJSON(append(b, field...), representation.NoFlush))
	}, flush)
}

// append writes the result; parent writes what it has in common with others.
func (v Result) append(b []byte, parent func(b []byte, id uuid.UUID, field string, v representation.Appender) []byte, flush representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = flush(appendDocument(b, `,"json":`, v.JSON))
	b = appendTime(b, `,"execution_datetime":`, v.ExecutionDatetime)
	b = appendTime(b, `,"upload_datetime":`, v.UploadDatetime)
	b = parent(b, v.Benchmark.ID, `,"benchmark":`, v.Benchmark)
	b = parent(b, v.Site.ID, `,"site":`, v.Site)
	b = parent(b, v.Flavor.ID, `,"flavor":`, v.Flavor)
	b = append(b, `,"tags":`...)
	b = representation.AppendList(b, v.Tags, Tag.AppendJSON, flush)
	return append(b, '}')
}

// AppendJSON appends the page, and its items by item.
func (p Page[T]) AppendJSON(b []byte, item func(T, []byte, representation.Flush) []byte, flush representation.Flush) []byte {
	number := func(name string, n int) { b = strconv.AppendInt(append(b, name...), int64(n), 10) }
	b = representation.AppendList(append(b, `{"items":`...), p.Items, item, flush)
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

// AppendJSON implements representation.Appender.
func (p Benchmarks) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Benchmark](p).AppendJSON(b, Benchmark.AppendJSON, flush)
}

// AppendJSON implements representation.Appender.
func (p Sites) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Site](p).AppendJSON(b, Site.AppendJSON, flush)
}

// AppendJSON implements representation.Appender.
func (p Flavors) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Flavor](p).AppendJSON(b, Flavor.AppendJSON, flush)
}

// AppendJSON implements representation.Appender.
func (p Tags) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Tag](p).AppendJSON(b, Tag.AppendJSON, flush)
}

// AppendJSON implements representation.Appender.
func (p Claims) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Claim](p).AppendJSON(b, Claim.AppendJSON, flush)
}

// AppendJSON writes what results have in common once, and copies it then, as long as
// it is in the buffer.
// AppendJSON implements representation.Appender.
func (p Results) AppendJSON(b []byte, flush representation.Flush) []byte {
	type key struct {
		field string
		id    uuid.UUID
	}
	type place struct{ from, to int }
	written := map[key]place{}
	forgetful := func(b []byte) []byte {
		rest := flush(b)
		if len(rest) < len(b) {
			clear(written)
		}
		return rest
	}
	parent := func(b []byte, id uuid.UUID, field string, v representation.Appender) []byte {
		at, known := written[key{field, id}]
		if known {
			return forgetful(append(b, b[at.from:at.to]...))
		}
		from := len(b)
		b = v.AppendJSON(append(b, field...), representation.NoFlush)
		written[key{field, id}] = place{from, len(b)}
		return forgetful(b)
	}
	return Page[Result](p).AppendJSON(b, func(r Result, b []byte, flush representation.Flush) []byte { return r.append(b, parent, flush) }, forgetful)
}
