package export

import (
	"bytes"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// table writes CSV (RFC 4180) with a header. A field is quoted where it must be. The empty
// text is quoted too: an empty field without quotes is no value.
type table struct {
	columns []column
	value   []byte
}

func newTable(columns []service.Column) *table { return &table{columns: newColumns(columns)} }

// lineEnd ends each line (RFC 4180, section 2).
const lineEnd = "\r\n"

func (t *table) begin(b []byte) []byte {
	for i, c := range t.columns {
		if i > 0 {
			b = append(b, ',')
		}
		title := c.name
		if c.Unit != "" {
			title += " [" + c.Unit + "]"
		}
		b = appendField(b, defused([]byte(title)))
	}
	return append(b, lineEnd...)
}

func (t *table) add(b []byte, result *domain.Result) []byte {
	for i, c := range t.columns {
		if i > 0 {
			b = append(b, ',')
		}
		t.value = c.append(t.value[:0], result)
		text, isString := contentOf(t.value)
		switch {
		case isString:
			b = appendField(b, defused(text))
		// Readers skip lines without any character.
		case len(text) > 0 || len(t.columns) == 1:
			b = appendField(b, text)
		}
	}
	return append(b, lineEnd...)
}

func (*table) end(b []byte, _ int, _ []byte) []byte { return b }

// defused returns a text that spreadsheets do not take for a formula: it has an apostrophe
// before the characters that begin one.
func defused(text []byte) []byte {
	if len(text) > 0 && bytes.IndexByte([]byte("=+-@\t\r"), text[0]) >= 0 {
		return append([]byte{'\''}, text...)
	}
	return text
}

func appendField(b, text []byte) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, "\",\r\n") {
		return append(b, text...)
	}
	b = append(b, '"')
	b = append(b, bytes.ReplaceAll(text, []byte(`"`), []byte(`""`))...)
	return append(b, '"')
}
