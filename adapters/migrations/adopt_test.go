package migrations

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/core/domain"
)

// leftByAlembic makes the database as the earlier program leaves it.
func leftByAlembic(t *testing.T, db *gorm.DB, version string) {
	t.Helper()
	for _, r := range load(t, postgres) {
		if r.ID == indexesRevision {
			break
		}
		if err := send(db, r.Up...); err != nil {
			t.Fatalf("make revision %s: %v", r.ID, err)
		}
		if r.ID == version {
			break
		}
	}
	execute(t, db, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
	execute(t, db, "INSERT INTO alembic_version VALUES (?)", version)
}

func TestDatabaseOfTheEarlierProgramIsTakenOver(t *testing.T) {
	for version, want := range map[string][]string{
		tablesRevision: embeddedIDs[1:],
		urlRevision:    embeddedIDs[2:],
	} {
		t.Run(version, func(t *testing.T) {
			s := newServer(t, postgres)
			db, revisions := s.open(t), load(t, postgres)
			leftByAlembic(t, db, version)
			insertBenchmark(t, db)
			if got := pending(t, db, revisions); !slices.Equal(got, want) {
				t.Errorf("pending %v, want %v", got, want)
			}
			if there, err := hasTable(db, revisionTable); err != nil || there {
				t.Errorf("Inspect has made table %s (%t, %v), want no change", revisionTable, there, err)
			}
			if got := upgrade(t, db, revisions); !slices.Equal(got, want) {
				t.Errorf("upgrade ran %v, want %v", got, want)
			}
			if got := query[string](t, db, "SELECT version_num FROM alembic_version"); !slices.Equal(got, []string{version}) {
				t.Errorf("alembic_version holds %v, want it left at %s", got, version)
			}
			if got := query[string](t, db, "SELECT docker_image FROM benchmark"); len(got) != 1 {
				t.Errorf("the benchmarks are %v, want the one that was there", got)
			}
			fresh := newServer(t, postgres).open(t)
			upgrade(t, fresh, revisions)
			execute(t, db, "DROP TABLE alembic_version")
			if got, want := schema(t, db), schema(t, fresh); got != want {
				t.Errorf("the schema that was taken over differs from a new one\n got %s\nwant %s", got, want)
			}
		})
	}
}

// Alembic's table stays when everything is undone; it must not be believed then.
func TestAlembicIsNotBelievedTwice(t *testing.T) {
	db, revisions := newServer(t, postgres).open(t), load(t, postgres)
	leftByAlembic(t, db, urlRevision)
	upgrade(t, db, revisions)
	if undone, err := schemaOf(db, revisions).Downgrade(t.Context(), Base, Options{}); err != nil {
		t.Fatalf("downgrade: %v (undid %v)", err, undone)
	}
	if got := pending(t, db, revisions); !slices.Equal(got, embeddedIDs) {
		t.Errorf("pending after a complete downgrade: %v, want %v", got, embeddedIDs)
	}
	if got := upgrade(t, db, revisions); !slices.Equal(got, embeddedIDs) {
		t.Errorf("upgrade after a complete downgrade ran %v, want %v", got, embeddedIDs)
	}
}

func TestUnknownAlembicRevisionIsRefused(t *testing.T) {
	db, revisions := newServer(t, postgres).open(t), load(t, postgres)
	leftByAlembic(t, db, urlRevision)
	execute(t, db, "UPDATE alembic_version SET version_num = ?", idA)
	_, upgradeErr := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
	_, inspectErr := schemaOf(db, revisions).Inspect(t.Context())
	for action, err := range map[string]error{"upgrade": upgradeErr, "inspect": inspectErr} {
		if !errors.Is(err, domain.ErrUnknownRevision) || !strings.Contains(err.Error(), "alembic_version") ||
			!strings.Contains(err.Error(), idA) {
			t.Errorf("%s: error %v, want ErrUnknownRevision that names alembic_version and %s", action, err, idA)
		}
	}
	if there, err := hasTable(db, revisionTable); err != nil || there {
		t.Errorf("table %s is there: %t (%v), want nothing changed", revisionTable, there, err)
	}
}

func TestOnlyTheCurrentSchemaCounts(t *testing.T) {
	s := newServer(t, postgres)
	revisions := load(t, postgres)
	neighbour := s.open(t)
	leftByAlembic(t, neighbour, urlRevision)
	upgrade(t, neighbour, revisions)
	before := query[string](t, neighbour, "SELECT oid::text FROM pg_class WHERE relname LIKE 'result%' ORDER BY oid")

	execute(t, neighbour, "CREATE SCHEMA ours")
	db := s.open(t)
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxIdleConns(0) // every connection starts with what the role has
	execute(t, neighbour, "ALTER ROLE CURRENT_USER IN DATABASE "+query[string](t, db,
		"SELECT current_database()")[0]+" SET search_path = ours, public")
	if got := pending(t, db, revisions); !slices.Equal(got, embeddedIDs) {
		t.Errorf("pending beside a neighbour %v, want %v", got, embeddedIDs)
	}
	if got := upgrade(t, db, revisions); !slices.Equal(got, embeddedIDs) {
		t.Errorf("upgrade beside a neighbour ran %v, want %v", got, embeddedIDs)
	}
	after := query[string](t, neighbour,
		"SELECT oid::text FROM pg_class WHERE relname LIKE 'result%' AND relnamespace = 'public'::regnamespace ORDER BY oid")
	if !slices.Equal(before, after) {
		t.Errorf("the neighbour's tables and indexes were %v and are %v", before, after)
	}
}

func TestSchemaThatDoesNotExistIsAnError(t *testing.T) {
	s := newServer(t, postgres)
	db := s.open(t)
	execute(t, db, "DROP SCHEMA public")
	_, err := schemaOf(db, load(t, postgres)).Upgrade(t.Context(), Head, Options{})
	if err == nil || !strings.Contains(err.Error(), "current schema") {
		t.Errorf("upgrade without a current schema gave the error %v, want one that says so", err)
	}
}
