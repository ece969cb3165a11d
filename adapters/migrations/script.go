package migrations

import (
	"fmt"
	"strings"
)

// UpgradeScript is SQL that does what Upgrade would: for psql or sqlite3, where
// somebody else has to run it.
func UpgradeScript(dialect string, state State, revisions []Revision) string {
	var b strings.Builder
	writePreamble(&b, dialect)
	b.WriteString(createTable + ";\n")
	if state.Inherited {
		b.WriteString("\n-- Taken over as they are:\n")
		for _, r := range state.Applied {
			b.WriteString(insertRecord(r))
		}
	}
	for _, r := range revisions {
		writeRevision(&b, dialect, "upgrade to "+r.ID+", "+r.Message, r, r.Up, insertRecord(r))
	}
	writeEnd(&b, dialect)
	return b.String()
}

// DowngradeScript is SQL that does what Downgrade would.
func DowngradeScript(dialect string, undo []Revision) string {
	var b strings.Builder
	writePreamble(&b, dialect)
	for _, r := range undo {
		writeRevision(&b, dialect, "downgrade from "+r.ID+", "+r.Message, r, r.Down,
			fmt.Sprintf("DELETE FROM %s WHERE id = '%s';\n", revisionTable, r.ID))
	}
	writeEnd(&b, dialect)
	return b.String()
}

func insertRecord(r Revision) string {
	return fmt.Sprintf("INSERT INTO %s (id, %s) VALUES ('%s', %t);\n", revisionTable, compatibleColumn, r.ID, r.Compatible)
}

// writePreamble lets PostgreSQL's psql stop at the first error; in SQLite all is
// one transaction, foreign keys off meanwhile, as in Upgrade. Functions remember the
// search_path that they were made with.
func writePreamble(b *strings.Builder, dialect string) {
	if dialect == sqlite {
		b.WriteString(".bail on\nPRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n")
		return
	}
	b.WriteString("\\set ON_ERROR_STOP on\nSET statement_timeout = 0;\nSELECT set_config('search_path', quote_ident(current_schema()), false);\n")
}

func writeEnd(b *strings.Builder, dialect string) {
	if dialect == sqlite {
		b.WriteString("\n-- Nothing is printed here if all is well:\nPRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n")
	}
}

func writeRevision(b *strings.Builder, dialect, title string, r Revision, scripts []string, record string) {
	transaction := r.Transactional && dialect != sqlite
	fmt.Fprintf(b, "\n-- %s\n", title)
	if transaction {
		b.WriteString("BEGIN;\n")
	}
	for _, script := range scripts {
		b.WriteString(script + "\n")
	}
	b.WriteString(record)
	if transaction {
		b.WriteString("COMMIT;\n")
	}
}
