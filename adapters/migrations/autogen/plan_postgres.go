package autogen

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// postgresPlan collects the statements of the transaction by their purpose, in an order in
// which each statement can run.
type postgresPlan struct {
	from, to *schema.Schema
	plan

	dropKeys, dropChecks, dropTables, dropColumns []string
	makeTypes                                     []string
	alterColumns                                  []string
	makeTables, addColumns, addChecks, addKeys    []string
	dropTypes                                     []string

	// removed and added tables are planned together, because their order matters.
	removed, added []*schema.Table
	enums          []*schema.ModifyObject
}

func planPostgres(from, to *schema.Schema, changes []schema.Change) (plan, error) {
	p := &postgresPlan{from: from, to: to}
	for _, change := range changes {
		if err := p.top(change); err != nil {
			return plan{}, err
		}
	}
	p.removeTables()
	if err := p.addTables(); err != nil {
		return plan{}, err
	}
	for _, enum := range p.enums {
		if err := p.changeEnum(enum.From.(*schema.EnumType), enum.To.(*schema.EnumType)); err != nil {
			return plan{}, err
		}
	}
	p.main = slices.Concat(p.dropKeys, p.dropChecks, p.dropTables, p.dropColumns, p.makeTypes, p.alterColumns,
		p.makeTables, p.addColumns, p.addChecks, p.addKeys, p.dropTypes)
	return p.plan, nil
}

func (p *postgresPlan) top(change schema.Change) error {
	switch c := change.(type) {
	case *schema.AddObject:
		enum := c.O.(*schema.EnumType)
		p.makeTypes = append(p.makeTypes, createEnum(enum.T, enum.Values))
	case *schema.ModifyObject:
		p.enums = append(p.enums, c)
	case *schema.DropObject:
		p.dropTypes = append(p.dropTypes, dropType(c.O.(*schema.EnumType).T))
	case *schema.AddTable:
		p.added = append(p.added, c.T)
	case *schema.DropTable:
		p.removed = append(p.removed, c.T)
	case *schema.ModifyTable:
		for _, part := range c.Changes {
			if err := p.modify(c.T, part); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%T: %w", change, errUnknownChange)
	}
	return nil
}

func dropType(name string) string { return "DROP TYPE " + identifier(name) + ";" }

func dropConstraint(table, name string) string {
	return alter(table, "DROP CONSTRAINT "+identifier(name))
}

// removeTables drops referring tables before the tables that they refer to. If tables refer
// to each other, a foreign key is dropped first.
func (p *postgresPlan) removeTables() {
	gone := map[string]bool{}
	order := inOrder(p.removed)
	for _, table := range slices.Backward(order) {
		for _, other := range p.removed {
			for _, key := range other.ForeignKeys {
				if key.RefTable.Name == table.Name && other != table && !gone[other.Name] {
					p.dropKeys = append(p.dropKeys, dropConstraint(other.Name, key.Symbol))
				}
			}
		}
		gone[table.Name] = true
		p.dropTables = append(p.dropTables, "DROP TABLE "+identifier(table.Name)+";")
	}
}

// addTables creates tables before the tables that refer to them. If tables refer to each
// other, a foreign key is added later; a new table has no rows to check.
func (p *postgresPlan) addTables() error {
	made := map[string]bool{}
	for _, table := range inOrder(p.added) {
		var later []*schema.ForeignKey
		made[table.Name] = true
		for _, key := range table.ForeignKeys {
			waits := slices.ContainsFunc(p.added, func(t *schema.Table) bool { return t.Name == key.RefTable.Name && !made[t.Name] })
			if waits {
				later = append(later, key)
				p.addKeys = append(p.addKeys, alter(table.Name, "ADD "+foreignKey(key, "    ")))
			}
		}
		statement, err := createTable(table, table.Name, postgresName, later)
		if err != nil {
			return err
		}
		p.makeTables = append(p.makeTables, statement)
		for _, index := range table.Indexes {
			if !isConstraint(index) {
				p.makeTables = append(p.makeTables, createIndex(table.Name, index, false))
			}
		}
	}
	return nil
}

func (p *postgresPlan) modify(table *schema.Table, change schema.Change) error {
	switch c := change.(type) {
	case *schema.AddColumn:
		text, err := columnDefinition(c.C, postgresName)
		if err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		p.addColumns = append(p.addColumns, alter(table.Name, "ADD COLUMN "+text))
	case *schema.DropColumn:
		p.dropColumns = append(p.dropColumns, alter(table.Name, "DROP COLUMN "+identifier(c.C.Name)))
	case *schema.ModifyColumn:
		return p.changeColumn(table, c)
	case *schema.AddIndex:
		p.buildIndex(table, c.I)
	case *schema.DropIndex:
		p.loseIndex(table, c.I)
	case *schema.ModifyIndex:
		p.loseIndex(table, c.From)
		p.buildIndex(table, c.To)
	case *schema.AddForeignKey:
		p.addKey(table, c.F)
	case *schema.DropForeignKey:
		p.dropKeys = append(p.dropKeys, dropConstraint(table.Name, c.F.Symbol))
	case *schema.ModifyForeignKey:
		p.dropKeys = append(p.dropKeys, dropConstraint(table.Name, c.From.Symbol))
		p.addKey(table, c.To)
	case *schema.AddCheck:
		p.addCheck(table, c.C)
	case *schema.DropCheck:
		p.dropChecks = append(p.dropChecks, dropConstraint(table.Name, c.C.Name))
	case *schema.ModifyCheck:
		p.dropChecks = append(p.dropChecks, dropConstraint(table.Name, c.From.Name))
		p.addCheck(table, c.To)
	case *schema.AddPrimaryKey:
		p.addKeys = append([]string{alter(table.Name, "ADD "+primaryKey(table))}, p.addKeys...)
	case *schema.DropPrimaryKey:
		p.dropChecks = append(p.dropChecks, p.dropPrimaryKey(table))
	case *schema.ModifyPrimaryKey:
		p.dropChecks = append(p.dropChecks, p.dropPrimaryKey(table))
		p.addKeys = append([]string{alter(table.Name, "ADD "+primaryKey(table))}, p.addKeys...)
	default:
		return fmt.Errorf("table %s, %T: %w", table.Name, change, errUnknownChange)
	}
	return nil
}

func (p *postgresPlan) dropPrimaryKey(table *schema.Table) string {
	before, _ := p.from.Table(table.Name)
	return dropConstraint(table.Name, primaryKeyName(before))
}

// addKey adds a foreign key without reading the rows. A statement after the transaction
// reads them, and blocks nobody.
func (p *postgresPlan) addKey(table *schema.Table, key *schema.ForeignKey) {
	p.addKeys = append(p.addKeys, alter(table.Name, "ADD "+foreignKey(key, "    ")+" NOT VALID"))
	p.validate(table, key.Symbol)
}

func (p *postgresPlan) addCheck(table *schema.Table, check *schema.Check) {
	p.addChecks = append(p.addChecks, alter(table.Name, "ADD "+checkConstraint(check)+" NOT VALID"))
	p.validate(table, check.Name)
}

func (p *postgresPlan) validate(table *schema.Table, name string) {
	p.after = append(p.after, alter(table.Name, "VALIDATE CONSTRAINT "+identifier(name)))
}

// loseIndex and buildIndex can be interrupted after every statement, and run again. An
// interrupted build leaves an invalid index.
func (p *postgresPlan) loseIndex(table *schema.Table, index *schema.Index) {
	p.before = append(p.before, withoutIndex(table, index)...)
}

func withoutIndex(table *schema.Table, index *schema.Index) []string {
	drop := "DROP INDEX CONCURRENTLY IF EXISTS " + identifier(index.Name) + ";"
	if !isConstraint(index) {
		return []string{drop}
	}
	return []string{alter(table.Name, "DROP CONSTRAINT IF EXISTS "+identifier(index.Name)), drop}
}

func (p *postgresPlan) buildIndex(table *schema.Table, index *schema.Index) {
	p.after = append(p.after, withoutIndex(table, index)...)
	p.after = append(p.after, createIndex(table.Name, index, true))
	if isConstraint(index) {
		name := identifier(index.Name)
		p.after = append(p.after, alter(table.Name, "ADD CONSTRAINT "+name+" UNIQUE USING INDEX "+name))
	}
}

func (p *postgresPlan) changeColumn(table *schema.Table, c *schema.ModifyColumn) error {
	if isSpecial(c.From) != isSpecial(c.To) || c.Change.Is(schema.ChangeGenerated) || c.Change.Is(schema.ChangeAttr) {
		return fmt.Errorf("column %s.%s is generated or an identity: %w", table.Name, c.To.Name, errUnknownChange)
	}
	column := "ALTER COLUMN " + identifier(c.To.Name) + " "
	before, after := defaultOf(c.From), defaultOf(c.To)
	retyped := c.Change.Is(schema.ChangeType)
	if before != "" && (after == "" || retyped) {
		p.alterColumns = append(p.alterColumns, alter(table.Name, column+"DROP DEFAULT"))
	}
	if retyped {
		clause, err := conversion(c.From, c.To)
		if err != nil {
			return err
		}
		p.alterColumns = append(p.alterColumns, alter(table.Name, column+clause))
	}
	if after != "" && (before != after || retyped) {
		p.alterColumns = append(p.alterColumns, alter(table.Name, column+"SET DEFAULT "+after))
	}
	switch {
	case !c.Change.Is(schema.ChangeNull):
	case c.To.Type.Null:
		p.alterColumns = append(p.alterColumns, alter(table.Name, column+"DROP NOT NULL"))
	default:
		p.alterColumns = append(p.alterColumns, alter(table.Name, column+"SET NOT NULL"))
	}
	return nil
}

// conversion converts enums by way of text: they have no other casts.
func conversion(from, to *schema.Column) (string, error) {
	name, err := typeOf(to, postgresName)
	if err != nil {
		return "", err
	}
	_, wasEnum := from.Type.Type.(*schema.EnumType)
	_, isEnum := to.Type.Type.(*schema.EnumType)
	value := identifier(to.Name)
	if wasEnum && isEnum {
		value += "::text"
	}
	return "TYPE " + name + " USING " + value + "::" + name, nil
}

// changeEnum adds values if that is enough. PostgreSQL can neither remove nor reorder
// values, nor use a new value in the same transaction: in these cases the type is replaced,
// and its columns are rewritten.
func (p *postgresPlan) changeEnum(from, to *schema.EnumType) error {
	if additions, possible := addedValues(from, to); possible && !p.uses(added(from, to)) {
		p.makeTypes = append(p.makeTypes, additions...)
		return nil
	}
	old := from.T + "_old"
	p.makeTypes = append(p.makeTypes,
		"ALTER TYPE "+identifier(from.T)+" RENAME TO "+identifier(old)+";",
		createEnum(to.T, to.Values))
	var retyped []string
	for _, table := range p.from.Tables {
		after, stays := p.to.Table(table.Name)
		if !stays {
			continue
		}
		for _, column := range table.Columns {
			target, kept := after.Column(column.Name)
			if !kept || !hasEnum(column, from.T) || !hasEnum(target, to.T) {
				continue
			}
			statements, err := p.retype(table, column, target)
			if err != nil {
				return err
			}
			retyped = append(retyped, statements...)
		}
	}
	p.alterColumns = append(retyped, p.alterColumns...)
	p.remakeDependents(from.T)
	p.dropTypes = append(p.dropTypes, dropType(old))
	return nil
}

// remakeDependents drops the indexes and checks whose conditions have values of the type,
// and creates them again: they do not follow a column to another type.
func (p *postgresPlan) remakeDependents(enum string) {
	cast := "::" + identifier(enum)
	for _, table := range p.to.Tables {
		before, existed := p.from.Table(table.Name)
		if !existed {
			continue
		}
		for _, index := range table.Indexes {
			old, there := before.Index(index.Name)
			if there && definitionOf(old.Attrs) == definitionOf(index.Attrs) && strings.Contains(definitionOf(index.Attrs), cast) {
				p.loseIndex(table, old)
				p.buildIndex(table, index)
			}
		}
		for _, check := range checksOf(table) {
			unchanged := slices.ContainsFunc(checksOf(before), func(old *schema.Check) bool {
				return old.Name == check.Name &&
					old.Expr == check.Expr
			})
			if unchanged && strings.Contains(check.Expr, cast) {
				p.dropChecks = append(p.dropChecks, dropConstraint(table.Name, check.Name))
				p.addCheck(table, check)
			}
		}
	}
}

// retype changes a column from the old type of that name to the new one. A default that
// changes, too, has statements of its own, which come later.
func (p *postgresPlan) retype(table *schema.Table, from, to *schema.Column) ([]string, error) {
	column := "ALTER COLUMN " + identifier(from.Name) + " "
	clause, err := conversion(from, to)
	if err != nil {
		return nil, err
	}
	value := defaultOf(from)
	if value == "" {
		return []string{alter(table.Name, column+clause)}, nil
	}
	statements := []string{alter(table.Name, column+"DROP DEFAULT"), alter(table.Name, column+clause)}
	if value == defaultOf(to) {
		statements = append(statements, alter(table.Name, column+"SET DEFAULT "+value))
	}
	return statements, nil
}

func hasEnum(column *schema.Column, name string) bool {
	enum, ok := column.Type.Type.(*schema.EnumType)
	return ok && enum.T == name
}

// added are the new values.
func added(from, to *schema.EnumType) []string {
	return slices.DeleteFunc(slices.Clone(to.Values), func(value string) bool { return slices.Contains(from.Values, value) })
}

// addedValues returns the new values if the old ones stay in their order.
func addedValues(from, to *schema.EnumType) (statements []string, possible bool) {
	kept := slices.DeleteFunc(slices.Clone(to.Values), func(value string) bool { return !slices.Contains(from.Values, value) })
	if !slices.Equal(kept, from.Values) {
		return nil, false
	}
	for i, value := range to.Values {
		if slices.Contains(from.Values, value) {
			continue
		}
		statement := "ALTER TYPE " + identifier(to.T) + " ADD VALUE " + literal(value)
		if i > 0 {
			statement += " AFTER " + literal(to.Values[i-1])
		} else {
			statement += " BEFORE " + literal(from.Values[0])
		}
		statements = append(statements, statement+";")
	}
	return statements, true
}

// uses is true if a statement of the transaction has one of the values.
func (p *postgresPlan) uses(values []string) bool {
	for _, statement := range slices.Concat(p.alterColumns, p.makeTables, p.addColumns, p.addChecks) {
		for _, value := range values {
			if strings.Contains(statement, literal(value)) {
				return true
			}
		}
	}
	return false
}
