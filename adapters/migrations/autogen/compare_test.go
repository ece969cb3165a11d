package autogen_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/autogen"
)

func TestDatabaseOfTheEarlierProgramDoesNotDiffer(t *testing.T) {
	t.Parallel()
	db := empty(t, onPostgres)
	const lastOfAlembic = 2
	for _, revision := range revisions(t, db, nil)[:lastOfAlembic] {
		for _, statement := range revision.Up {
			execute(t, db, statement)
		}
	}
	execute(t, db, "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)")
	execute(t, db, "INSERT INTO alembic_version VALUES ('112055db4eff')")
	fill(t, db)
	if got := compare(t, db, current(t)); len(got.Differences) == 0 {
		t.Error("no differences before the upgrade, want what is pending")
	}
	upgrade(t, db)
	wantNoDifference(t, db, current(t))
}

func TestTablesOfOthersAreLeftAlone(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		db := atHead(t, dialect)
		execute(t, db, "CREATE TABLE theirs (id integer PRIMARY KEY, tag_id text)")
		execute(t, db, "CREATE INDEX theirs_idx ON theirs (tag_id)")
		if dialect == onPostgres {
			execute(t, db, "CREATE TYPE theirs_too AS ENUM ('a')")
			execute(t, db, "CREATE VIEW tags AS SELECT * FROM tag")
			execute(t, db, "COMMENT ON COLUMN tag.name IS 'a comment'")
		}
		models := current(t)
		wantNoDifference(t, db, models)
		models.Owned = append(models.Owned, "schema_revision", "alembic_version")
		wantNoDifference(t, db, models)
	})
}

func TestTypeThatNobodyElseHasGoesWithItsColumn(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	models := current(t)
	upgrade(t, db, compare(t, db, replaced(t, withEnum(models, "mood", "good", "bad"), &tagWithMood{})).Steps...)
	if got := script(compare(t, db, models).Steps); !strings.Contains(got, "DROP TYPE mood;") {
		t.Errorf("the plan does not drop the type:\n%s", got)
	}
	execute(t, db, "CREATE TABLE theirs (mood mood)")
	got := compare(t, db, models)
	if text := script(got.Steps); strings.Contains(text, "DROP TYPE") || !strings.Contains(text, "DROP COLUMN mood;") {
		t.Errorf("the plan with a table of others that has the type:\n%s\nwant the column to go and the type to stay", text)
	}
	upgrade(t, db, slices.Concat(stepsToMood(t, models), got.Steps)...)
	wantNoDifference(t, db, models)
}

// stepsToMood are those that the database of the test before has already run.
func stepsToMood(t *testing.T, models autogen.Models) []autogen.Step {
	t.Helper()
	return compare(t, atHead(t, onPostgres), replaced(t, withEnum(models, "mood", "good", "bad"), &tagWithMood{})).Steps
}

func TestEnumValueCannotGoWhileRowsHaveIt(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		db := atHead(t, dialect)
		models := current(t)
		before := catalog(t, db)
		changes := compare(t, db, withEnum(models, "resourcestatus", "approved"))
		if !mentions(changes.Warnings, "fails where rows") {
			t.Errorf("warnings %q, want one about rows with the value", changes.Warnings)
		}
		_, err := migrations.NewSchema(connection{db}, revisions(t, db, changes.Steps)).Upgrade(t.Context(), migrations.Head,
			migrations.Options{})
		want := map[string]string{onPostgres: "on_review", onSQLite: "status_check"}[dialect]
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("upgrade with a row that has the value gave the error %v, want one with %q", err, want)
		}
		if got := catalog(t, db); got != before {
			t.Errorf("the failed upgrade has changed the schema:\n%s", changedLines(before, got))
		}
		execute(t, db, "UPDATE flavor SET status = 'approved'")
		thereAndBack(t, db, models, withEnum(models, "resourcestatus", "approved"), "approved")
	})
}

func mentions(lines []string, part string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, part) })
}

func TestConditionsFollowTheirEnum(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	execute(t, db, "UPDATE flavor SET status = 'approved'")
	models := replaced(t, current(t), &siteOfApproved{})
	first := compare(t, db, models)
	upgrade(t, db, first.Steps...)
	before := catalog(t, db)
	shorter := withEnum(models, "resourcestatus", "approved", "rejected", "on_review")
	second := compare(t, db, shorter)
	all := slices.Concat(first.Steps, second.Steps)
	upgrade(t, db, all...)
	wantNoDifference(t, db, shorter)
	last := revisions(t, db, first.Steps)
	if _, err := migrations.NewSchema(connection{db}, revisions(t, db, all)).Downgrade(t.Context(), last[len(last)-1].ID,
		migrations.Options{}); err != nil {
		t.Fatalf("downgrade: %v\n%s", err, script(second.Steps))
	}
	if got := catalog(t, db); got != before {
		t.Errorf("the way back leaves another schema:\n%s\n%s", changedLines(before, got), script(second.Steps))
	}
}

func TestWarnings(t *testing.T) {
	eachDialect(t, func(t *testing.T, dialect string) {
		db := atHead(t, dialect)
		models := current(t)
		for _, c := range []struct {
			name    string
			changed autogen.Models
			want    []string
		}{
			{"dropped table", without(models, "result_tags"), []string{"table result_tags is dropped, and its rows are lost"}},
			{"renamed table", replaced(t, without(models, "result_tags"), &ribbon{}, &badge{}),
				[]string{"table result_tags goes and badge, ribbon comes", "RENAME"}},
			{"dropped column", replaced(t, models, &tagWithoutDescription{}),
				[]string{"column tag.description is dropped, and its values are lost"}},
			{"renamed column", replaced(t, models, &tagWithNotes{}), []string{
				"column tag.description goes and tag.notes comes", "column tag.notes is NOT NULL and has no default: it fails if tag has rows"}},
			{"not null", replaced(t, models, &tagNotNull{}), []string{"column tag.description becomes NOT NULL: it fails where rows hold NULL"}},
			{"type", replaced(t, models, &tagOfNumbers{}),
				[]string{"column tag.description becomes integer: it fails where a value cannot be converted"}},
			{"unique", replaced(t, models, &tagWithUnique{}),
				[]string{"unique constraint tag_description_key fails where rows of tag have the same values"}},
			{"check", replaced(t, models, &tagWithCheck{}), []string{"check tag_name_length fails where rows do not satisfy it"}},
			{"way back", replaced(t, models, &tagWithParent{}),
				[]string{"on the way back: column tag.parent_id is dropped, and its values are lost"}},
		} {
			got := compare(t, db, c.changed).Warnings
			for _, want := range c.want {
				if !mentions(got, want) {
					t.Errorf("%s: warnings %q, want one with %q", c.name, got, want)
				}
			}
		}
	})
}

type tagWithNotes struct {
	ID    uuid   `gorm:"primaryKey;not null"`
	Name  string `gorm:"type:text;not null;uniqueIndex:tag_name_key"`
	Notes string `gorm:"type:text;not null"`
	Maker
}

func (tagWithNotes) TableName() string { return "tag" }

func schemas(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	return query(t, db, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1")
}

func TestNothingStaysBehind(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	before, models := schemas(t, db), current(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		models autogen.Models
		want   string
	}{
		"success":        {t.Context(), models, ""},
		"unknown type":   {t.Context(), replaced(t, autogen.Models{Rows: models.Rows, Owned: models.Owned}, &tagWithMood{}), "does not exist"},
		"no row":         {t.Context(), autogen.Models{Rows: []any{"text"}}, "string"},
		"nothing at all": {t.Context(), autogen.Models{}, "no models"},
		"cancelled":      {cancelled, models, context.Canceled.Error()},
	} {
		_, err := autogen.Compare(c.ctx, connection{db}, c.models)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if c.ctx.Err() != nil && !errors.Is(err, c.ctx.Err()) {
			t.Errorf("%s: error %v, want %v", name, err, c.ctx.Err())
		}
		if got := schemas(t, db); !slices.Equal(got, before) {
			t.Errorf("%s: schemas %v, want %v", name, got, before)
		}
	}
	wantNoDifference(t, db, models) // the connections are of use still
}

func TestMissingRightSaysWhatToGrant(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	db := connected(t, database)
	upgrade(t, db)
	role := "weak_" + strings.ToLower(database.Name)
	execute(t, db, "CREATE ROLE "+role+" LOGIN PASSWORD 'weak'")
	t.Cleanup(func() {
		for _, statement := range []string{"DROP OWNED BY ", "DROP ROLE "} {
			if err := db.Exec(statement + role).Error; err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
	execute(t, db, "GRANT USAGE ON SCHEMA public TO "+role)
	execute(t, db, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+role)
	as := *database
	as.User, as.Password = role, "weak"
	weak := connected(t, &as)
	_, err := autogen.Compare(t.Context(), connection{weak}, current(t))
	grant := fmt.Sprintf("GRANT CREATE ON DATABASE %s TO %s", database.Name, role)
	if err == nil || !strings.Contains(err.Error(), grant) {
		t.Fatalf("comparing without the right gave the error %v, want one with %q", err, grant)
	}
	execute(t, db, grant)
	wantNoDifference(t, weak, current(t))
}

func TestOnlyTheCurrentSchemaCounts(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	neighbour := connected(t, database)
	upgrade(t, neighbour)
	execute(t, neighbour, `CREATE SCHEMA "Our Schema"`)
	execute(t, neighbour, "ALTER DATABASE "+database.Name+` SET search_path = "Our Schema", public`)
	db := connected(t, database)
	models := current(t)
	if got := compare(t, db, models); !mentions(got.Differences, "table benchmark is missing in the database") {
		t.Errorf("differences beside a neighbour with all tables: %q, want all tables missing", got.Differences)
	}
	upgrade(t, db)
	wantNoDifference(t, db, models)
	execute(t, db, "ALTER TABLE public.tag ADD COLUMN theirs text")
	execute(t, db, "DROP TABLE public.result_tags")
	wantNoDifference(t, db, models)
	fill(t, db)
	changes := thereAndBack(t, db, models, replaced(t, models, &ribbon{}, &badge{}, &tagWithParent{}), "table badge")
	if text := script(changes.Steps); strings.Contains(text, "Our Schema") || strings.Contains(text, "public") ||
		strings.Contains(text, "autogen") {
		t.Errorf("the statements name a schema:\n%s", text)
	}
}

func TestStepsOutsideOfTransactionsRunAgain(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	models := current(t)
	changed := replaced(t, models, &tagWithUniqueAndIndex{})
	steps := compare(t, db, changed).Steps
	for _, step := range steps {
		if step.Transactional {
			t.Fatalf("step %q is transactional, want only indexes", step.Purpose)
		}
		runInterrupted(t, db, step.Up)
	}
	wantNoDifference(t, db, changed)
	for _, step := range slices.Backward(steps) {
		runInterrupted(t, db, step.Down)
	}
	wantNoDifference(t, db, models)
}

// runInterrupted runs one statement, then begins again and runs two, and so on.
func runInterrupted(t *testing.T, db *gorm.DB, statements []string) {
	t.Helper()
	for end := range statements {
		for _, statement := range statements[:end+1] {
			execute(t, db, statement)
		}
	}
}

// tagWithUniqueAndIndex has a new constraint and a new index, and lacks one.
type tagWithUniqueAndIndex struct {
	ID          uuid    `gorm:"primaryKey;not null"`
	Name        string  `gorm:"type:text;not null;index:tag_name_idx"`
	Description *string `gorm:"type:text;uniqueIndex:tag_description_key"`
	Maker
}

func (tagWithUniqueAndIndex) TableName() string { return "tag" }

func TestIndexesOfExistingTablesAreBuiltConcurrently(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	steps := compare(t, db, replaced(t, current(t), &tagWithIndexes{}, &badge{}, &ribbon{})).Steps
	for _, step := range steps {
		for _, statement := range slices.Concat(step.Up, step.Down) {
			concurrent := strings.Contains(statement, "CONCURRENTLY")
			if concurrent == step.Transactional {
				t.Errorf("step %q, transactional %t, has the statement\n%s", step.Purpose, step.Transactional, statement)
			}
		}
	}
	if len(steps) != 2 || !steps[0].Transactional || steps[1].Transactional {
		t.Errorf("steps\n%s\nwant the tables in a transaction, then the index", script(steps))
	}
}

func TestKeysOfExistingTablesAreValidatedLater(t *testing.T) {
	t.Parallel()
	db := atHead(t, onPostgres)
	steps := compare(t, db, replaced(t, current(t), &tagWithParent{}, &badge{}, &ribbon{})).Steps
	if len(steps) != 2 || !steps[0].Transactional || steps[1].Transactional {
		t.Fatalf("steps\n%s\nwant one in a transaction and one outside", script(steps))
	}
	var unchecked []string
	for _, statement := range steps[0].Up {
		if strings.Contains(statement, "NOT VALID") {
			unchecked = append(unchecked, statement)
		}
	}
	if len(unchecked) != 1 || !strings.Contains(unchecked[0], "tag_parent_id_fkey") {
		t.Errorf("not checked at first: %q, want only the key of the table that was there", unchecked)
	}
	if want := []string{"ALTER TABLE tag VALIDATE CONSTRAINT tag_parent_id_fkey;"}; !slices.Equal(steps[1].Up, want) {
		t.Errorf("outside of the transaction %q, want %q", steps[1].Up, want)
	}
}

func TestTableMadeAnewKeepsTheOrderOfItsColumns(t *testing.T) {
	t.Parallel()
	db := atHead(t, onSQLite)
	const order = "SELECT name FROM pragma_table_info('site') ORDER BY cid"
	before := query(t, db, order)
	steps := compare(t, db, withEnum(current(t), "resourcestatus", "on_review", "approved", "rejected")).Steps
	upgrade(t, db, steps...)
	if got := query(t, db, order); !slices.Equal(got, before) {
		t.Errorf("columns %v, want %v", got, before)
	}
}

func TestTriggersOfSQLiteSurvive(t *testing.T) {
	t.Parallel()
	db := atHead(t, onSQLite)
	execute(t, db, `CREATE TRIGGER tag_trigger AFTER UPDATE ON tag BEGIN DELETE FROM submit; END`)
	models := current(t)
	thereAndBack(t, db, models, replaced(t, models, &tagNotNull{}), "tag.description")
}

func TestRevisionsComeInPairs(t *testing.T) {
	before, main, after := autogen.Step{Purpose: "before"}, autogen.Step{Transactional: true,
		Up: []string{"main"}}, autogen.Step{Purpose: "after"}
	inSQLite := autogen.Step{Transactional: true, Up: []string{"SQLite"}}
	for name, c := range map[string]struct {
		postgres, sqlite []autogen.Step
		wantSQLite       []string
	}{
		"nothing":            {nil, nil, nil},
		"with the main step": {[]autogen.Step{before, main, after}, []autogen.Step{inSQLite}, []string{"", "SQLite", ""}},
		"with the first":     {[]autogen.Step{before, after}, []autogen.Step{inSQLite}, []string{"SQLite", ""}},
		"only PostgreSQL":    {[]autogen.Step{main}, nil, []string{""}},
		"only SQLite":        {nil, []autogen.Step{inSQLite}, []string{"SQLite"}},
	} {
		got := autogen.Revisions(autogen.Changes{Steps: c.postgres}, autogen.Changes{Steps: c.sqlite})
		var texts []string
		for i, revision := range got {
			texts = append(texts, strings.Join(revision.SQLite.Up, " "))
			if !revision.SQLite.Transactional {
				t.Errorf("%s: step %d for SQLite is not transactional", name, i)
			}
			if i < len(c.postgres) && revision.Postgres.Purpose != c.postgres[i].Purpose {
				t.Errorf("%s: step %d for PostgreSQL is %q, want %q", name, i, revision.Postgres.Purpose, c.postgres[i].Purpose)
			}
		}
		if !slices.Equal(texts, c.wantSQLite) {
			t.Errorf("%s: SQLite's steps %q, want %q", name, texts, c.wantSQLite)
		}
	}
}
