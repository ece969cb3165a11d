package migrations

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// UpgradeScript returns SQL for psql or sqlite3 that does the same as Upgrade to this
// database. It is for operators whose database only somebody else may change. It changes
// nothing itself. Errors: those of Upgrade.
func (s Schema) UpgradeScript(ctx context.Context, target string) (string, error) {
	state, err := scriptable(s.db.WithContext(ctx), s.revisions)
	if err != nil {
		return "", err
	}
	missing, err := state.Toward(s.revisions, target)
	if err != nil {
		return "", err
	}
	w := newScript(s.db.Name(), state)
	for _, r := range missing {
		w.revision("upgrade to "+r.ID+", "+r.Message, r, r.Up, insertRecord(r))
	}
	return w.end(), nil
}

// DowngradeScript returns SQL that does the same as Downgrade to this database.
func (s Schema) DowngradeScript(ctx context.Context, target string) (string, error) {
	state, err := scriptable(s.db.WithContext(ctx), s.revisions)
	if err != nil {
		return "", err
	}
	undo, err := state.Beyond(s.revisions, target)
	if err != nil {
		return "", err
	}
	if err := undoable(undo); err != nil {
		return "", err
	}
	w := newScript(s.db.Name(), state)
	for _, r := range undo {
		w.revision("downgrade from "+r.ID+", "+r.Message, r, r.Down, fmt.Sprintf("DELETE FROM %s WHERE id = '%s';\n", revisionTable, r.ID))
	}
	return w.end(), nil
}

// scriptable returns the state of a database, and an error if Upgrade would refuse the
// database.
func scriptable(db *gorm.DB, revisions []Revision) (State, error) {
	state, err := inspect(db, revisions)
	if err != nil {
		return State{}, err
	}
	if err := state.Known(); err != nil {
		return State{}, err
	}
	there, err := hasTable(db, revisionTable)
	if err == nil && !there {
		err = checkInherited(db, revisions, state)
	}
	return state, err
}

func insertRecord(r Revision) string {
	return fmt.Sprintf("INSERT INTO %s (id, %s) VALUES ('%s', %t);\n", revisionTable, compatibleColumn, r.ID, r.Compatible)
}

// script is a script that is being written.
type script struct {
	dialect string
	text    strings.Builder
}

// newScript begins a script. psql stops at the first error, and uses the current schema
// only: functions remember their schema. In SQLite the script is one transaction without
// foreign keys, as in Upgrade. Both create the revision table; the script for PostgreSQL
// takes over the revisions of the earlier program.
func newScript(dialect string, state State) *script {
	w := &script{dialect: dialect}
	if dialect == sqlite {
		w.text.WriteString(".bail on\nPRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n" + createTable + ";\n")
		return w
	}
	w.text.WriteString("\\set ON_ERROR_STOP on\nSET statement_timeout = 0;\n" +
		"SELECT set_config('search_path', quote_ident(current_schema()), false) AS search_path \\gset\nBEGIN;\n" + createTable + ";\n" +
		"ALTER TABLE " + revisionTable + " ADD COLUMN IF NOT EXISTS " + compatibleColumn + " boolean;\n")
	if state.Inherited {
		w.text.WriteString("-- Taken over as they are:\n")
		for _, r := range state.Applied {
			w.text.WriteString(insertRecord(r))
		}
	}
	w.text.WriteString("COMMIT;\n")
	return w
}

func (w *script) end() string {
	if w.dialect == sqlite {
		w.text.WriteString("\n-- Nothing is printed here if all is well:\nPRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys = ON;\n")
	}
	return w.text.String()
}

func (w *script) revision(title string, r Revision, scripts []string, record string) {
	transaction := r.Transactional && w.dialect != sqlite
	w.text.WriteString("\n-- " + title + "\n")
	if transaction {
		w.text.WriteString("BEGIN;\n")
	}
	for _, one := range scripts {
		w.text.WriteString(one)
		if !strings.HasSuffix(one, ";") {
			w.text.WriteString("\n;")
		}
		w.text.WriteString("\n")
	}
	w.text.WriteString(record)
	if transaction {
		w.text.WriteString("COMMIT;\n")
	}
}
