package autogen

import (
	"strings"

	"ariga.io/atlas/sql/schema"
)

// adds returns the tables, and the columns as TABLE.COLUMN, that are added: their data is
// lost when the revision is undone.
func adds(changes []schema.Change) []string {
	var names []string
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.AddTable:
			names = append(names, c.T.Name)
		case *schema.ModifyTable:
			for _, part := range c.Changes {
				if column, added := part.(*schema.AddColumn); added {
					names = append(names, c.T.Name+"."+column.C.Name)
				}
			}
		}
	}
	return names
}

// additive is true if programs without the changes can work with the database: all tables
// and columns that they read exist, and the database accepts all rows that they write.
func additive(changes []schema.Change) bool {
	for _, change := range changes {
		switch c := change.(type) {
		case *schema.AddTable, *schema.AddObject:
		case *schema.ModifyTable:
			fresh := map[string]bool{}
			for _, part := range c.Changes {
				if column, added := part.(*schema.AddColumn); added {
					fresh[column.C.Name] = true
				}
			}
			for _, part := range c.Changes {
				if !isAdditive(part, fresh) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// isAdditive is false for new values of enums: older programs cannot read them.
// fresh are the new columns.
func isAdditive(part schema.Change, fresh map[string]bool) bool {
	switch c := part.(type) {
	case *schema.AddColumn:
		return c.C.Type.Null || defaultOf(c.C) != ""
	case *schema.AddIndex:
		return !c.I.Unique
	case *schema.AddForeignKey:
		for _, column := range c.F.Columns {
			if !fresh[column.Name] {
				return false
			}
		}
		return true
	case *schema.AddCheck:
		for column := range fresh {
			if strings.Contains(c.C.Name, "_"+column+"_") { // TABLE_COLUMN_check
				return true
			}
		}
	case *schema.DropIndex:
		return !c.I.Unique // who relies on the conflict would not get it
	case *schema.DropForeignKey, *schema.DropCheck:
		return true
	}
	return false
}
