package autogen

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// definition is the text after the name of an index (and its table) or of a foreign key. It
// has properties that atlas ignores, such as when a key is checked.
type definition struct {
	schema.Attr
	sql string
}

func definitionOf(attrs []schema.Attr) string {
	if d, ok := attribute[*definition](attrs); ok {
		return d.sql
	}
	return ""
}

func attribute[T schema.Attr](attrs []schema.Attr) (T, bool) {
	for _, attr := range attrs {
		if found, ok := attr.(T); ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// constraintOf is the constraint of the type, as pg_constraint has it, that the index serves; nil for
// none. Foreign keys that refer to the columns of the index are among its constraints, too, in any order.
func constraintOf(index *schema.Index, contype string) *postgres.Constraint {
	for _, attr := range index.Attrs {
		if c, ok := attr.(*postgres.Constraint); ok && strings.EqualFold(c.T, contype) {
			return c
		}
	}
	return nil
}

// isConstraint is true for a unique constraint, and false for a unique index. Both databases
// have atlas's attribute for PostgreSQL.
func isConstraint(index *schema.Index) bool {
	return constraintOf(index, "u") != nil
}

func markConstraint(index *schema.Index) {
	index.AddAttrs(&postgres.Constraint{N: index.Name, T: "u"})
}

// isPartial is true for an index of some rows only.
func isPartial(index *schema.Index) bool {
	_, inPostgres := attribute[*postgres.IndexPredicate](index.Attrs)
	_, inSQLite := attribute[*sqlite.IndexPredicate](index.Attrs)
	return inPostgres || inSQLite
}

// align makes the two schemas comparable: GORM's tags know unique indexes only, and neither
// comments nor the order of columns are compared.
func align(has, wants *schema.Schema) {
	wants.Name = has.Name
	for _, table := range wants.Tables {
		old, existed := has.Table(table.Name)
		if existed {
			sortLike(old, table)
		}
		for _, index := range table.Indexes {
			if !index.Unique || isConstraint(index) || isPartial(index) {
				continue
			}
			constraint := strings.HasSuffix(index.Name, "_key")
			if existed {
				if before, there := old.Index(index.Name); there && before.Unique {
					constraint = isConstraint(before)
				}
			}
			if constraint {
				markConstraint(index)
			}
		}
	}
	for _, table := range slices.Concat(has.Tables, wants.Tables) {
		table.Attrs = schema.RemoveAttr[*schema.Comment](table.Attrs)
		for _, column := range table.Columns {
			column.Attrs = schema.RemoveAttr[*schema.Comment](column.Attrs)
		}
		for _, index := range table.Indexes {
			index.Attrs = schema.RemoveAttr[*schema.Comment](index.Attrs)
		}
	}
	has.Attrs, wants.Attrs = nil, nil
}

// sortLike sorts the columns of a table as in the old table, new columns last: ALTER TABLE
// adds them there.
func sortLike(old, table *schema.Table) {
	place := func(column *schema.Column) int {
		at := slices.IndexFunc(old.Columns, func(c *schema.Column) bool { return c.Name == column.Name })
		if at < 0 {
			return len(old.Columns)
		}
		return at
	}
	slices.SortStableFunc(table.Columns, func(a, b *schema.Column) int { return place(a) - place(b) })
}

// changesBetween returns the changes that atlas finds, and those of definitions. The changes
// of a table are together.
func changesBetween(from, to *schema.Schema, differ schema.Differ) ([]schema.Change, error) {
	changes, err := differ.SchemaDiff(from, to, schema.DiffNormalized())
	if err != nil {
		return nil, fmt.Errorf("compare the schemas: %w", err)
	}
	for _, table := range to.Tables {
		before, existed := from.Table(table.Name)
		if !existed {
			continue
		}
		modified := modificationOf(table, changes)
		if modified == nil {
			if more := redefined(before, table, nil); len(more) > 0 {
				changes = append(changes, &schema.ModifyTable{T: table, Changes: more})
			}
			continue
		}
		modified.Changes = append(modified.Changes, redefined(before, table, modified.Changes)...)
	}
	return changes, nil
}

// modificationOf returns the change of the table among the changes, nil if there is none.
func modificationOf(table *schema.Table, changes []schema.Change) *schema.ModifyTable {
	for _, change := range changes {
		if modified, ok := change.(*schema.ModifyTable); ok && modified.T == table {
			return modified
		}
	}
	return nil
}

// redefined returns the changes of indexes and foreign keys whose definition differs under
// the same name, and that are not known yet.
func redefined(from, to *schema.Table, known []schema.Change) []schema.Change {
	seen := map[any]bool{}
	for _, change := range known {
		switch c := change.(type) {
		case *schema.ModifyIndex:
			seen[c.To] = true
		case *schema.ModifyForeignKey:
			seen[c.To] = true
		}
	}
	var out []schema.Change
	for _, index := range to.Indexes {
		before, there := from.Index(index.Name)
		if there && !seen[index] && definitionOf(before.Attrs) != definitionOf(index.Attrs) {
			out = append(out, &schema.ModifyIndex{From: before, To: index, Change: schema.ChangeAttr})
		}
	}
	for _, key := range to.ForeignKeys {
		before, there := from.ForeignKey(key.Symbol)
		if there && !seen[key] && definitionOf(before.Attrs) != definitionOf(key.Attrs) {
			out = append(out, &schema.ModifyForeignKey{From: before, To: key, Change: schema.ChangeAttr})
		}
	}
	return out
}
