package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/eosc-perf/backend/core/document"
)

// documents are the limits of documents in forms.
func (c Config) documents() document.Limits {
	if c.Documents != (document.Limits{}) {
		return c.Documents
	}
	return document.Limits{Bytes: schemaBytes, Depth: 100, Exponent: 308}
}

// jsonFault says why a text is no document, and where.
func jsonFault(text []byte, err error) string {
	if syntax, ok := errors.AsType[*document.SyntaxError](err); !ok {
		return err.Error() + "."
	} else if syntax.Literal != "" {
		return fmt.Sprintf("JSON has no %s (line %d).", syntax.Literal, lineAt(text, syntax.Offset))
	}
	var value any
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value)); ok {
		return fmt.Sprintf("line %d is no JSON: %s.", lineAt(text, int(syntax.Offset)), syntax.Error())
	}
	return "no JSON."
}

// lineAt is the line of a byte, from 1.
func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(0, offset), len(text))], []byte{'\n'})
}

func sortedNames[K cmp.Ordered, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }
