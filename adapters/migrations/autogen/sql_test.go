package autogen

import (
	"context"
	"testing"

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
