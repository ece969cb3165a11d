package autogen

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"
	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/adapters/migrations"
)

// The dialects, by the names that gorm gives them.
const (
	postgresName = "postgres"
	sqliteName   = "sqlite"
)

// bookkeeping are the tables of gormigrate and of Alembic, which are never compared.
var bookkeeping = []string{"schema_revision", "alembic_version"}

// Models are the tables that the program needs.
type Models struct {
	// Rows are pointers to structs with GORM's tags, one for each table.
	Rows []any
	// Enums are the values of each enumerated type, in their order.
	Enums map[string][]string
	// Owned are the tables that the revisions make. Only these are dropped if no model has
	// them any more. Tables returns them for a temporary database with all revisions.
	Owned []string
}

// Changes are the changes that a database needs.
type Changes struct {
	// Differences are lines for people, one for each difference.
	Differences []string
	// Warnings are lines for people to read before they run the statements: data that is
	// lost, rows with which a statement fails.
	Warnings []string
	// Adds are the tables, and the columns as TABLE.COLUMN, that are added, and whose data
	// is lost when the revision is undone.
	Adds []string
	// Compatible is true if programs without the changes can work with the database.
	Compatible bool
	// Steps are the revisions, in their order. Without differences there are none.
	Steps []Step
}

// Step is the content of one revision. Either part may be empty.
type Step struct {
	// Purpose names the step. The main step of a change has no name.
	Purpose string
	// Transactional steps must run in a transaction, others must run outside of one.
	Transactional bool
	// Up and Down are statements with their semicolons, in their order.
	Up, Down []string
}

// Revision is one step for both kinds of databases.
type Revision struct{ Postgres, SQLite Step }

// Revisions pairs the steps for PostgreSQL with those for SQLite. SQLite has at most one
// step, which belongs to the main step for PostgreSQL, or else to the first.
func Revisions(postgres, sqlite Changes) []Revision {
	revisions := make([]Revision, len(postgres.Steps))
	for i, step := range postgres.Steps {
		revisions[i] = Revision{Postgres: step, SQLite: Step{Purpose: step.Purpose, Transactional: true}}
	}
	if len(sqlite.Steps) == 0 {
		return revisions
	}
	if len(revisions) == 0 {
		return []Revision{{Postgres: Step{Transactional: true}, SQLite: sqlite.Steps[0]}}
	}
	main := max(0, slices.IndexFunc(postgres.Steps, func(s Step) bool { return s.Transactional }))
	revisions[main].SQLite = sqlite.Steps[0]
	return revisions
}

// Compare returns the changes that the database needs to have the tables of the models. It
// changes nothing. The user of PostgreSQL needs the right to create a schema; if it is
// missing, the error says so.
func Compare(ctx context.Context, database migrations.Database, models Models) (Changes, error) {
	live := database.DB()
	tables, err := models.tables(live)
	if err != nil {
		return Changes{}, err
	}
	if live.Name() == sqliteName {
		return compareSQLite(ctx, live, models, tables)
	}
	return comparePostgres(ctx, live, models, tables)
}

// Tables returns the names of the tables of a database, without the bookkeeping tables.
func Tables(ctx context.Context, database migrations.Database) ([]string, error) {
	db := database.DB()
	query := "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
	if db.Name() == sqliteName {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
	}
	var names []string
	if err := db.WithContext(ctx).Raw(query).Scan(&names).Error; err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	return slices.DeleteFunc(names, isBookkeeping), nil
}

func isBookkeeping(table string) bool { return slices.Contains(bookkeeping, table) }

// tables returns the names of the tables that are compared.
func (m Models) tables(db *gorm.DB) ([]string, error) {
	names := slices.Clone(m.Owned)
	for _, row := range m.Rows {
		parsed, err := parse(db, row)
		if err != nil {
			return nil, err
		}
		names = append(names, parsed.Table)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), isBookkeeping)
	if len(names) == 0 {
		return nil, errors.New("there are no models to compare with")
	}
	return names, nil
}

func parse(db *gorm.DB, row any) (*gormschema.Schema, error) {
	statement := &gorm.Statement{DB: db}
	if err := statement.Parse(row); err != nil {
		return nil, fmt.Errorf("understand the model %T: %w", row, err)
	}
	return statement.Schema, nil
}

// between compares in both directions, and plans the statements of both directions.
func between(has, wants *schema.Schema, differ schema.Differ, plan planner) (Changes, error) {
	up, err := changesBetween(has, wants, differ)
	if err != nil || len(up) == 0 {
		return Changes{}, err
	}
	down, err := changesBetween(wants, has, differ)
	if err != nil {
		return Changes{}, err
	}
	there, err := plan(has, wants, up)
	if err != nil {
		return Changes{}, err
	}
	back, err := plan(wants, has, down)
	if err != nil {
		return Changes{}, fmt.Errorf("on the way back: %w", err)
	}
	out := Changes{Differences: differences(has, up), Warnings: warnings(has, up), Adds: adds(up), Compatible: additive(up)}
	for _, warning := range warnings(wants, down) {
		out.Warnings = append(out.Warnings, "on the way back: "+warning)
	}
	for _, step := range []Step{
		{Purpose: "indexes that go", Up: there.before, Down: back.after},
		{Transactional: true, Up: there.main, Down: back.main},
		{Purpose: "indexes and validation", Up: there.after, Down: back.before},
	} {
		if len(step.Up)+len(step.Down) > 0 {
			out.Steps = append(out.Steps, step)
		}
	}
	return out, nil
}

// planner writes the statements that change one schema into another.
type planner func(from, to *schema.Schema, changes []schema.Change) (plan, error)

// plan has the statements before, in and after the transaction.
type plan struct{ before, main, after []string }
