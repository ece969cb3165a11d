package sqlite

import (
	"database/sql/driver"
	"strings"

	gosqlite "github.com/glebarez/go-sqlite"

	"github.com/eosc-perf/backend/core/filter"
)

// SQLite's own functions for JSON round numbers, and take the first of equal
// keys: so we bring our own. None of them ever fails; what is no JSON has no
// values.
const (
	// json_key(document, path) orders documents by the value at the path, a NULL
	// path being the whole document. NULL if there is no such value.
	keyFunction = "json_key"
	// json_operand(document, path, kind) compares with the key of a condition's
	// value. NULL if there is no value that compares with that kind.
	operandFunction = "json_operand"
	// fold(text) is one text for all that differ only in the case of letters, of
	// which SQLite's own functions know those of ASCII. NULL for NULL.
	foldFunction = "fold"
)

// The driver gives its functions to every connection that it opens, and has no
// lock around them.
func init() {
	gosqlite.MustRegisterDeterministicScalarFunction(keyFunction, 2,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			return blob(sortKey(text(args[0]), parts(args[1]))), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(operandFunction, 3,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			kind, _ := args[2].(int64)
			return blob(operandKey(text(args[0]), parts(args[1]), filter.Kind(kind))), nil
		})
	gosqlite.MustRegisterDeterministicScalarFunction(foldFunction, 1,
		func(_ *gosqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			if args[0] == nil {
				return nil, nil
			}
			return fold(string(text(args[0]))), nil
		})
}

// alike are what lower case leaves apart: a sigma at the end of a word, and the
// dot that the Turkish capital i keeps in some databases.
var alike = strings.NewReplacer("\u03c2", "\u03c3", "\u0307", "")

func fold(s string) string { return alike.Replace(strings.ToLower(s)) }

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

func parts(path driver.Value) []string {
	if path == nil {
		return nil
	}
	return strings.Split(string(text(path)), ".")
}

// blob keeps a missing key from being an empty one.
func blob(key []byte) driver.Value {
	if key == nil {
		return nil
	}
	return key
}
