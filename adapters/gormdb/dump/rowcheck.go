package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/ports"
)

// RowCheck checks rows of a dump. The checks are those of both databases together: a row that
// passes can be stored in either, and read again.
type RowCheck struct{}

var _ ports.RowCheck = RowCheck{}

// Check implements ports.RowCheck.
func (RowCheck) Check(table string, row []byte) error {
	_, err := readRow(table, row)
	return err
}

// maxColumns bounds the memory for a row. No table has half as many columns.
const maxColumns = 100

// maxDeclared is the largest document, in bytes, that is decoded whole.
const maxDeclared = 1 << 20

// readRow returns the values of a row that passes the checks, by column: a string, a
// json.Number, a boolean or nil.
func readRow(table string, row []byte) (map[string]any, error) {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(row))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '{' {
		return nil, errors.New("the row is no JSON object")
	}
	kinds, fields := tables.Kinds()[table], map[string]any{}
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return nil, fmt.Errorf("the row is no JSON object: %w", err)
		}
		if len(fields) == maxColumns {
			return nil, fmt.Errorf("the row has more than %d columns", maxColumns)
		}
		column := name.String()
		value, err := readValue(decoder, kinds[column])
		if err != nil {
			return nil, fmt.Errorf("column %.100q: %w", column, err)
		}
		fields[column] = value
	}
	return fields, checkLists(table, fields)
}

func readValue(decoder *jsontext.Decoder, kind tables.Kind) (any, error) {
	token, err := decoder.ReadToken()
	if err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	switch token.Kind() {
	case 'n':
		return nil, nil //nolint:nilnil // the value is NULL
	case 't', 'f':
		return token.Bool(), checkUntyped(kind)
	case '0':
		return json.Number(token.String()), checkUntyped(kind)
	case '"':
		text := token.String()
		err := checkText(kind, text)
		if kind == tables.Time && err == nil {
			text = string(sixDigits([]byte(text)))
		}
		return text, err
	default:
		return nil, errors.New("a list or an object")
	}
}

func checkUntyped(kind tables.Kind) error {
	if kind != tables.AnyText {
		return errors.New("not a text")
	}
	return nil
}

func checkText(kind tables.Kind, text string) error {
	if strings.ContainsRune(text, 0) {
		return errors.New("a text with the character NUL")
	}
	switch kind {
	case tables.UUID:
		if id, err := uuid.Parse(text); err != nil || id.String() != text {
			return fmt.Errorf("%.100q is no id of 36 characters in lower case", text)
		}
	case tables.Time:
		return checkTime(text)
	case tables.Declared:
		if len(text) > maxDeclared {
			return fmt.Errorf("a text of %d bytes, more than %d", len(text), maxDeclared)
		}
		if err := tables.CheckMetrics(text); err != nil {
			return err
		}
		return checkText(tables.JSON, text)
	case tables.JSON:
		if err := document.Check(context.Background(), []byte(text), document.StoredLimits); err != nil {
			return fmt.Errorf("no JSON document: %w", err)
		}
	case tables.AnyText:
	}
	return nil
}

// checkTime accepts what other programs may have written: PostgreSQL's infinities, and any
// number of digits behind a point behind the second.
func checkTime(text string) error {
	if text == "infinity" || text == "-infinity" {
		return nil
	}
	at, err := time.Parse(time.DateTime, text) // digits behind the second may follow
	if err != nil || at.Year() < 1 || !strings.HasPrefix(text, at.Format(time.DateTime)) || strings.Contains(text, ",") {
		return fmt.Errorf("%.100q is no date-time like %s.000000 of the years 1 to 9999", text, time.DateTime)
	}
	return nil
}

// checkLists checks the documents that the program itself reads, in the rows of mails: an
// object and a list, both of texts, or null.
func checkLists(table string, fields map[string]any) error {
	if table != "outbox" {
		return nil
	}
	for column, opening := range map[string]jsontext.Kind{"headers": '{', "reached": '['} {
		text, ok := fields[column].(string)
		if ok && !isOfTexts(text, opening) {
			return fmt.Errorf("column %q is not made of texts", column)
		}
	}
	return nil
}

// isOfTexts reports whether a JSON document is null, or an object or a list of texts. It keeps
// nothing of the document.
func isOfTexts(text string, opening jsontext.Kind) bool {
	decoder := jsontext.NewDecoder(bytes.NewBufferString(text), jsontext.AllowDuplicateNames(true))
	first, err := decoder.ReadToken()
	if err != nil || first.Kind() != opening {
		return err == nil && first.Kind() == 'n'
	}
	for decoder.StackDepth() > 0 {
		token, err := decoder.ReadToken()
		if err != nil || token.Kind() != '"' && decoder.StackDepth() > 0 {
			return false
		}
	}
	return true
}
