package migrations

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Deviations is the error for a database whose tables are not those that its revision
// makes.
type Deviations struct {
	// Revisions are the ids of the newest revisions that the database should have. There
	// are none if the database names no revision, and should be empty.
	Revisions []string
	// Lines are the differences, a line for each.
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

// checkInherited returns *Deviations if a PostgreSQL database without a revision table does
// not have exactly the tables that the earlier program's revision makes. For the comparison
// the revisions make temporary tables, in a transaction that is rolled back.
func checkInherited(db *gorm.DB, revisions []Revision, state State) error {
	if db.Name() != postgres || !contains(revisions, firstOfAlembic) {
		return nil
	}
	var lines []string
	rolledBack := errors.New("rolled back")
	err := db.Transaction(func(tx *gorm.DB) error {
		wanted, err := expected(tx, state.Applied)
		if err != nil {
			return err
		}
		first, err := lineage(revisions, firstOfAlembic)
		if err != nil {
			return err
		}
		all, err := expected(tx, first)
		if err != nil {
			return err
		}
		found, err := describe(tx, currentNamespace, slices.Concat(tables(all), tables(wanted)))
		if err != nil {
			return err
		}
		lines = differences(wanted, found)
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

// expected describes the tables that the revisions make. It leaves nothing behind.
func expected(db *gorm.DB, revisions []Revision) (description []string, err error) {
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

// tables returns the names of the tables of a description.
func tables(description []string) []string {
	var names []string
	for _, line := range description {
		if name, is := strings.CutPrefix(line, "table "); is {
			names = append(names, name)
		}
	}
	return names
}

// describe describes the tables of a namespace, all or those that are named, with their
// columns, constraints, unique indexes and enums: a line for each, a table before its parts.
// Foreign keys come without their names, which differ between versions of PostgreSQL.
func describe(db *gorm.DB, namespace string, only []string) ([]string, error) {
	var lines []string
	err := db.Raw(strings.ReplaceAll(statement(postgres, "describe"), "{namespace}", namespace),
		map[string]any{"everything": only == nil, "tables": strings.Join(only, ",")}).Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return lines, nil
}

// differences returns the lines that are missing, and those that are not expected. If a
// whole table is missing or not expected, its parts are left out.
func differences(wanted, found []string) []string {
	lacking := subtract(wanted, found)
	surplus := subtract(found, wanted)
	var lines []string
	for _, line := range withoutParts(lacking, tables(lacking)) {
		lines = append(lines, "missing: "+line)
	}
	for _, line := range withoutParts(surplus, tables(surplus)) {
		lines = append(lines, "not expected: "+line)
	}
	return lines
}

func subtract(all, these []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(line string) bool { return slices.Contains(these, line) })
}

// withoutParts leaves out the lines about parts of the tables.
func withoutParts(lines, whole []string) []string {
	about := func(line, table string) bool {
		return strings.Contains(line, " "+table+".") || strings.HasPrefix(line, "foreign key of "+table+":")
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return slices.ContainsFunc(whole, func(table string) bool { return about(line, table) })
	})
}
