package files

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Column is a column of a table.
type Column struct {
	Name string
	// Unit is that of the values; empty for none.
	Unit string
}

// Table is a table for files. A cell is a text, a number (int, float64 or json.Number), a bool, or
// nil where there is none. Numbers keep all their digits.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]any
	// Notes are sentences about the table: the caption, the citation, warnings.
	Notes []string
}

// lineEnd ends each line of CSV (RFC 4180, section 2).
const lineEnd = "\r\n"

// CSV is the table with a head, in which units stand in brackets. A text that a spreadsheet
// would take for a formula has an apostrophe before it.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	for i, c := range t.Columns {
		separate(&b, i)
		field(&b, harmless(c.title()), len(t.Columns) == 1)
	}
	b.WriteString(lineEnd)
	for _, row := range t.Rows {
		for i := range t.Columns {
			separate(&b, i)
			text, isText := cellText(row, i)
			if isText {
				text = harmless(text)
			}
			field(&b, text, isText || len(t.Columns) == 1)
		}
		b.WriteString(lineEnd)
	}
	return b.Bytes()
}

func (c Column) title() string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + " [" + c.Unit + "]"
}

func separate(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

// harmless is a text that no spreadsheet takes for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// field writes a field, in quotes if it needs them. An empty text has quotes where an empty
// field without them would be no value.
func field(b *bytes.Buffer, text string, marked bool) {
	if !strings.ContainsAny(text, "\",\r\n") && (text != "" || !marked) {
		b.WriteString(text)
		return
	}
	b.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
}

// cellText is the text of a cell, and whether the cell is a text.
func cellText(row []any, i int) (text string, isText bool) {
	if i >= len(row) {
		return "", false
	}
	switch v := row[i].(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case float64:
		return number(v), false
	case int:
		return strconv.Itoa(v), false
	case json.Number:
		return v.String(), false
	case bool:
		return strconv.FormatBool(v), false
	}
	return fmt.Sprint(row[i]), true
}

// number has all digits that the value needs, in a form that JSON knows. Other values than
// finite ones are none.
func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// NDJSON is an object in each line, whose members are the columns.
func (t Table) NDJSON() []byte {
	var b bytes.Buffer
	for _, row := range t.Rows {
		t.object(&b, row)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// JSON is an object with the title, the columns with their units, the rows as objects, and
// the notes.
func (t Table) JSON() []byte {
	var b bytes.Buffer
	b.WriteString(`{"title":`)
	quoted(&b, t.Title)
	b.WriteString(`,"columns":[`)
	for i, c := range t.Columns {
		separate(&b, i)
		b.WriteString(`{"name":`)
		quoted(&b, c.Name)
		if c.Unit != "" {
			b.WriteString(`,"unit":`)
			quoted(&b, c.Unit)
		}
		b.WriteByte('}')
	}
	b.WriteString(`],"rows":[`)
	for i, row := range t.Rows {
		separate(&b, i)
		t.object(&b, row)
	}
	b.WriteString(`],"notes":[`)
	for i, note := range t.Notes {
		separate(&b, i)
		quoted(&b, note)
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

func (t Table) object(b *bytes.Buffer, row []any) {
	b.WriteByte('{')
	for i, c := range t.Columns {
		separate(b, i)
		quoted(b, c.Name)
		b.WriteByte(':')
		switch text, isText := cellText(row, i); {
		case isText:
			quoted(b, text)
		case text == "":
			b.WriteString("null")
		default:
			b.WriteString(text)
		}
	}
	b.WriteByte('}')
}

// quoted writes a text as JSON. Invalid UTF-8 is replaced.
func quoted(b *bytes.Buffer, text string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can always be encoded
	b.Truncate(b.Len() - 1)  // the line end
}

// Markdown is the table with its title and its notes.
func (t Table) Markdown() []byte {
	var b bytes.Buffer
	b.WriteString("# " + inLine(t.Title) + "\n\n")
	for _, c := range t.Columns {
		title := c.Name
		if c.Unit != "" {
			title += ", " + c.Unit
		}
		b.WriteString("| " + inLine(title) + " ")
	}
	b.WriteString("|\n")
	for i := range t.Columns {
		b.WriteString(map[bool]string{true: "| ---: ", false: "| --- "}[t.isNumeric(i)])
	}
	b.WriteString("|\n")
	for _, row := range t.Rows {
		for i := range t.Columns {
			text, _ := cellText(row, i)
			b.WriteString("| " + inLine(text) + " ")
		}
		b.WriteString("|\n")
	}
	for _, note := range t.Notes {
		b.WriteString("\n" + inLine(note) + "\n")
	}
	return b.Bytes()
}

// isNumeric tells whether a column has numbers and nothing else.
func (t Table) isNumeric(i int) bool {
	some := false
	for _, row := range t.Rows {
		if text, isText := cellText(row, i); isText {
			return false
		} else if text != "" {
			some = true
		}
	}
	return some
}

// inLine is a text in which Markdown sees words only, in one line.
func inLine(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("\\`*_[]<>|#~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r):
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}
