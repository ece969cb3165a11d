package autogen

import (
	"context"
	"testing"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"github.com/jackc/pgx/v5"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

func TestNamesAreQuotedWhereTheyHaveToBe(t *testing.T) {
	for name, want := range map[string]string{
		"tag": "tag", "_submit_report_id": "_submit_report_id", "json": "json", "t2": "t2",
		"user": `"user"`, "Tag": `"Tag"`, "2t": `"2t"`, "a b": `"a b"`, `a"b`: `"a""b"`, "größe": `"größe"`, "": `""`,
	} {
		if got := identifier(name); got != want {
			t.Errorf("identifier(%q) = %s, want %s", name, got, want)
		}
	}
}

// PostgreSQL knows best which words are reserved.
func TestReservedWordsOfPostgreSQLAreQuoted(t *testing.T) {
	c, err := pgx.Connect(t.Context(), pgtest.New(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	rows, err := c.Query(t.Context(), "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
	if err != nil {
		t.Fatal(err)
	}
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(words) == 0 {
		t.Fatalf("reserved words %v: %v", words, err)
	}
	for _, word := range words {
		if identifier(word) == word {
			t.Errorf("%s is reserved, and not quoted", word)
		}
	}
}

func TestOnePairOfParenthesesAroundAll(t *testing.T) {
	for expression, want := range map[string]bool{
		"(a)": true, "((a) OR (b))": true, "(a = ')')": true,
		"a": false, "(a) OR (b)": false, "(a) = ')'": false, "(a": false, "": false,
	} {
		if got := isWrapped(expression); got != want {
			t.Errorf("isWrapped(%q) = %t, want %t", expression, got, want)
		}
	}
}

// Foreign keys that refer to the key are constraints of its index, too: of result, one of its own.
func TestAPrimaryKeyHasTheNameOfItsOwnConstraint(t *testing.T) {
	foreign, primary := &postgres.Constraint{N: "result_supersedes_fkey", T: "f"}, &postgres.Constraint{N: "pk_result", T: "p"}
	for _, test := range []struct {
		attrs []schema.Attr
		want  string
	}{
		{[]schema.Attr{foreign, primary}, "pk_result"}, {[]schema.Attr{primary, foreign}, "pk_result"},
		{[]schema.Attr{foreign}, "result_pkey"}, {nil, "result_pkey"},
	} {
		if got := primaryKeyName(&schema.Table{Name: "result", PrimaryKey: &schema.Index{Attrs: test.attrs}}); got != test.want {
			t.Errorf("%v: %s, want %s", test.attrs, got, test.want)
		}
	}
	unique := &postgres.Constraint{N: "site_name_key", T: "u"}
	for _, attrs := range [][]schema.Attr{{foreign, unique}, {unique, foreign}} {
		if !isConstraint(&schema.Index{Attrs: attrs}) {
			t.Errorf("%v is no constraint", attrs)
		}
	}
}
