package autogen

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	gormsqlite "github.com/libtnb/sqlite"
	"gorm.io/gorm"
)

func compareSQLite(ctx context.Context, live *gorm.DB, models Models, tables []string) (_ Changes, err error) {
	scratch, err := scratchOver(gormsqlite.Open(":memory:"), live)
	if err != nil {
		return Changes{}, err
	}
	pool, err := scratch.DB()
	if err != nil {
		return Changes{}, fmt.Errorf("open a place for the models: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1) // each connection would be a database of its own
	if err := create(scratch.WithContext(ctx), models); err != nil {
		return Changes{}, err
	}
	wants, err := inspectSQLite(ctx, scratch, tables)
	if err != nil {
		return Changes{}, err
	}
	if err := addChecks(wants, live, models); err != nil {
		return Changes{}, err
	}
	has, err := inspectSQLite(ctx, live, tables)
	if err != nil {
		return Changes{}, err
	}
	triggers, err := triggersOf(live.WithContext(ctx))
	if err != nil {
		return Changes{}, err
	}
	align(has, wants)
	return between(has, wants, sqlite.DefaultDiff, sqlitePlanner{triggers}.plan)
}

func inspectSQLite(ctx context.Context, db *gorm.DB, tables []string) (*schema.Schema, error) {
	pool, err := db.DB()
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	driver, err := sqlite.Open(pool)
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	found, err := driver.InspectSchema(ctx, "main", &schema.InspectOptions{
		Mode: schema.InspectSchemas | schema.InspectTables, Tables: tables,
	})
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	for _, table := range found.Tables {
		if err := sortPrimaryKey(db.WithContext(ctx), table); err != nil {
			return nil, err
		}
		defineSQLite(table)
		for _, column := range table.Columns {
			requoteDefault(column)
		}
	}
	return found, nil
}

// requoteDefault replaces GORM's double quotes around texts: SQLite would read the text as a
// name if there were one.
func requoteDefault(column *schema.Column) {
	value, ok := column.Default.(*schema.Literal)
	if !ok || !strings.HasPrefix(value.V, `"`) {
		return
	}
	text := strings.TrimSuffix(strings.TrimPrefix(value.V, `"`), `"`)
	value.V = literal(strings.ReplaceAll(text, `""`, `"`))
}

// sortPrimaryKey sorts the columns in the order of the key. atlas has the order of the
// table.
func sortPrimaryKey(db *gorm.DB, table *schema.Table) error {
	if table.PrimaryKey == nil {
		return nil
	}
	var order []string
	if err := db.Raw("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table.Name).Scan(&order).Error; err != nil {
		return fmt.Errorf("ask for the primary key of %s: %w", table.Name, err)
	}
	for _, part := range table.PrimaryKey.Parts {
		part.SeqNo = slices.Index(order, part.C.Name) + 1
	}
	slices.SortFunc(table.PrimaryKey.Parts, func(a, b *schema.IndexPart) int { return a.SeqNo - b.SeqNo })
	return nil
}

var (
	uniquePattern = regexp.MustCompile("(?i)CONSTRAINT\\s+[\"`]?(\\w+)[\"`]?\\s+UNIQUE\\s*\\(([^)]*)\\)")
	// deferredPattern finds the name of a foreign key that is checked at the end.
	deferredPattern = regexp.MustCompile("(?i)CONSTRAINT\\s+[\"`]?(\\w+)[\"`]?\\s+(?:FOREIGN\\s+KEY\\s*\\([^)]*\\)\\s*)?" +
		"REFERENCES\\s+[^,()]*\\([^)]*\\)[^,()]*\\sDEFERRABLE\\s+INITIALLY\\s+DEFERRED")
)

// defineSQLite reads the names of unique constraints, and which foreign keys are deferred:
// only the text of CREATE TABLE has them.
func defineSQLite(table *schema.Table) {
	create, _ := attribute[*sqlite.CreateStmt](table.Attrs)
	if create == nil {
		return
	}
	names := map[string]string{}
	for _, match := range uniquePattern.FindAllStringSubmatch(create.S, -1) {
		names[strings.Join(columnsIn(match[2]), ",")] = match[1]
	}
	for _, index := range table.Indexes {
		if origin, ok := attribute[*sqlite.IndexOrigin](index.Attrs); ok && origin.O == "u" {
			columns := partNames(index)
			index.Name = names[strings.Join(columns, ",")]
			if index.Name == "" {
				index.Name = table.Name + "_" + strings.Join(columns, "_") + "_key"
			}
			markConstraint(index)
		}
		index.AddAttrs(&definition{sql: sqliteIndex(index)})
	}
	deferred := map[string]bool{}
	for _, match := range deferredPattern.FindAllStringSubmatch(create.S, -1) {
		deferred[match[1]] = true
	}
	for _, key := range table.ForeignKeys {
		key.Attrs = append(key.Attrs, &definition{sql: sqliteForeignKey(key, deferred[key.Symbol])})
	}
}

func columnsIn(list string) []string {
	names := strings.Split(list, ",")
	for i, name := range names {
		names[i] = strings.Trim(strings.TrimSpace(name), "\"`")
	}
	return names
}

// sqliteIndex is the definition in one form, however it was written.
func sqliteIndex(index *schema.Index) string {
	text := "(" + strings.Join(partNames(index), ", ") + ")"
	if predicate, ok := attribute[*sqlite.IndexPredicate](index.Attrs); ok {
		text += " WHERE " + predicate.P
	}
	return text
}

func partNames(index *schema.Index) []string {
	names := make([]string, len(index.Parts))
	for i, part := range index.Parts {
		switch expression := part.X.(type) {
		case *schema.RawExpr:
			names[i] = expression.X
		default:
			names[i] = identifier(part.C.Name)
		}
		if part.Desc {
			names[i] += " DESC"
		}
	}
	return names
}

func sqliteForeignKey(key *schema.ForeignKey, deferred bool) string {
	text := "FOREIGN KEY (" + columnNames(key.Columns) + ") " + references(key)
	if deferred {
		text += " DEFERRABLE INITIALLY DEFERRED"
	}
	return text
}

func references(key *schema.ForeignKey) string {
	text := "REFERENCES " + identifier(key.RefTable.Name) + " (" + columnNames(key.RefColumns) + ")"
	if key.OnUpdate != "" && key.OnUpdate != schema.NoAction {
		text += " ON UPDATE " + string(key.OnUpdate)
	}
	if key.OnDelete != "" && key.OnDelete != schema.NoAction {
		text += " ON DELETE " + string(key.OnDelete)
	}
	return text
}

// triggersOf returns the statements of the triggers by table: they are lost with a table
// that is replaced.
func triggersOf(db *gorm.DB) (map[string][]string, error) {
	var found []struct{ Table, SQL string }
	err := db.Raw(`SELECT tbl_name AS "table", sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("ask for the triggers: %w", err)
	}
	triggers := map[string][]string{}
	for _, trigger := range found {
		triggers[trigger.Table] = append(triggers[trigger.Table], strings.TrimSuffix(trigger.SQL, ";")+";")
	}
	return triggers, nil
}
