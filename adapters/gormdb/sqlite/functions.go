package sqlite

import (
	"database/sql/driver"
	"strings"

	gosqlite "github.com/glebarez/go-sqlite"

	"github.com/eosc-perf/backend/core/filter"
)

// SQLite's own functions for JSON round numbers, and take the first of equal
// keys: so we bring our own. Neither of them ever fails; what is no JSON has no
// values.
const (
	// json_key(document, path) orders documents by the value at the path, a NULL
	// path being the whole document. NULL if there is no such value.
	keyFunction = "json_key"
	// json_operand(document, path, kind) compares with the key of a condition's
	// value. NULL if there is no value that compares with that kind.
	operandFunction = "json_operand"
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
