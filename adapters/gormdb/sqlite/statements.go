package sqlite

import (
	"embed"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

//go:embed sql/*.sql
var files embed.FS

var statements = session.LoadStatements(files)
