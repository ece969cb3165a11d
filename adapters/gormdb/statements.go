package gormdb

import (
	"embed"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

//go:embed sql/*.sql
var files embed.FS

// statements are the same for both databases.
var statements = session.LoadStatements(files)

// asTable makes a table of a statement, to which a list adds conditions and an order.
func asTable(statement, alias string) string { return "(" + statement + ") AS " + alias }
