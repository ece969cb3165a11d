package tables_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// revisionTable is that of adapters/migrations: it is not in the registry.
const revisionTable = "schema_revision"

func isPostgres(store *gormdb.Store) bool { return store.DB().Name() == "postgres" }

// registered returns the tables of the registry that the database must have.
func registered(store *gormdb.Store) []tables.Table {
	return slices.DeleteFunc(slices.Clone(tables.Registry), func(table tables.Table) bool {
		return isPostgres(store) && table.Embedded || !isPostgres(store) && table.Beside != ""
	})
}

func TestRegistryListsEveryTable(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		existing, err := store.DB().Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		want := []string{revisionTable}
		for _, table := range registered(store) {
			want = append(want, table.Name)
		}
		for _, name := range without(existing, want) {
			t.Errorf("the registry lacks table %s", name)
		}
		for _, name := range without(want, existing) {
			t.Errorf("the database lacks table %s", name)
		}
	})
}

func TestTablesAreEitherDumpedOrDerivedOrPassing(t *testing.T) {
	for _, table := range tables.Registry {
		kinds := 0
		for _, is := range []bool{table.Dumped, len(table.DerivedFrom) > 0, table.Passing} {
			if is {
				kinds++
			}
		}
		if kinds != 1 {
			t.Errorf("table %s: dumped %v, derived from %v, passing %v; want one of the three", table.Name, table.Dumped, table.DerivedFrom,
				table.Passing)
		}
	}
}

// Personal data may be in the columns that name or address people.
func TestRegistryListsEveryPersonalColumn(t *testing.T) {
	personal := []string{"sub", "iss", "email", "uploader_sub", "uploader_iss", "actor_sub", "actor_iss", "receiver", "reached"}
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		for _, table := range registered(store) {
			columns, err := store.DB().Migrator().ColumnTypes(table.Name)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, column := range columns {
				if slices.Contains(personal, column.Name()) {
					want = append(want, column.Name())
				}
			}
			if len(without(want, table.Personal))+len(without(table.Personal, want)) > 0 {
				t.Errorf("table %s: the registry has the personal columns %v, want %v", table.Name, table.Personal, want)
			}
			if len(want) > 0 && table.AboutPerson == "" {
				t.Errorf("table %s has personal columns, but no condition for the rows about a person", table.Name)
			}
		}
	})
}

// A dump is restored in the order of the registry.
func TestRowsReferToEarlierTables(t *testing.T) {
	store := storetest.Postgres(t)
	position := map[string]int{}
	for i, table := range tables.Registry {
		position[table.Name] = i
	}
	var references []struct{ Name, From, To string }
	err := store.DB().Raw(`SELECT conname AS name, conrelid::regclass::text AS from, confrelid::regclass::text AS to
		FROM pg_constraint WHERE contype = 'f' AND NOT condeferred`).Scan(&references).Error
	if err != nil || len(references) == 0 {
		t.Fatalf("read the foreign keys: %d, %v", len(references), err)
	}
	for _, r := range references {
		if position[strings.Trim(r.To, `"`)] >= position[r.From] {
			t.Errorf("the registry has table %s before %s, to which it refers by %s", r.From, r.To, r.Name)
		}
	}
}

// The name of a trigger begins with that of the table that it derives.
func TestRegistryListsTheSourcesOfEveryTrigger(t *testing.T) {
	store := storetest.Postgres(t)
	var triggers []struct{ Name, Source string }
	err := store.DB().Raw(`SELECT tgname AS name, tgrelid::regclass::text AS source
		FROM pg_trigger WHERE NOT tgisinternal`).Scan(&triggers).Error
	if err != nil {
		t.Fatal(err)
	}
	// Other triggers begin with the name of the table that they derive.
	named := map[string][]string{
		"result_insert":        {"result_count", "result_value", "result_metric"},
		"result_tags_insert":   {"result_count"},
		"result_tags_update":   {"result_count"},
		"result_tags_delete":   {"result_count"},
		"result_tags_truncate": {"reference_change"},
	}
	derived := map[string]bool{}
	for _, trigger := range triggers {
		known := false
		for _, table := range tables.Registry {
			derives := strings.HasPrefix(trigger.Name, table.Name)
			if names, ok := named[trigger.Name]; ok {
				derives = slices.Contains(names, table.Name)
			}
			if !derives || len(table.DerivedFrom) == 0 {
				continue
			}
			known, derived[table.Name] = true, true
			if !slices.Contains(table.DerivedFrom, trigger.Source) {
				t.Errorf("the registry does not say that trigger %s derives %s from table %s", trigger.Name, table.Name, trigger.Source)
			}
		}
		if !known {
			t.Errorf("the registry does not say what trigger %s derives from table %s", trigger.Name, trigger.Source)
		}
	}
	for _, table := range tables.Registry {
		if len(table.DerivedFrom) > 0 && !table.Embedded && !derived[table.Name] && !derived[table.Beside] {
			t.Errorf("no trigger derives table %s", table.Name)
		}
	}
}

func TestSourcesAreInTheOrderOfTheRegistry(t *testing.T) {
	for _, c := range []struct {
		derived []string
		want    []string
	}{
		{nil, nil},
		{[]string{"result_count"}, []string{"result", "result_tags"}},
		{[]string{"result_value", "result_count", "result_leaf"}, []string{"benchmark", "result", "result_tags"}},
		{[]string{"result"}, nil},
	} {
		if got := tables.Sources(c.derived...); !slices.Equal(got, c.want) {
			t.Errorf("the sources of %v: got %v, want %v", c.derived, got, c.want)
		}
	}
}
