package migrations

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
)

// alembicDatabase is one of the earlier program, with its odd rows.
func alembicDatabase(t *testing.T, version string) *gorm.DB {
	t.Helper()
	db := newServer(t, postgres).open(t)
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	alembictest.Make(t, pool, version)
	return db
}

func TestRowsOfTheEarlierProgramStayAsTheyAre(t *testing.T) {
	for version, want := range map[string][]string{
		alembictest.First: embeddedIDs[1:],
		alembictest.Last:  embeddedIDs[2:],
	} {
		t.Run(version, func(t *testing.T) {
			db, revisions := alembicDatabase(t, version), load(t, postgres)
			pool, err := db.DB()
			if err != nil {
				t.Fatal(err)
			}
			before := alembictest.Rows(t, pool, version)
			if len(before) < 40 {
				t.Fatalf("only %d rows are compared", len(before))
			}
			if got := upgrade(t, db, revisions); !slices.Equal(got, want) {
				t.Errorf("upgrade ran %v, want %v", got, want)
			}
			if after := alembictest.Rows(t, pool, version); !slices.Equal(after, before) {
				t.Errorf("after the upgrade these rows are gone\n%s\nand these are new\n%s", strings.Join(subtract(before, after), "\n"),
					strings.Join(subtract(after, before), "\n"))
			}
			if _, err := schemaOf(db, revisions).Downgrade(t.Context(), version, Options{}); err != nil {
				t.Fatalf("downgrade: %v", err)
			}
			if after := alembictest.Rows(t, pool, version); !slices.Equal(after, before) {
				t.Errorf("after the downgrade these rows are gone\n%s\nand these are new\n%s", strings.Join(subtract(before, after), "\n"),
					strings.Join(subtract(after, before), "\n"))
			}
			if left := query[string](t, db, "SELECT proname::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"); len(left) > 0 {
				t.Errorf("the downgrade leaves the functions %v", left)
			}
		})
	}
}

func TestTablesThatAreNotWhatTheirRevisionPromisesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		want   []string
	}{
		"a missing table": {"DROP TABLE result_tags", []string{"missing: table result_tags"}},
		"a missing column": {"ALTER TABLE site DROP COLUMN address",
			[]string{"missing: column site.address text not null"}},
		"a column too many": {"ALTER TABLE site ADD COLUMN country text DEFAULT 'CH'",
			[]string{"not expected: column site.country text default 'CH'::text"}},
		"another type": {"ALTER TABLE result ALTER COLUMN upload_datetime TYPE timestamptz",
			[]string{"missing: column result.upload_datetime timestamp without time zone not null",
				"not expected: column result.upload_datetime timestamp with time zone not null"}},
		"a null that is not allowed": {"ALTER TABLE tag ALTER COLUMN description SET NOT NULL",
			[]string{"missing: column tag.description text", "not expected: column tag.description text not null"}},
		"another value of the enum": {"ALTER TYPE resourcestatus ADD VALUE 'rejected'",
			[]string{"missing: enum resourcestatus on_review, approved", "not expected: enum resourcestatus on_review, approved, rejected"}},
		"a unique constraint too few": {"ALTER TABLE tag DROP CONSTRAINT tag_name_key",
			[]string{"missing: constraint tag.tag_name_key UNIQUE (name)"}},
		"a unique index too many": {"CREATE UNIQUE INDEX one_address ON site (address)",
			[]string{"not expected: unique index site.one_address"}},
		"a check": {"ALTER TABLE site ADD CONSTRAINT named CHECK (name <> '')",
			[]string{"not expected: constraint site.named CHECK ((name <> ''::text))"}},
		"a foreign key too few": {"ALTER TABLE flavor DROP CONSTRAINT flavor_site_id_fkey",
			[]string{"missing: foreign key of flavor: FOREIGN KEY (site_id) REFERENCES site(id)"}},
	} {
		t.Run(name, func(t *testing.T) {
			db, revisions := alembicDatabase(t, alembictest.Last), load(t, postgres)
			execute(t, db, "UPDATE tag SET description = ''")
			execute(t, db, c.change)
			before := schema(t, db)
			ran, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
			deviations, refused := errors.AsType[*Deviations](err)
			if !refused || !slices.Equal(deviations.Lines, c.want) || len(ran) > 0 {
				t.Errorf("upgrade ran %v with the error %v, want it refused with %q", ran, err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), "`migrate stamp "+alembictest.Last+"`") {
				t.Errorf("the error does not say what to do: %v", err)
			}
			if after := schema(t, db); after != before {
				t.Errorf("the schema was changed from\n%s\nto\n%s", before, after)
			}
		})
	}
}

func TestHarmlessDifferencesAreTakenOver(t *testing.T) {
	for name, change := range map[string]string{
		"an index of the operators": "CREATE INDEX fast ON result (upload_datetime)",
		"a table of somebody else":  "CREATE TABLE spatial_ref_sys (id int)",
		"a foreign key as PostgreSQL 11 named it": "ALTER TABLE site RENAME CONSTRAINT site_uploader_iss_uploader_sub_fkey TO " +
			"site_uploader_iss_fkey",
		"columns in another order": "ALTER TABLE site RENAME COLUMN description TO d; ALTER TABLE site ADD COLUMN description " +
			"text; ALTER TABLE site DROP COLUMN d",
	} {
		t.Run(name, func(t *testing.T) {
			db, revisions := alembicDatabase(t, alembictest.Last), load(t, postgres)
			for statement := range strings.SplitSeq(change, "; ") {
				execute(t, db, statement)
			}
			if got := upgrade(t, db, revisions); !slices.Equal(got, embeddedIDs[2:]) {
				t.Errorf("upgrade ran %v, want %v", got, embeddedIDs[2:])
			}
			if missing, err := schemaOf(db, revisions).Missing(t.Context()); err != nil || missing.Err() != nil {
				t.Errorf("the schema that was taken over lacks %+v (%v)", missing, err)
			}
		})
	}
}

func TestStampTakesDifferencesAsTheyAre(t *testing.T) {
	db, revisions := alembicDatabase(t, alembictest.Last), load(t, postgres)
	execute(t, db, "ALTER TABLE site ADD COLUMN country text")
	if err := schemaOf(db, revisions).Stamp(t.Context(), alembictest.Last, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := upgrade(t, db, revisions); !slices.Equal(got, embeddedIDs[2:]) {
		t.Errorf("upgrade ran %v, want %v", got, embeddedIDs[2:])
	}
}

func TestTablesOfUnknownOriginAreRefused(t *testing.T) {
	db, revisions := newServer(t, postgres).open(t), load(t, postgres)
	execute(t, db, "CREATE TABLE site (id int)")
	_, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{})
	deviations, refused := errors.AsType[*Deviations](err)
	if !refused || !slices.Equal(deviations.Lines, []string{"not expected: table site"}) ||
		!strings.Contains(err.Error(), "nothing that tells which revision made them") {
		t.Errorf("upgrade gave the error %v, want one about table site", err)
	}
}

func TestTablesInAnotherSchemaAreNotOverlooked(t *testing.T) {
	db, revisions := alembicDatabase(t, alembictest.Last), load(t, postgres)
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxIdleConns(0) // every connection starts with what the role has
	execute(t, db, "CREATE SCHEMA mine")
	execute(t, db, "ALTER ROLE CURRENT_USER IN DATABASE "+query[string](t, db,
		"SELECT current_database()")[0]+" SET search_path = mine, public")
	if _, err := schemaOf(db, revisions).Upgrade(t.Context(), Head, Options{}); err == nil ||
		!strings.Contains(err.Error(), "in the schema public, but the current schema is mine") {
		t.Errorf("upgrade gave the error %v, want one that names both schemas", err)
	}
}
