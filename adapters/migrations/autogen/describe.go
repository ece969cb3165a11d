package autogen

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// differences describes the changes: what the database has, and what the models need.
func differences(has *schema.Schema, changes []schema.Change) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.AddObject:
			add("type %s is missing in the database", c.O.(*schema.EnumType).T)
		case *schema.DropObject:
			add("type %s is in the database only", c.O.(*schema.EnumType).T)
		case *schema.ModifyObject:
			add("type %s has the values %s in the database, %s in the models", c.To.(*schema.EnumType).T,
				literals(c.From.(*schema.EnumType).Values), literals(c.To.(*schema.EnumType).Values))
		case *schema.AddTable:
			add("table %s is missing in the database", c.T.Name)
		case *schema.DropTable:
			add("table %s is in the database only", c.T.Name)
		case *schema.ModifyTable:
			before, _ := has.Table(c.T.Name)
			for _, part := range c.Changes {
				lines = append(lines, inTable(before, c.T, part)...)
			}
		default:
			add("%T", change)
		}
	}
	return lines
}

func inTable(before, after *schema.Table, change schema.Change) []string {
	const missing, surplus = "is missing in the database", "is in the database only"
	line := func(kind, name, what string) []string {
		return []string{strings.Join(strings.Fields(kind+" "+after.Name+"."+name+" "+what), " ")}
	}
	both := func(kind, name, has, wants string) []string {
		return line(kind, name, "is "+has+" in the database, "+wants+" in the models")
	}
	switch c := change.(type) {
	case *schema.AddColumn:
		return line("column", c.C.Name, typeName(c.C)+" "+missing)
	case *schema.DropColumn:
		return line("column", c.C.Name, typeName(c.C)+" "+surplus)
	case *schema.ModifyColumn:
		return both("column", c.To.Name, columnText(c.From), columnText(c.To))
	case *schema.AddIndex:
		return line(kindOf(c.I), c.I.Name, definitionOf(c.I.Attrs)+" "+missing)
	case *schema.DropIndex:
		return line(kindOf(c.I), c.I.Name, definitionOf(c.I.Attrs)+" "+surplus)
	case *schema.ModifyIndex:
		return both("index", c.To.Name, kindOf(c.From)+" "+definitionOf(c.From.Attrs), kindOf(c.To)+" "+definitionOf(c.To.Attrs))
	case *schema.AddForeignKey:
		return line("foreign key", c.F.Symbol, definitionOf(c.F.Attrs)+" "+missing)
	case *schema.DropForeignKey:
		return line("foreign key", c.F.Symbol, definitionOf(c.F.Attrs)+" "+surplus)
	case *schema.ModifyForeignKey:
		return both("foreign key", c.To.Symbol, definitionOf(c.From.Attrs), definitionOf(c.To.Attrs))
	case *schema.AddCheck:
		return line("check", c.C.Name, c.C.Expr+" "+missing)
	case *schema.DropCheck:
		return line("check", c.C.Name, c.C.Expr+" "+surplus)
	case *schema.ModifyCheck:
		return both("check", c.To.Name, c.From.Expr, c.To.Expr)
	case *schema.AddPrimaryKey:
		return []string{fmt.Sprintf("primary key of %s %s %s", after.Name, keyText(after), missing)}
	case *schema.DropPrimaryKey:
		return []string{fmt.Sprintf("primary key of %s %s %s", after.Name, keyText(before), surplus)}
	case *schema.ModifyPrimaryKey:
		return []string{fmt.Sprintf("primary key of %s is %s in the database, %s in the models", after.Name, keyText(before), keyText(after))}
	}
	return []string{fmt.Sprintf("table %s: %T", after.Name, change)}
}

func keyText(table *schema.Table) string {
	return "(" + strings.Join(partNames(table.PrimaryKey), ", ") + ")"
}

func kindOf(index *schema.Index) string {
	switch {
	case isConstraint(index):
		return "unique constraint"
	case index.Unique:
		return "unique index"
	}
	return "index"
}

// typeName is the name of a type for people, in the same form for both databases.
func typeName(column *schema.Column) string {
	if enum, ok := column.Type.Type.(*schema.EnumType); ok {
		return enum.T
	}
	if name, err := postgres.FormatType(column.Type.Type); err == nil {
		return name
	}
	if name, err := sqlite.FormatType(column.Type.Type); err == nil {
		return name
	}
	return column.Type.Raw
}

func columnText(column *schema.Column) string {
	text := typeName(column)
	if !column.Type.Null {
		text += " NOT NULL"
	}
	if value := defaultOf(column); value != "" {
		text += " DEFAULT " + value
	}
	return text
}

// warnings returns a line for all data that is lost, and for rows with which a statement
// fails.
func warnings(from *schema.Schema, changes []schema.Change) []string {
	var out, gone, come []string
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.AddTable:
			come = append(come, c.T.Name)
		case *schema.DropTable:
			gone = append(gone, c.T.Name)
			out = append(out, fmt.Sprintf("table %s is dropped, and its rows are lost", c.T.Name))
		case *schema.ModifyObject:
			before, after := c.From.(*schema.EnumType), c.To.(*schema.EnumType)
			if removed := added(after, before); len(removed) > 0 {
				out = append(out, fmt.Sprintf("type %s loses %s: PostgreSQL cannot remove values, so the type is made anew and tables with it are "+
					"rewritten; it fails where rows hold such a value",
					after.T, literals(removed)))
			}
		case *schema.ModifyTable:
			before, _ := from.Table(c.T.Name)
			out = append(out, tableWarnings(before, c.T, c.Changes)...)
		}
	}
	return append(out, renames("table", gone, come)...)
}

// renames warns of possible renames: one thing is removed, and another one is added.
func renames(kind string, gone, come []string) []string {
	if len(gone) == 0 || len(come) == 0 {
		return nil
	}
	slices.Sort(gone)
	slices.Sort(come)
	return []string{fmt.Sprintf("%s %s goes and %s comes: if that is a new name for the same, write RENAME instead, which keeps the data",
		kind, strings.Join(gone, ", "), strings.Join(come, ", "))}
}

func tableWarnings(before, after *schema.Table, changes []schema.Change) []string {
	var out, gone, come []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.DropColumn:
			gone = append(gone, after.Name+"."+c.C.Name)
			add("column %s.%s is dropped, and its values are lost", after.Name, c.C.Name)
		case *schema.AddColumn:
			come = append(come, after.Name+"."+c.C.Name)
			if !c.C.Type.Null && defaultOf(c.C) == "" {
				add("column %s.%s is NOT NULL and has no default: it fails if %s has rows; add it nullable, fill it, then set NOT NULL", after.Name,
					c.C.Name, after.Name)
			}
		case *schema.ModifyColumn:
			if c.Change.Is(schema.ChangeNull) && !c.To.Type.Null {
				add("column %s.%s becomes NOT NULL: it fails where rows hold NULL", after.Name, c.To.Name)
			}
			if c.Change.Is(schema.ChangeType) {
				add("column %s.%s becomes %s: it fails where a value cannot be converted, and the table may be rewritten", after.Name, c.To.Name,
					typeName(c.To))
			}
		case *schema.AddIndex:
			out = append(out, duplicates(after, c.I)...)
		case *schema.ModifyIndex:
			out = append(out, duplicates(after, c.To)...)
		case *schema.AddForeignKey:
			if !comesWith(c.F.Columns, changes) {
				add("foreign key %s fails where rows refer to nothing", c.F.Symbol)
			}
		case *schema.AddCheck:
			if !isOfNewColumn(after, c.C, changes) {
				add("check %s fails where rows do not satisfy it", c.C.Name)
			}
		case *schema.ModifyCheck:
			add("check %s fails where rows do not satisfy it", c.To.Name)
		case *schema.AddPrimaryKey, *schema.DropPrimaryKey, *schema.ModifyPrimaryKey:
			add("the primary key of %s changes: nobody can use the table meanwhile", before.Name)
		}
	}
	return append(out, renames("column", gone, come)...)
}

func duplicates(table *schema.Table, index *schema.Index) []string {
	if !index.Unique {
		return nil
	}
	return []string{fmt.Sprintf("%s %s fails where rows of %s have the same values", kindOf(index), index.Name, table.Name)}
}
