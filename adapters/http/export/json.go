package export

import (
	"encoding/hex"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/domain"
)

// row appends a result as JSON: the whole of it, or an object with a member for each column.
func (f File) row() func(b []byte, result *domain.Result) []byte {
	if f.Columns == nil {
		return f.Whole
	}
	columns := newColumns(f.Columns)
	names := make([]string, len(columns))
	for i, c := range columns {
		name, _ := jsontext.AppendQuote(nil, c.name) // the error only says that some bytes became U+FFFD
		names[i] = string(name) + ":"
	}
	return func(b []byte, result *domain.Result) []byte {
		b = append(b, '{')
		for i, c := range columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, names[i]...)
			before := len(b)
			if b = c.append(b, result); len(b) == before {
				b = append(b, "null"...)
			}
		}
		return append(b, '}')
	}
}

// lines writes NDJSON: a result on each line.
type lines struct {
	row     func(b []byte, result *domain.Result) []byte
	withEnd bool
}

func (lines) begin(b []byte) []byte { return b }

func (l lines) add(b []byte, result *domain.Result) []byte { return append(l.row(b, result), '\n') }

func (l lines) end(b []byte, rows int, sha256 []byte) []byte {
	if !l.withEnd {
		return b
	}
	b = strconv.AppendInt(append(b, `{"end":{"rows":`...), int64(rows), 10)
	b = hex.AppendEncode(append(b, `,"sha256":"`...), sha256)
	return append(b, "\"}}\n"...)
}

// array writes a JSON array of results, one on each line.
type array struct {
	row  func(b []byte, result *domain.Result) []byte
	rows int
}

func (*array) begin(b []byte) []byte { return append(b, '[') }

func (a *array) add(b []byte, result *domain.Result) []byte {
	if a.rows > 0 {
		b = append(b, ',')
	}
	a.rows++
	return a.row(append(b, '\n'), result)
}

func (*array) end(b []byte, rows int, _ []byte) []byte {
	if rows > 0 {
		b = append(b, '\n')
	}
	return append(b, "]\n"...)
}
