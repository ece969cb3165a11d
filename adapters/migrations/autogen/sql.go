package autogen

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// reserved words need quotes as names in PostgreSQL or in SQLite.
var reserved = strings.Fields(`
	add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both case
	cast check collate collation column commit concurrently constraint create cross current_catalog current_date
	current_role current_schema current_time current_timestamp current_user default deferrable delete desc distinct do
	drop else end escape except exists false fetch for foreign freeze from full grant group having ilike in index
	indexed initially inner insert intersect into is isnull join lateral leading left like limit localtime
	localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
	returning right select session_user set similar some symmetric system_user table tablesample then to trailing transaction true
	union unique update user using values variadic verbose when where window with`)

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// identifier returns the name, quoted if necessary.
func identifier(name string) string {
	if plainName.MatchString(name) && !slices.Contains(reserved, name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func columnNames(columns []*schema.Column) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = identifier(column.Name)
	}
	return strings.Join(names, ", ")
}

func createEnum(name string, values []string) string {
	return "CREATE TYPE " + identifier(name) + " AS ENUM (" + literals(values) + ");"
}

// typeOf is the name of the type of a column. Only SQLite stores the name as it was written.
func typeOf(column *schema.Column, dialect string) (string, error) {
	if dialect == sqliteName {
		return strings.ToUpper(column.Type.Raw), nil
	}
	if enum, ok := column.Type.Type.(*schema.EnumType); ok {
		return identifier(enum.T), nil
	}
	name, err := postgres.FormatType(column.Type.Type)
	if err != nil {
		return "", fmt.Errorf("name the type of column %s: %w", column.Name, err)
	}
	return name, nil
}

func defaultOf(column *schema.Column) string {
	switch value := column.Default.(type) {
	case *schema.Literal:
		return value.V
	case *schema.RawExpr:
		return value.X
	}
	return ""
}

// columnDefinition is the definition of a column without the constraints of the table.
func columnDefinition(column *schema.Column, dialect string) (string, error) {
	name, err := typeOf(column, dialect)
	if err != nil {
		return "", err
	}
	text := identifier(column.Name) + " " + name
	if collation, ok := attribute[*schema.Collation](column.Attrs); ok {
		text += ` COLLATE "` + collation.V + `"`
	}
	if _, counted := attribute[*sqlite.AutoIncrement](column.Attrs); counted {
		text += " PRIMARY KEY AUTOINCREMENT"
	}
	if value := defaultOf(column); value != "" {
		text += " DEFAULT " + value
	}
	if !column.Type.Null {
		text += " NOT NULL"
	}
	if isSpecial(column) {
		return "", fmt.Errorf("column %s is generated or an identity, for which no statement is known: write the revision by hand", column.Name)
	}
	return text, nil
}

func isSpecial(column *schema.Column) bool {
	_, generated := attribute[*schema.GeneratedExpr](column.Attrs)
	_, identity := attribute[*postgres.Identity](column.Attrs)
	return generated || identity
}

// createTable returns the statement for a table without its indexes, and without the foreign
// keys that are left out. The name may be another one than that of its constraints.
func createTable(table *schema.Table, name, dialect string, leftOut []*schema.ForeignKey) (string, error) {
	var lines []string
	counted := false
	for _, column := range table.Columns {
		line, err := columnDefinition(column, dialect)
		if err != nil {
			return "", fmt.Errorf("table %s: %w", table.Name, err)
		}
		_, isCounted := attribute[*sqlite.AutoIncrement](column.Attrs)
		counted = counted || isCounted
		lines = append(lines, line)
	}
	if table.PrimaryKey != nil && !counted {
		lines = append(lines, primaryKey(table))
	}
	for _, check := range checksOf(table) {
		lines = append(lines, checkConstraint(check))
	}
	for _, index := range table.Indexes {
		if isConstraint(index) {
			lines = append(lines, constraint(index.Name)+"UNIQUE "+definitionOf(index.Attrs))
		}
	}
	for _, key := range table.ForeignKeys {
		if !slices.Contains(leftOut, key) {
			lines = append(lines, foreignKey(key, "        "))
		}
	}
	return "CREATE TABLE " + identifier(name) + " (\n    " + strings.Join(lines, ",\n    ") + "\n);", nil
}

func constraint(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + identifier(name) + " "
}

func primaryKeyName(table *schema.Table) string {
	if c := constraintOf(table.PrimaryKey, "p"); c != nil && c.N != "" {
		return c.N
	}
	return table.Name + "_pkey"
}

func primaryKey(table *schema.Table) string {
	return constraint(primaryKeyName(table)) + "PRIMARY KEY (" + strings.Join(partNames(table.PrimaryKey), ", ") + ")"
}

func checksOf(table *schema.Table) []*schema.Check {
	var checks []*schema.Check
	for _, attr := range table.Attrs {
		if check, ok := attr.(*schema.Check); ok {
			checks = append(checks, check)
		}
	}
	return checks
}

func checkConstraint(check *schema.Check) string {
	expression := check.Expr
	if !isWrapped(expression) {
		expression = "(" + expression + ")"
	}
	return constraint(check.Name) + "CHECK " + expression
}

// isWrapped is true if one pair of parentheses is around the whole text.
func isWrapped(expression string) bool {
	if !strings.HasPrefix(expression, "(") || !strings.HasSuffix(expression, ")") {
		return false
	}
	depth, quoted := 0, false
	for i, r := range expression {
		switch {
		case r == '\'':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
		if depth == 0 && i < len(expression)-1 {
			return false
		}
	}
	return depth == 0
}

// foreignKey is a foreign key in two lines.
func foreignKey(key *schema.ForeignKey, indent string) string {
	if isNumber(key.Symbol) { // SQLite counts those without a name
		return definitionOf(key.Attrs)
	}
	return "CONSTRAINT " + identifier(key.Symbol) + "\n" + indent + definitionOf(key.Attrs)
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

func createIndex(table string, index *schema.Index, concurrently bool) string {
	words := "CREATE "
	if index.Unique {
		words += "UNIQUE "
	}
	words += "INDEX "
	if concurrently {
		words += "CONCURRENTLY "
	}
	return words + identifier(index.Name) + "\n    ON " + identifier(table) + " " + definitionOf(index.Attrs) + ";"
}

func alter(table, action string) string {
	return "ALTER TABLE " + identifier(table) + " " + action + ";"
}

// inOrder sorts tables after the tables that they refer to, as far as possible.
func inOrder(tables []*schema.Table) []*schema.Table {
	var out []*schema.Table
	seen := map[string]bool{}
	var visit func(*schema.Table)
	visit = func(table *schema.Table) {
		if seen[table.Name] {
			return
		}
		seen[table.Name] = true
		for _, key := range table.ForeignKeys {
			for _, other := range tables {
				if other.Name == key.RefTable.Name {
					visit(other)
				}
			}
		}
		out = append(out, table)
	}
	for _, table := range tables {
		visit(table)
	}
	return out
}

var errUnknownChange = errors.New("no statement is known for it: write the revision by hand")
