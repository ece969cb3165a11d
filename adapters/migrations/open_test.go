package migrations

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	sqlitedriver "github.com/libtnb/sqlite"
	postgresdriver "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

// The embedded revisions, in their order.
const (
	tablesRevision       = "7fc773c5907d"
	urlRevision          = "112055db4eff"
	indexesRevision      = "d01e49c03043"
	atomsRevision        = "d2f20fffbd5d"
	claimsRevision       = "872f90cdf5c3"
	claimIndexesRevision = "b88af7f0de1a"
	outboxRevision       = "a885b41d4e4c"
	totalsRevision       = "3f9c1e6b7a52"
	valuesRevision       = "8d24b5f0c6e1"
	filledRevision       = "c07a9e3d5b18"
	deletionRevision     = "5e1f8a2c94d7"
	referencesRevision   = "a4c8e27f60b3"
	metricsRevision      = "6b1d0c9e4f27"
	boundedRevision      = "b3d7f1a09c24"
	historiesRevision    = "b7d2f4a6081c"
	digestsRevision      = "c9e5a3170b4d"
	measuredRevision     = "e2a7f40b91c5"
	removalRevision      = "6b21d9f0e3c4"
	removalIndexRevision = "e58c07a41d92"
	sessionsRevision     = "4f7b90d2c6a8"
	auditRevision        = "a4f0c61d8e27"
	embeddedIndex        = "4d7a0c3e92b8"
	outlineRevision      = "9c1d5e7b30fa"
	arraysRevision       = "9c4e7a15d8b2"
	tagChangesRevision   = "7c1e9b40d3a6"
	insertRevision       = "d3b85c1f7e60"
	longArraysRevision   = "f1c86a2e9d04"
	derivedRevision      = "2e9d61b4a7f8"
	newestRevision       = "37adcbdfe53c"
	fastArraysRevision   = "b81e5d2f07c4"
	schemaPathsRevision  = "c5d20e9b7a63"
	quantitiesRevision   = "6e0c3b97d1a2"
	longTextsRevision    = "2fa94d7be018"

	headRevision = longTextsRevision
)

var embeddedIDs = []string{
	tablesRevision, urlRevision, indexesRevision, atomsRevision, claimsRevision, claimIndexesRevision, outboxRevision, totalsRevision,
	valuesRevision, filledRevision, deletionRevision, referencesRevision, metricsRevision, boundedRevision,
	historiesRevision, digestsRevision, measuredRevision, removalRevision, removalIndexRevision,
	sessionsRevision, auditRevision,
	embeddedIndex, outlineRevision, arraysRevision, tagChangesRevision,
	insertRevision, longArraysRevision, derivedRevision, newestRevision, fastArraysRevision, schemaPathsRevision,
	quantitiesRevision, longTextsRevision,
}

// after are the embedded revisions that come after the one, the newest first.
func after(id string) []string {
	later := slices.Clone(embeddedIDs[slices.Index(embeddedIDs, id)+1:])
	slices.Reverse(later)
	return later
}

// lockTimeout is how long a SQLite handle waits for others, in ordinary use.
const lockTimeout = time.Minute

// server opens handles to one new database; each handle is like another program.
type server struct {
	dialect string
	open    func(t *testing.T) *gorm.DB
}

func newServer(t *testing.T, dialect string) server {
	t.Helper()
	if dialect == postgres {
		address := pgtest.New(t).URL
		return server{dialect, func(t *testing.T) *gorm.DB { return open(t, postgresdriver.Open(address)) }}
	}
	file := filepath.Join(t.TempDir(), "test.db")
	return server{dialect, func(t *testing.T) *gorm.DB {
		return open(t, sqlitedriver.Open(fmt.Sprintf("%s?_pragma=busy_timeout(%d)&_pragma=foreign_keys(1)", file, lockTimeout.Milliseconds())))
	}}
}

// eachDialect runs the test on an empty database of each.
func eachDialect(t *testing.T, test func(t *testing.T, s server)) {
	for _, dialect := range []string{postgres, sqlite} {
		t.Run(dialect, func(t *testing.T) { test(t, newServer(t, dialect)) })
	}
}

func open(t *testing.T, dialector gorm.Dialector) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(dialector, &gorm.Config{Logger: logger.Discard, QueryFields: true})
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() {
		if pool, err := db.DB(); err == nil {
			_ = pool.Close()
		}
	})
	return db
}

func schemaOf(db *gorm.DB, revisions []Revision) Schema { return Schema{db: db, revisions: revisions} }

func load(t *testing.T, dialect string) []Revision {
	t.Helper()
	revisions, err := Load(dialect)
	if err != nil {
		t.Fatalf("load the revisions for %s: %v", dialect, err)
	}
	return revisions
}

func upgrade(t *testing.T, db *gorm.DB, revisions []Revision) []string {
	t.Helper()
	ran, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
	if err != nil {
		t.Fatalf("upgrade: %v (ran %v)", err, ran)
	}
	return ran
}

func inspected(t *testing.T, db *gorm.DB, revisions []Revision) State {
	t.Helper()
	state, err := schemaOf(db, revisions).Inspect(t.Context())
	if err != nil {
		t.Fatalf("inspect: %v", err)
	}
	return state
}

func pending(t *testing.T, db *gorm.DB, revisions []Revision) []string {
	t.Helper()
	return IDs(inspected(t, db, revisions).Pending)
}

func execute(t *testing.T, db *gorm.DB, statement string, values ...any) {
	t.Helper()
	if err := db.Exec(statement, values...).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// query returns the first column of the answer.
func query[T any](t *testing.T, db *gorm.DB, statement string, values ...any) []T {
	t.Helper()
	var out []T
	if err := db.Raw(statement, values...).Scan(&out).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return out
}
