package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode"

	gosqlite "modernc.org/sqlite"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
)

// SQLite's own functions for JSON round numbers, and take the first of several members
// with one name. So this package has its own functions. None of them ever fails: a text
// that is not JSON has no values.
const (
	// json_key(document, path) returns a key that orders documents by the value at the path;
	// a NULL path is the whole document. The key is NULL if there is no such value.
	keyFunction = "json_key"
	// json_operand(document, path, kind, bytes) returns a key that compares with the key of a
	// condition's value, which has less than so many bytes. The key is NULL if there is no value that
	// compares with that kind.
	operandFunction = "json_operand"
	// outline_knows(outline, path) returns 1 if the outline of a document has the key of the value
	// at the path, or there is no such value, else 0. outline_key(outline, path) returns the key.
	knowsFunction   = "outline_knows"
	outlineFunction = "outline_key"
	// lean_document(outline, path) returns a short document with the same value at the path, as far as
	// conditions can tell; NULL if only the document says what is there.
	leanFunction = "lean_document"
	// json_outline(document) returns the outline of a document, NULL for a short one.
	makeFunction = "json_outline"
	// json_text(document, path) returns the JSON text of the value at the path. It is NULL
	// if there is no such value.
	textFunction = "json_text"
	// fold(text) returns the same text for all texts that differ only in the case of
	// letters. SQLite's own functions know the letters of ASCII only. NULL stays NULL.
	foldFunction = "fold"
	// json_holds(document, comparison, unit) returns 1 if the document satisfies the comparison,
	// written in its canonical form, else 0. Numbers without a unit are in the unit, which
	// may be empty.
	holdsFunction = "json_holds"
	// index_keys(document, leaves) returns the rows of the document in the value index, packed;
	// leaves is a JSON array of pairs of the id and the path of the indexed paths.
	indexFunction = "index_keys"
	// value_key(keys, leaf) returns the key to sort by at the indexed path, from packed rows.
	// It is NULL if there is none.
	valueFunction = "value_key"
	// list_keys(keys) returns packed rows as a JSON array of pairs of the leaf and the key in
	// hexadecimal digits.
	listFunction = "list_keys"
	// leaf_paths(schema, metrics) returns the paths that are indexed for a benchmark, as a JSON
	// array.
	pathsFunction = "leaf_paths"
)

// init registers the functions before the first connection is opened: the driver gives them
// to every connection, and has no lock around its list.
func init() {
	gosqlite.MustRegisterDeterministicScalarFunction(keyFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return blob(sortKey(text(args[0]), path(args[1]))), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(operandFunction, 4,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			kind, _ := args[2].(int64)
			bytes, _ := args[3].(int64)
			return blob(operandKey(text(args[0]), path(args[1]), filter.Kind(kind), int(bytes))), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(holdsFunction, 3,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			unit, _ := filter.ParseUnit(string(text(args[2])))
			c, err := conditions.get(string(text(args[1])))
			if err != nil {
				return nil, err
			}
			if c.holds(text(args[0]), unit) {
				return int64(1), nil
			}
			return int64(0), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(textFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			value := find(text(args[0]), path(args[1]))
			if value == nil {
				return nil, nil
			}
			return string(value), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(foldFunction, 1,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if args[0] == nil {
				return nil, nil
			}
			return fold(string(text(args[0]))), nil
		})
}

// init registers the functions of the value index.
func init() {
	gosqlite.MustRegisterDeterministicScalarFunction(indexFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			indexed, err := indexedLeaves.get(string(text(args[1])))
			if err != nil {
				return nil, err
			}
			return blob(packKeys(indexed.rowKeys(text(args[0])))), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(valueFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			leaf, _ := args[1].(int64)
			return blob(valueIn(text(args[0]), leaf)), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(listFunction, 1,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return listKeys(text(args[0])), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(pathsFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return leafPaths(text(args[0]), text(args[1]))
		})
}

// init registers the functions of outlines.
func init() {
	gosqlite.MustRegisterDeterministicScalarFunction(knowsFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if _, found := outlined(text(args[0]), path(args[1])); found {
				return int64(1), nil
			}
			return int64(0), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(outlineFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			key, _ := outlined(text(args[0]), path(args[1]))
			return blob(key), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(leanFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if lean := leanDocument(text(args[0]), path(args[1])); lean != nil {
				return string(lean), nil
			}
			return nil, nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(makeFunction, 1,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return blob(outlineOf(text(args[0]))), nil
		})
}

// leafPaths lists the indexed paths of a benchmark, from its schema and the metrics that were
// declared for it.
func leafPaths(schema, declared []byte) (string, error) {
	var stored tables.Metrics
	if len(declared) > 0 {
		if err := stored.Scan(declared); err != nil {
			return "", fmt.Errorf("read declared metrics: %w", err)
		}
	}
	paths := metrics.Leaves(&domain.Benchmark{JSONSchema: schema, Metrics: stored.Entity()})
	list, err := json.Marshal(paths)
	return string(list), err
}

// fold is the text in lower case, without what differs there although only the case differed: a sigma
// at the end of a word, and the dot of the Turkish capital i.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u03c2':
			return '\u03c3'
		case '\u0307':
			return -1
		default:
			return unicode.ToLower(r)
		}
	}, s)
}

func text(value driver.Value) []byte {
	switch v := value.(type) {
	case string:
		return []byte(v)
	case []byte:
		return v
	default:
		return nil
	}
}

// path reads a path in its canonical form, NULL for the whole document.
func path(value driver.Value) filter.Path {
	if value == nil {
		return nil
	}
	path, _ := paths.get(string(text(value)))
	return path
}

// parsed holds what texts mean that each row of a statement is compared with.
type parsed[T any] struct {
	parse func(string) (T, error)
	mutex sync.RWMutex
	known map[string]T
}

// maxParsed bounds the texts that are remembered. Few statements run at one time.
const maxParsed = 200

var (
	paths = &parsed[filter.Path]{parse: func(text string) (filter.Path, error) {
		return filter.ParsePath(text, math.MaxInt)
	}}
	conditions = &parsed[*condition]{parse: parseCondition}

	indexedLeaves = &parsed[*leaves]{parse: parseLeaves}
)

func (p *parsed[T]) get(text string) (T, error) {
	p.mutex.RLock()
	value, ok := p.known[text]
	p.mutex.RUnlock()
	if ok {
		return value, nil
	}
	value, err := p.parse(text)
	if err != nil {
		return value, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.known) >= maxParsed || p.known == nil {
		p.known = map[string]T{}
	}
	p.known[text] = value
	return value, nil
}

// blob keeps a missing key apart from an empty one.
func blob(key []byte) driver.Value {
	if key == nil {
		return nil
	}
	return key
}
