// Package alembictest makes databases of the earlier program, with rows of every unusual
// kind that years of use have made. It is for tests.
package alembictest

import (
	"database/sql"
	_ "embed"
	"testing"
)

// The revisions that deployments of the earlier program have.
const (
	// First is the revision before benchmarks had URLs.
	First = "7fc773c5907d"
	// Last is the newest revision.
	Last = "112055db4eff"
)

// The statements of Alembic. Constraints without names get the names of PostgreSQL.
var (
	//go:embed tables.sql
	tables string
	//go:embed url.sql
	url string
	//go:embed rows.sql
	rows string
	//go:embed rows_with_url.sql
	rowsWithURL string
)

// Make creates the tables and rows of a revision in an empty PostgreSQL database.
func Make(t *testing.T, db *sql.DB, revision string) {
	t.Helper()
	scripts := []string{tables, rows}
	if revision == Last {
		scripts = append(scripts, url, rowsWithURL)
	}
	for _, script := range scripts {
		if _, err := db.ExecContext(t.Context(), script); err != nil {
			t.Fatalf("make the earlier program's database: %v", err)
		}
	}
}

// Rows returns every row of the tables of the earlier program, with the columns of the
// revision: a line for each row, in a fixed order.
func Rows(t *testing.T, db *sql.DB, revision string) []string {
	t.Helper()
	var lines []string
	for _, table := range []string{"alembic_version", "user", "submit", "tag", "benchmark", "site", "flavor", "claim", "result",
		"result_tags"} {
		lines = append(lines, rowsOf(t, db, table, revision)...)
	}
	return lines
}

func rowsOf(t *testing.T, db *sql.DB, table, revision string) []string {
	t.Helper()
	columns, spelling := "to_jsonb(t)", "''" // the spelling of what jsonb would not show
	if table == "benchmark" {
		spelling = "json_schema::text"
	}
	if table != "result_tags" {
		columns += " - 'removed' - 'removed_at' - 'result_id' - 'metrics' - 'withdrawn_at' - 'withdrawn_by' - 'state_reason' - 'digest'" +
			" - 'digest_holder' - 'supersedes' - 'image_digest' - 'image_checked_at' - 'client'"
	}
	if table == "tag" {
		columns += " - 'uploader_sub' - 'uploader_iss'"
	}
	if revision == First {
		columns += " - 'url'"
	}
	from := ` FROM "` + table + `" t ORDER BY 1`
	query := `SELECT '` + table + ` ' || (` + columns + `)::text || ' ' || ` + spelling + from //nolint:gosec // names of this package
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var lines []string
	for found.Next() {
		var line string
		if err := found.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
