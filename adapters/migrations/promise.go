package migrations

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Deviations is the error for a database whose tables are not what they should be
// according to the revision that it says it is at.
type Deviations struct {
	// Revisions are the ids of the newest revisions that the database should have;
	// none if it says nothing, and should be empty.
	Revisions []string
	// Lines say one difference each.
	Lines []string
}

// Error implements error.
func (d *Deviations) Error() string {
	if len(d.Revisions) == 0 {
		return "the database has tables named like ours, but nothing that tells which revision made them:\n  " + strings.Join(d.Lines, "\n  ") +
			"\nIf they are this system's, write down their revision with `migrate stamp REVISION`; if not, use another schema or another database"
	}
	return fmt.Sprintf("the tables of the earlier program are not what its revision %s makes:\n  %s\n"+
		"Change them so that they are, or, if these differences do no harm, take them as they are with `migrate stamp %s`; then upgrade again",
		strings.Join(d.Revisions, ", "), strings.Join(d.Lines, "\n  "), d.Revisions[0])
}

// compareWithPromise returns *Deviations if a PostgreSQL database without a
// revision table does not have exactly the tables that the earlier program's
// revision promises. That is what the revisions make for a moment as temporary
// tables, in a transaction that is rolled back.
func compareWithPromise(db *gorm.DB, revisions []Revision, state State) error {
	if db.Name() != postgres || !contains(revisions, firstOfAlembic) {
		return nil
	}
	var lines []string
	rolledBack := errors.New("rolled back")
	err := db.Transaction(func(tx *gorm.DB) error {
		promised, err := promise(tx, state.Applied)
		if err != nil {
			return err
		}
		first, err := lineage(revisions, firstOfAlembic)
		if err != nil {
			return err
		}
		all, err := promise(tx, first)
		if err != nil {
			return err
		}
		found, err := describe(tx, currentNamespace, slices.Concat(tables(all), tables(promised)))
		if err != nil {
			return err
		}
		lines = differences(promised, found)
		return rolledBack
	})
	if !errors.Is(err, rolledBack) {
		return fmt.Errorf("compare the tables with what they should be: %w", err)
	}
	if len(lines) > 0 {
		return &Deviations{Revisions: IDs(Heads(state.Applied)), Lines: lines}
	}
	return nil
}

const (
	currentNamespace   = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
	temporaryNamespace = "pg_my_temp_schema()"
)

// promise describes what the revisions make. It leaves nothing behind.
func promise(db *gorm.DB, revisions []Revision) (description []string, err error) {
	undo := errors.New("undo")
	err = db.Transaction(func(tx *gorm.DB) error { // a savepoint
		if err := tx.Exec("SET LOCAL search_path = pg_temp").Error; err != nil {
			return err
		}
		for _, r := range revisions {
			if err := send(tx, r.Up...); err != nil {
				return fmt.Errorf("make the tables of revision %s as temporary ones (the user needs the right TEMPORARY on the database): %w", r.ID,
					err)
			}
		}
		if description, err = describe(tx, temporaryNamespace, nil); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		return nil, err
	}
	return description, nil
}

// tables are those that a description is about.
func tables(description []string) []string {
	var names []string
	for _, line := range description {
		if name, is := strings.CutPrefix(line, "table "); is {
			names = append(names, name)
		}
	}
	return names
}

// describe tells what tables there are in a namespace, all or those named, their
// columns, constraints, unique indexes and enums, a line each, in an order that
// shows a table before what is in it. Foreign keys come without their names,
// which old versions of PostgreSQL made in another way.
func describe(db *gorm.DB, namespace string, only []string) ([]string, error) {
	var lines []string
	err := db.Raw(strings.ReplaceAll(statement(postgres, "describe"), "{namespace}", namespace),
		map[string]any{"everything": only == nil, "tables": strings.Join(only, ",")}).Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return lines, nil
}

// differences says what of the promised is missing, and what is found besides.
// Of a table that is missing or not expected as a whole, only that is said.
func differences(promised, found []string) []string {
	lacking := subtract(promised, found)
	surplus := subtract(found, promised)
	var lines []string
	for _, line := range silenced(lacking, tables(lacking)) {
		lines = append(lines, "missing: "+line)
	}
	for _, line := range silenced(surplus, tables(surplus)) {
		lines = append(lines, "not expected: "+line)
	}
	return lines
}

func subtract(all, these []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool { return slices.Contains(these, line) })
}

// silenced leaves out what is about the tables, but for the lines that name them.
func silenced(lines, whole []string) []string {
	about := func(line, table string) bool {
		return strings.Contains(line, " "+table+".") || strings.HasPrefix(line, "foreign key of "+table+":")
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return slices.ContainsFunc(whole, func(table string) bool { return about(line, table) })
	})
}
