package migrations

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
)

func atomsDatabase(t *testing.T) *gorm.DB {
	t.Helper()
	db := newServer(t, postgres).open(t)
	upgrade(t, db, load(t, postgres))
	execute(t, db, "CREATE TABLE document (place int, value jsonb, atoms json_atom[])")
	return db
}

func insertDocuments(t *testing.T, db *gorm.DB, documents []string) {
	t.Helper()
	for _, place := range rand.Perm(len(documents)) {
		execute(t, db, "INSERT INTO document VALUES (?, ?, json_atoms(?))", place, documents[place], documents[place])
	}
}

func TestAtomsFlattenInPreOrder(t *testing.T) {
	db := atomsDatabase(t)
	for _, c := range []struct{ document, want string }{
		{`null`, `{"(1,,)"}`},
		{`""`, `{"(2,,\"\")"}`},
		{`"null"`, `{"(2,,null)"}`},
		{`12345678901234567890.10`, `{"(3,12345678901234567890.10,)"}`},
		{`false`, `{"(4,0,)"}`},
		{`true`, `{"(4,1,)"}`},
		{`[]`, `{"(5,0,)"}`},
		{`{}`, `{"(6,0,)"}`},
		{`[1, [], {"bb": null, "a": ["x"]}, true]`,
			`{"(5,4,)","(3,1,)","(5,0,)","(6,2,)","(2,,a)","(5,1,)","(2,,x)","(2,,bb)","(1,,)","(4,1,)"}`},
	} {
		if got := query[string](t, db, "SELECT json_atoms(?)::text", c.document); got[0] != c.want {
			t.Errorf("json_atoms of %s\n got %s\nwant %s", c.document, got[0], c.want)
		}
	}
}

func TestAtomsOrderByCodePointWhateverTheCollation(t *testing.T) {
	db := atomsDatabase(t)
	ascending := []string{
		`null`,
		`""`, `" "`, `"10"`, `"9"`, `"B"`, `"Z"`, `"a"`, `"a b"`, `"ab"`, `"b"`, `"\u00e4"`, `"\uffff"`, `"\ud83d\ude00"`,
		`-1e300`, `-1`, `0`, `1e-300`, `0.1`, `0.10000000000000000000000000001`, `1`, `12345678901234567890`, `12345678901234567891`, `1e300`,
		`false`, `true`,
		`[]`, `[null]`, `["Z"]`, `["a"]`, `["\u00e4"]`, `[true]`, `[[]]`, `[[1]]`, `[{}]`, `["B", 9]`, `["a", 0]`, `["a", 1]`, `[0, 0]`,
		`{}`, `{"B": 1}`, `{"a": null}`, `{"a": "Z"}`, `{"a": "a"}`, `{"a": 1}`, `{"a": []}`, `{"a": {}}`, `{"aa": 0}`, `{"b": null}`,
		`{"\u00e4": 0}`,
		`{"B": 2, "a": 1}`, `{"Z": 1, "a": 1}`, `{"a": 1, "b": 1}`, `{"a": 1, "b": 2}`,
	}
	insertDocuments(t, db, ascending)
	var got []string
	for _, place := range query[int](t, db, "SELECT place FROM document ORDER BY atoms") {
		got = append(got, ascending[place])
	}
	if !slices.Equal(got, ascending) {
		t.Errorf("sorted by atoms\n got %s\nwant %s", strings.Join(got, "  "), strings.Join(ascending, "  "))
	}
}

func TestAtomsOfEqualValuesAreEqual(t *testing.T) {
	db := atomsDatabase(t)
	for _, c := range []struct{ a, b string }{
		{`1`, `1.0`}, {`1`, `10e-1`}, {`-0`, `0.00`}, {`[1, {"x": 2.50}]`, `[1.0, {"x": 2.5}]`},
		{`{"b": 1, "a": 2}`, `{"a": 2, "b": 1}`}, {`{"a": 1, "a": 2}`, `{"a": 2}`}, {`"\u0041"`, `"A"`},
	} {
		if equal := query[bool](t, db, "SELECT json_atoms(?) = json_atoms(?)", c.a, c.b); !equal[0] {
			t.Errorf("the atoms of %s and %s differ, want them equal", c.a, c.b)
		}
	}
}

// Strings of small letters a and b have the same order in every collation, so
// that jsonb itself can be the judge. It has a place of its own only for the
// empty array at the top, which is left out.
func TestAtomsOrderAsJsonbDoes(t *testing.T) {
	db := atomsDatabase(t)
	const seed = 20
	random := rand.New(rand.NewPCG(seed, seed))
	var documents []string
	for len(documents) < 300 {
		text, err := json.Marshal(randomValue(random, 3))
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != "[]" {
			documents = append(documents, string(text))
		}
	}
	insertDocuments(t, db, documents)
	differing := query[string](t, db, `SELECT a.value::text || ' and ' || b.value::text FROM document a, document b
		WHERE (a.value < b.value) <> (a.atoms < b.atoms) OR (a.value = b.value) <> (a.atoms = b.atoms) LIMIT 5`)
	if len(differing) > 0 {
		t.Errorf("atoms are in another order than jsonb values, e.g.\n%s", strings.Join(differing, "\n"))
	}
	if different := query[int](t, db, "SELECT count(DISTINCT value) FROM document"); different[0] < 50 {
		t.Errorf("only %d different values were compared, too few to tell", different[0])
	}
}

func randomValue(random *rand.Rand, depth int) any {
	kinds := 6
	if depth == 0 {
		kinds = 4
	}
	word := func() string { return []string{"", "a", "b", "aa", "ab", "ba"}[random.IntN(6)] }
	switch random.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return word()
	case 2:
		return []float64{-1, 0, 0.5, 1, 10}[random.IntN(5)]
	case 3:
		return random.IntN(2) == 0
	case 4:
		array := make([]any, random.IntN(4))
		for i := range array {
			array[i] = randomValue(random, depth-1)
		}
		return array
	}
	object := map[string]any{}
	for range random.IntN(4) {
		object[word()] = randomValue(random, depth-1)
	}
	return object
}

func TestAtomsOfDeepDocuments(t *testing.T) {
	db := atomsDatabase(t)
	for _, depth := range []int{64, 1000} {
		deep := strings.Repeat(`[{"a":`, depth/2) + "1" + strings.Repeat("}]", depth/2)
		want := min(depth/2*3+1, 256) // the bound of sort keys
		if got := query[int](t, db, "SELECT cardinality(json_atoms(?))", deep); got[0] != want {
			t.Errorf("a document %d levels deep has %d atoms, want %d", depth, got[0], want)
		}
	}
}

// The function must find its own type, and no impostors, from anywhere.
func TestAtomsUnderAnySearchPath(t *testing.T) {
	db := newServer(t, postgres).open(t)
	execute(t, db, `CREATE SCHEMA "Our ""own"" schema"`)
	execute(t, db, `CREATE SCHEMA impostor`)
	execute(t, db, `CREATE FUNCTION impostor.jsonb_typeof(jsonb) RETURNS text LANGUAGE sql AS $$ SELECT 'string' $$`)
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1) // so that the setting holds
	execute(t, db, `SET search_path = "Our ""own"" schema", public`)
	upgrade(t, db, load(t, postgres))
	for _, path := range []string{`pg_catalog`, `''`, `impostor, pg_catalog`, `impostor, public, pg_catalog`} {
		execute(t, db, "SET search_path = "+path)
		got := query[string](t, db, `SELECT "Our ""own"" schema".json_atoms('[true, {"a": null}]')::text`)
		if want := `{"(5,2,)","(4,1,)","(6,1,)","(2,,a)","(1,,)"}`; got[0] != want {
			t.Errorf("with search_path %s json_atoms gave %s, want %s", path, got[0], want)
		}
	}
}

func TestAtomsAreComputedInParallelPlans(t *testing.T) {
	db := atomsDatabase(t)
	execute(t, db, `INSERT INTO document (value) SELECT to_jsonb(ARRAY[i % 7]) FROM generate_series(1, 20000) i`)
	execute(t, db, `ANALYZE document`)
	var plan []string
	if err := db.Transaction(func(tx *gorm.DB) error {
		for _, setting := range []string{"parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0",
			"max_parallel_workers_per_gather = 2"} {
			execute(t, tx, "SET LOCAL "+setting)
		}
		plan = query[string](t, tx, "EXPLAIN (ANALYZE, COSTS OFF) SELECT count(*) FROM document WHERE json_atoms(value) > json_atoms('[3]')")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); !strings.Contains(text, "Parallel Seq Scan") {
		t.Errorf("the plan is not parallel:\n%s", text)
	}
}
