package autogen

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"github.com/jackc/pgx/v5/pgconn"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// comparePostgres compares in one transaction that is never committed.
func comparePostgres(ctx context.Context, live *gorm.DB, models Models, tables []string) (_ Changes, err error) {
	pool, err := live.DB()
	if err != nil {
		return Changes{}, fmt.Errorf("compare with the models: %w", err)
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return Changes{}, fmt.Errorf("begin to compare with the models: %w", err)
	}
	defer func() {
		// If the context has ended, the transaction is rolled back already.
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) && ctx.Err() == nil {
			err = errors.Join(err, fmt.Errorf("roll back the comparison: %w", undo))
		}
		if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
			err = errors.Join(ctx.Err(), err)
		}
	}()
	var current sql.NullString
	if err := tx.QueryRowContext(ctx, "SELECT current_schema()").Scan(&current); err != nil {
		return Changes{}, fmt.Errorf("ask for the current schema: %w", err)
	}
	if !current.Valid {
		return Changes{}, errors.New("the database has no current schema: nothing in the search_path exists")
	}
	has, err := inspectPostgres(ctx, tx, current.String, tables)
	if err != nil {
		return Changes{}, err
	}
	wants, err := wantedInPostgres(ctx, tx, live, models, tables)
	if err != nil {
		return Changes{}, err
	}
	if err := keepOwnEnums(ctx, tx, has, wants, tables); err != nil {
		return Changes{}, err
	}
	align(has, wants)
	return between(has, wants, postgres.DefaultDiff, planPostgres)
}

func wantedInPostgres(ctx context.Context, tx *sql.Tx, live *gorm.DB, models Models, tables []string) (*schema.Schema, error) {
	name := "autogen_" + strings.ToLower(rand.Text())
	if _, err := tx.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		return nil, maySchema(ctx, live, err)
	}
	if err := searchPath(ctx, tx, name); err != nil {
		return nil, err
	}
	scratch, err := scratchOver(gormpostgres.New(gormpostgres.Config{Conn: tx}), live)
	if err != nil {
		return nil, err
	}
	if err := create(scratch.WithContext(ctx), models); err != nil {
		return nil, err
	}
	return inspectPostgres(ctx, tx, name, tables)
}

// maySchema adds the missing grant to an error, if a right is missing.
func maySchema(ctx context.Context, live *gorm.DB, err error) error {
	err = fmt.Errorf("make a schema for the comparison: %w", err)
	const insufficientPrivilege = "42501"
	refusal, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || refusal.Code != insufficientPrivilege {
		return err
	}
	// The transaction has failed: this query takes another connection.
	var grant string
	ask := live.WithContext(ctx).Raw("SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user)").Scan(&grant)
	if ask.Error != nil {
		return errors.Join(err, ask.Error)
	}
	return fmt.Errorf("%w; it is rolled back afterwards, but needs the right to create one: let the owner of the database run %s", err, grant)
}

// searchPath limits the search path to one schema: names are shown without the schema.
func searchPath(ctx context.Context, tx *sql.Tx, name string) error {
	if _, err := tx.ExecContext(ctx, "SELECT set_config('search_path', quote_ident($1), true)", name); err != nil {
		return fmt.Errorf("look at the schema %s: %w", name, err)
	}
	return nil
}

func inspectPostgres(ctx context.Context, tx *sql.Tx, name string, tables []string) (*schema.Schema, error) {
	if err := searchPath(ctx, tx, name); err != nil {
		return nil, err
	}
	driver, err := postgres.Open(tx)
	if err != nil {
		return nil, fmt.Errorf("look at the schema %s: %w", name, err)
	}
	found, err := driver.InspectSchema(ctx, name, &schema.InspectOptions{
		Mode: schema.InspectSchemas | schema.InspectTables | schema.InspectTypes, Tables: tables,
	})
	if err != nil {
		return nil, fmt.Errorf("look at the schema %s: %w", name, err)
	}
	return found, definePostgres(ctx, tx, found)
}

// definePostgres reads the definitions of indexes and foreign keys, which PostgreSQL shows
// complete and always in the same form.
func definePostgres(ctx context.Context, tx *sql.Tx, found *schema.Schema) (err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT 'key', t.relname, c.conname, pg_get_constraintdef(c.oid)
			FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
			WHERE c.contype = 'f' AND t.relnamespace = quote_ident($1)::regnamespace
		UNION ALL SELECT 'index', t.relname, i.relname, pg_get_indexdef(i.oid, 0, true)
			FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
			WHERE t.relnamespace = quote_ident($1)::regnamespace`, found.Name)
	if err != nil {
		return fmt.Errorf("ask for definitions: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var kind, tableName, name, text string
		if err := rows.Scan(&kind, &tableName, &name, &text); err != nil {
			return fmt.Errorf("ask for definitions: %w", err)
		}
		table, compared := found.Table(tableName)
		if !compared {
			continue
		}
		if key, there := table.ForeignKey(name); there && kind == "key" {
			key.Attrs = append(key.Attrs, &definition{sql: keyDefinition(text)})
		}
		if index, there := table.Index(name); there && kind == "index" {
			index.AddAttrs(&definition{sql: indexDefinition(text)})
		}
	}
	return rows.Err()
}

var referenced = regexp.MustCompile(`(REFERENCES [^(]*[^( ])\(`)

// keyDefinition is the definition as people write it, validated or not.
func keyDefinition(text string) string {
	return referenced.ReplaceAllString(strings.TrimSuffix(text, " NOT VALID"), "$1 (")
}

// indexDefinition is the text after the table, without the usual method btree.
func indexDefinition(statement string) string {
	_, after, _ := strings.Cut(statement, " USING ")
	if columns, usual := strings.CutPrefix(after, "btree "); usual {
		return columns
	}
	return "USING " + after
}

// keepOwnEnums removes all types from the schema of the database but those that the models
// name, and those that only columns of compared tables have.
func keepOwnEnums(ctx context.Context, tx *sql.Tx, has, wants *schema.Schema, tables []string) error {
	named, ours := enumNames(wants.Objects), map[string]bool{}
	for _, table := range has.Tables {
		for _, column := range table.Columns {
			if enum, ok := column.Type.Type.(*schema.EnumType); ok {
				ours[enum.T] = true
			}
		}
	}
	var kept []schema.Object
	for _, object := range has.Objects {
		enum, ok := object.(*schema.EnumType)
		if !ok {
			continue
		}
		if !named[enum.T] && ours[enum.T] {
			var shared bool
			err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_attribute a
				JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
				WHERE t.typname = $1 AND t.typnamespace = quote_ident($2)::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT a.attisdropped
				AND (c.relnamespace <> t.typnamespace OR c.relname <> ALL ($3)))`, enum.T, has.Name, tables).Scan(&shared)
			if err != nil {
				return fmt.Errorf("ask who has columns of the type %s: %w", enum.T, err)
			}
			ours[enum.T] = !shared
		}
		if named[enum.T] || ours[enum.T] {
			kept = append(kept, object)
		}
	}
	has.Objects = kept
	wants.Objects = onlyEnums(wants.Objects)
	return nil
}

func enumNames(objects []schema.Object) map[string]bool {
	names := map[string]bool{}
	for _, object := range onlyEnums(objects) {
		names[object.(*schema.EnumType).T] = true
	}
	return names
}

func onlyEnums(objects []schema.Object) []schema.Object {
	var enums []schema.Object
	for _, object := range objects {
		if _, ok := object.(*schema.EnumType); ok {
			enums = append(enums, object)
		}
	}
	return enums
}
