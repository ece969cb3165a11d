package migrations

import (
	"fmt"
	"slices"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	// revisionTable holds the ids of the revisions that ran.
	revisionTable = "schema_revision"
	// compatibleColumn is true for a revision if programs without the revision can work with
	// the database.
	compatibleColumn = "compatible"
	// alembicTable holds the newest revision that Alembic, of the earlier program, ran.
	alembicTable = "alembic_version"
)

// The dialects, by the names that gorm gives them.
const (
	postgres = "postgres"
	sqlite   = "sqlite"
)

// State says which revisions a database has.
type State struct {
	// Applied and Pending are the known revisions that the database has and lacks, in their
	// order.
	Applied, Pending []Revision
	// Unknown are the ids of the other revisions that the database has. Incompatible are
	// those of them with which the program cannot work. Both are sorted.
	Unknown, Incompatible []string
	// Inherited is true if the earlier program made the tables, and Upgrade has not taken
	// over the database yet.
	Inherited bool
	// notesDiffer is true if the compatible column of an applied revision is not what the
	// revision says.
	notesDiffer bool
}

func inspect(db *gorm.DB, revisions []Revision) (State, error) {
	records, there, err := recorded(db)
	if err != nil {
		return State{}, err
	}
	if there {
		return stateOf(records, revisions), nil
	}
	inherited, err := fromAlembic(db, revisions)
	if err != nil {
		return State{}, err
	}
	return State{Applied: inherited, Pending: without(revisions, inherited), Inherited: len(inherited) > 0}, nil
}

func stateOf(records []record, revisions []Revision) State {
	var s State
	for _, r := range revisions {
		at := slices.IndexFunc(records, func(known record) bool { return known.ID == r.ID })
		if at < 0 {
			continue
		}
		s.Applied = append(s.Applied, r)
		s.notesDiffer = s.notesDiffer || records[at].Compatible == nil || *records[at].Compatible != r.Compatible
	}
	s.Pending = without(revisions, s.Applied)
	for _, known := range records {
		if contains(revisions, known.ID) {
			continue
		}
		s.Unknown = append(s.Unknown, known.ID)
		if known.Compatible == nil || !*known.Compatible {
			s.Incompatible = append(s.Incompatible, known.ID)
		}
	}
	return s
}

// Summary returns the ids of the revisions.
func (s State) Summary() domain.SchemaState {
	return domain.SchemaState{
		Applied: IDs(s.Applied), Pending: IDs(s.Pending), Heads: IDs(Heads(s.Applied)),
		Unknown: s.Unknown, Incompatible: s.Incompatible, Inherited: s.Inherited,
	}
}

// Newer is domain.SchemaState.Newer.
func (s State) Newer() error { return s.Summary().Newer() }

// Ready is domain.SchemaState.Ready.
func (s State) Ready() error { return s.Summary().Ready() }

// Known is domain.SchemaState.Known.
func (s State) Known() error { return s.Summary().Known() }

// record is a row of the revision table.
type record struct {
	ID         string
	Compatible *bool
}

// recorded returns the rows of the revision table, by id, and whether the table exists.
func recorded(db *gorm.DB) (records []record, there bool, err error) {
	there, err = hasTable(db, revisionTable)
	if err != nil || !there {
		return nil, false, err
	}
	// A table of an older program lacks a column. The answer has the same columns in any
	// case, because PostgreSQL's driver caches the description of the query.
	query := "SELECT id, CAST(to_jsonb(r) ->> '" + compatibleColumn + "' AS boolean) AS " + compatibleColumn + " FROM " + revisionTable +
		" r ORDER BY id"
	if db.Name() == sqlite {
		query = "SELECT * FROM " + revisionTable + " ORDER BY id"
	}
	if err := db.Raw(query).Scan(&records).Error; err != nil {
		return nil, true, fmt.Errorf("read table %s: %w", revisionTable, err)
	}
	return records, true, nil
}

// fromAlembic returns the revisions that the earlier program ran.
func fromAlembic(db *gorm.DB, revisions []Revision) ([]Revision, error) {
	there, err := hasTable(db, alembicTable)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, notElsewhere(db)
	}
	var versions []string
	if err := db.Table(alembicTable).Pluck("version_num", &versions).Error; err != nil {
		return nil, fmt.Errorf("read table %s: %w", alembicTable, err)
	}
	inherited, err := lineage(revisions, versions...)
	if err != nil {
		return nil, fmt.Errorf("the earlier program left its database (table %s) at a revision that cannot be taken over: %w; "+
			"bring it to %s with the earlier program first, or, if its tables are those of that revision, say so with `migrate stamp %s`",
			alembicTable, err, lastOfAlembic, lastOfAlembic)
	}
	return inherited, nil
}

// The oldest and the newest revision of the earlier program.
const (
	firstOfAlembic = "7fc773c5907d"
	lastOfAlembic  = "112055db4eff"
)

// notElsewhere returns an error if the tables of the earlier program, which is not taken
// over yet, are in another schema of the search_path, or if there is none.
func notElsewhere(db *gorm.DB) error {
	if db.Name() != postgres {
		return nil
	}
	var current []string
	if err := db.Raw("SELECT current_schema() WHERE current_schema() IS NOT NULL").Scan(&current).Error; err != nil {
		return fmt.Errorf("ask for the current schema: %w", err)
	}
	if len(current) == 0 {
		return errNowhere
	}
	var place []struct{ Elsewhere, Current string }
	const query = "SELECT relnamespace::regnamespace::text AS elsewhere, coalesce(current_schema(), '') AS current FROM pg_class " +
		"WHERE oid = to_regclass(?) AND relnamespace::regnamespace::text <> quote_ident(current_schema()) AND to_regclass(?) IS NULL"
	err := db.Raw(query, alembicTable, revisionTable).Scan(&place).Error
	if err != nil {
		return fmt.Errorf("look for table %s: %w", alembicTable, err)
	}
	if len(place) == 0 {
		return nil
	}
	return fmt.Errorf("the earlier program's tables are in the schema %s, but the current schema is %s: let the search_path of the user "+
		"begin with the former",
		place[0].Elsewhere, place[0].Current)
}

// hasTable is true if the table exists, in PostgreSQL in the current schema.
func hasTable(db *gorm.DB, name string) (bool, error) {
	query := "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = ?"
	if db.Name() == sqlite {
		query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	}
	var count int
	if err := db.Raw(query, name).Scan(&count).Error; err != nil {
		return false, fmt.Errorf("look for table %s: %w", name, err)
	}
	return count > 0, nil
}

// bookkeeping returns a gormigrate for the migrations. It begins no transaction: some
// revisions have one, others have none.
func bookkeeping(db *gorm.DB, migrations []*gormigrate.Migration) *gormigrate.Gormigrate {
	return gormigrate.New(db, &gormigrate.Options{
		TableName:                 revisionTable,
		IDColumnName:              "id",
		IDColumnSize:              12,
		ValidateUnknownMigrations: true,
	}, migrations)
}

// createTable creates the revision table as gormigrate does, with one more column.
const createTable = "CREATE TABLE IF NOT EXISTS " + revisionTable + " (id varchar(12) PRIMARY KEY, " + compatibleColumn + " boolean)"

// ensureTable creates the revision table, or adds the column that the table of an older
// program lacks.
func ensureTable(db *gorm.DB) error {
	err := db.Exec(createTable).Error
	if err == nil && !db.Migrator().HasColumn(revisionTable, compatibleColumn) {
		err = db.Exec("ALTER TABLE " + revisionTable + " ADD COLUMN " + compatibleColumn + " boolean").Error
	}
	if err != nil {
		return fmt.Errorf("make table %s: %w", revisionTable, err)
	}
	return nil
}

// noteCompatible writes the compatible column of the revisions, for programs without them.
func noteCompatible(db *gorm.DB, revisions []Revision) error {
	for _, r := range revisions {
		err := db.Exec("UPDATE "+revisionTable+" SET "+compatibleColumn+" = ? WHERE id = ? AND "+compatibleColumn+" IS DISTINCT FROM ?",
			r.Compatible, r.ID, r.Compatible).Error
		if err != nil {
			return fmt.Errorf("write down that revision %s is compatible: %w", r.ID, err)
		}
	}
	return nil
}
