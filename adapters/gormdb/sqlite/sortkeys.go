package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
)

// sortKeys implements session.SortKeys. A key is that of the function json_key.
type sortKeys struct{}

// maxSortKey is the length of keys in bytes.
const maxSortKey = 2000

// Version implements session.SortKeys. SQLite reads neither the document nor its pages to tell how long
// it is.
func (sortKeys) Version() string {
	return "(coalesce(result.digest, '') || ':' || octet_length(result.json))"
}

// Read implements session.SortKeys. The limit and the condition keep SQLite from calculating the key
// for each place that it stands at.
func (s sortKeys) Read(path filter.Path, listed clause.Expr) clause.Expr {
	return clause.Expr{
		SQL: fmt.Sprintf("SELECT r.id AS result_id, r.version, substr(r.key, 1, %d) AS key, "+
			"CASE WHEN length(r.key) > %d THEN r.key END AS whole, r.known AS is_outlined "+
			"FROM (SELECT result.id, %s AS version, ? AS key, coalesce((SELECT %s(o.outline, ?) FROM result_outline AS o "+
			"WHERE o.result_id = result.id), 0) AS known FROM result WHERE result.id IN (SELECT listed.id FROM ?) LIMIT -1) AS r "+
			"WHERE r.id IS NOT NULL",
			maxSortKey, maxSortKey, s.Version(), knowsFunction),
		Vars: []any{documents{}.keyOf("result.json", path), written(path), listed},
	}
}

// Key implements session.SortKeys.
func (sortKeys) Key(path filter.Path, _ string) clause.Expr {
	return clause.Expr{
		SQL: fmt.Sprintf("substr(?, 1, %d)", maxSortKey), Vars: []any{documents{}.keyOf("result.json", path)},
	}
}

// IsAmong implements session.SortKeys.
func (s sortKeys) IsAmong(path filter.Path, alias string, keys []string) clause.Expr {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = hex.EncodeToString([]byte(k))
	}
	encoded, _ := json.Marshal(list) // texts are always encoded
	return clause.Expr{
		SQL: "ifnull(? IN (SELECT unhex(value) FROM json_each(?)), 0)", Vars: []any{s.Key(path, alias), string(encoded)},
	}
}

// Order implements session.SortKeys. SQLite makes an index of the table, as its ids are texts.
func (sortKeys) Order(path filter.Path, alias string, keys []session.SortKey) (by []clause.Expr, join clause.Expr) {
	list := make([][2]*string, len(keys))
	for i, k := range keys {
		id := uuid.UUID(k.ResultID).String()
		list[i][0] = &id
		if k.Key != nil {
			text := hex.EncodeToString([]byte(*k.Key))
			list[i][1] = &text
		}
	}
	encoded, _ := json.Marshal(list) // texts are always encoded
	join = clause.Expr{
		SQL: "LEFT JOIN (SELECT CAST(value ->> 0 AS TEXT) AS id, unhex(value ->> 1) AS key FROM json_each(?) LIMIT -1) AS " + alias +
			" ON " + alias + ".id = result.id",
		Vars: []any{string(encoded)},
	}
	return []clause.Expr{{
		SQL:  "CASE WHEN " + alias + ".id IS NOT NULL THEN " + alias + ".key ELSE ? END",
		Vars: []any{documents{}.keyOf("result.json", path)},
	}}, join
}

// OrderOf implements session.SortKeys.
func (sortKeys) OrderOf(key string) []clause.Expr {
	return []clause.Expr{{SQL: "?", Vars: []any{[]byte(key)}}}
}
