package migrations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

const (
	// revisionTable holds the ids of the revisions that ran.
	revisionTable = "schema_revision"
	// alembicTable holds the last revision that the earlier program's Alembic ran.
	alembicTable = "alembic_version"
)

// The dialects, by the names that gorm gives them.
const (
	postgres = "postgres"
	sqlite   = "sqlite"
)

// ErrUnknownRevision says that a revision is not among the given ones: when a
// database holds one, the database is newer than the program.
var ErrUnknownRevision = errors.New("unknown schema revision")

// Pending returns the revisions that the database lacks, in the order in which
// they would run. It changes nothing. The error is an ErrUnknownRevision if the
// database has revisions that are not among the given ones.
func Pending(ctx context.Context, db *gorm.DB, revisions []Revision) ([]string, error) {
	db = db.WithContext(ctx)
	applied, err := applied(db, revisions)
	if err != nil {
		return nil, err
	}
	pending := slices.DeleteFunc(ids(revisions), func(id string) bool { return applied[id] })
	return pending, nil
}

// applied returns the revisions that the database has, those that are to be
// taken over from Alembic included.
func applied(db *gorm.DB, revisions []Revision) (map[string]bool, error) {
	present, err := recorded(db, revisions)
	if err != nil || present != nil {
		return present, err
	}
	inherited, err := fromAlembic(db, revisions)
	if err != nil {
		return nil, err
	}
	present = map[string]bool{}
	for _, r := range inherited {
		present[r.ID] = true
	}
	return present, nil
}

// recorded returns what the revision table says, nil if there is none.
func recorded(db *gorm.DB, revisions []Revision) (map[string]bool, error) {
	there, err := hasTable(db, revisionTable)
	if err != nil || !there {
		return nil, err
	}
	var found []string
	if err := db.Table(revisionTable).Pluck("id", &found).Error; err != nil {
		return nil, fmt.Errorf("read table %s: %w", revisionTable, err)
	}
	present := map[string]bool{}
	for _, id := range found {
		present[id] = true
	}
	known := ids(revisions)
	strange := slices.DeleteFunc(found, func(id string) bool { return slices.Contains(known, id) })
	if len(strange) > 0 {
		slices.Sort(strange)
		return nil, fmt.Errorf("%w: the database has %s, which this program does not know; use the program that made it, or a newer one",
			ErrUnknownRevision, strings.Join(strange, ", "))
	}
	return present, nil
}

// fromAlembic returns the revisions that the earlier program ran.
func fromAlembic(db *gorm.DB, revisions []Revision) ([]Revision, error) {
	there, err := hasTable(db, alembicTable)
	if err != nil || !there {
		return nil, err
	}
	var versions []string
	if err := db.Table(alembicTable).Pluck("version_num", &versions).Error; err != nil {
		return nil, fmt.Errorf("read table %s: %w", alembicTable, err)
	}
	inherited, err := lineage(revisions, versions...)
	if err != nil {
		return nil, fmt.Errorf("the earlier program left its database (table %s) at a revision that cannot be taken over: %w", alembicTable, err)
	}
	return inherited, nil
}

// hasTable looks in the current schema only.
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

// bookkeeping is a gormigrate run over the migrations. The transaction around
// it is ours, because whether there is one differs from revision to revision.
func bookkeeping(db *gorm.DB, migrations []*gormigrate.Migration) *gormigrate.Gormigrate {
	return gormigrate.New(db, &gormigrate.Options{
		TableName:                 revisionTable,
		IDColumnName:              "id",
		IDColumnSize:              12,
		ValidateUnknownMigrations: true,
	}, migrations)
}
