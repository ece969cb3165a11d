package autogen

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// sqlitePlanner has the triggers, which are created again for a table that is replaced.
type sqlitePlanner struct{ triggers map[string][]string }

// plan relies on package migrations: it runs a revision without foreign keys, and checks
// them at the end. So the order of the tables does not matter.
func (p sqlitePlanner) plan(from, _ *schema.Schema, changes []schema.Change) (plan, error) {
	var out plan
	for _, change := range changes {
		var statements []string
		var err error
		switch c := change.(type) {
		case *schema.DropTable:
			statements = []string{"DROP TABLE " + identifier(c.T.Name) + ";"}
		case *schema.AddTable:
			statements, err = makeTable(c.T, c.T.Name)
			statements = append(statements, makeIndexes(c.T)...)
		case *schema.ModifyTable:
			before, _ := from.Table(c.T.Name)
			statements, err = p.modify(before, c.T, c.Changes)
		default:
			err = fmt.Errorf("%T: %w", change, errUnknownChange)
		}
		if err != nil {
			return plan{}, err
		}
		out.main = append(out.main, statements...)
	}
	return out, nil
}

func makeTable(table *schema.Table, name string) ([]string, error) {
	statement, err := createTable(table, name, sqliteName, nil)
	return []string{statement}, err
}

func makeIndexes(table *schema.Table) []string {
	var statements []string
	for _, index := range table.Indexes {
		if !isConstraint(index) {
			statements = append(statements, createIndex(table.Name, index, false))
		}
	}
	return statements
}

// modify alters the table if SQLite can, and otherwise replaces it: see
// https://sqlite.org/lang_altertable.html, section 7.
func (p sqlitePlanner) modify(from, to *schema.Table, changes []schema.Change) ([]string, error) {
	statements, possible, err := alterInPlace(to, changes)
	if possible || err != nil {
		return statements, err
	}
	return p.remake(from, to)
}

func (p sqlitePlanner) remake(from, to *schema.Table) ([]string, error) {
	name := to.Name + "_new"
	statements, err := makeTable(to, name)
	if err != nil {
		return nil, err
	}
	var kept []*schema.Column
	for _, column := range to.Columns {
		if _, there := from.Column(column.Name); there {
			kept = append(kept, column)
		}
	}
	columns := columnNames(kept)
	statements = append(statements,
		"INSERT INTO "+identifier(name)+" ("+columns+")\n    SELECT "+columns+"\n    FROM "+identifier(to.Name)+";",
		"DROP TABLE "+identifier(to.Name)+";",
		"ALTER TABLE "+identifier(name)+" RENAME TO "+identifier(to.Name)+";")
	return slices.Concat(statements, makeIndexes(to), p.triggers[to.Name]), nil
}

// alterInPlace is possible for indexes, for new columns that existing rows may lack, and for
// columns that are dropped, unless they have keys or checks, which are changes of their own.
func alterInPlace(to *schema.Table, changes []schema.Change) (statements []string, possible bool, err error) {
	var drops, columns, creates []string
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.DropIndex:
			if isConstraint(c.I) {
				return nil, false, nil
			}
			drops = append(drops, dropIndex(c.I))
		case *schema.AddIndex:
			if isConstraint(c.I) {
				return nil, false, nil
			}
			creates = append(creates, createIndex(to.Name, c.I, false))
		case *schema.ModifyIndex:
			if isConstraint(c.From) || isConstraint(c.To) {
				return nil, false, nil
			}
			drops = append(drops, dropIndex(c.From))
			creates = append(creates, createIndex(to.Name, c.To, false))
		case *schema.AddColumn:
			text, possible, err := addedColumn(to, c.C)
			if !possible || err != nil {
				return nil, false, err
			}
			columns = append(columns, alter(to.Name, "ADD COLUMN "+text))
		case *schema.DropColumn:
			columns = append(columns, alter(to.Name, "DROP COLUMN "+identifier(c.C.Name)))
		case *schema.AddForeignKey:
			if !comesWith(c.F.Columns, changes) {
				return nil, false, nil
			}
		case *schema.AddCheck:
			if !isOfNewColumn(to, c.C, changes) {
				return nil, false, nil
			}
		default:
			return nil, false, nil
		}
	}
	return slices.Concat(drops, columns, creates), true, nil
}

func dropIndex(index *schema.Index) string { return "DROP INDEX " + identifier(index.Name) + ";" }

// addedColumn returns a new column with its check and foreign key. SQLite adds no column that
// is NOT NULL without a default, and no column of a key.
func addedColumn(table *schema.Table, column *schema.Column) (text string, possible bool, err error) {
	value := defaultOf(column)
	_, expression := column.Default.(*schema.RawExpr)
	key := keyOf(table, column)
	inPrimaryKey := table.PrimaryKey != nil && slices.ContainsFunc(table.PrimaryKey.Parts,
		func(p *schema.IndexPart) bool { return p.C == column })
	if inPrimaryKey || expression || !column.Type.Null && value == "" || key != nil && value != "" {
		return "", false, nil
	}
	text, err = columnDefinition(column, sqliteName)
	for _, check := range checksOf(table) {
		if check.Name == checkName(table.Name, column.Name) {
			text += "\n    " + checkConstraint(check)
		}
	}
	if key != nil {
		text += "\n    " + constraint(key.Symbol) + referenceClause(key)
	}
	return text, true, err
}

// keyOf returns the foreign key of this column alone.
func keyOf(table *schema.Table, column *schema.Column) *schema.ForeignKey {
	for _, key := range table.ForeignKeys {
		if len(key.Columns) == 1 && key.Columns[0] == column {
			return key
		}
	}
	return nil
}

func comesWith(columns []*schema.Column, changes []schema.Change) bool {
	return len(columns) == 1 && slices.ContainsFunc(changes, func(change schema.Change) bool {
		added, ok := change.(*schema.AddColumn)
		return ok && added.C == columns[0]
	})
}

func isOfNewColumn(table *schema.Table, check *schema.Check, changes []schema.Change) bool {
	return slices.ContainsFunc(changes, func(change schema.Change) bool {
		added, ok := change.(*schema.AddColumn)
		return ok && check.Name == checkName(table.Name, added.C.Name)
	})
}

// referenceClause is the definition of a foreign key without its own columns, as it stands
// in the definition of a column.
func referenceClause(key *schema.ForeignKey) string {
	_, clause, _ := strings.Cut(definitionOf(key.Attrs), "REFERENCES")
	return "REFERENCES" + clause
}
