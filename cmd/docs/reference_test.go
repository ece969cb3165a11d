package main

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/cmd/wiring/manualtest"
)

// TestReferenceIsCurrent: the pages that are made of the program are what it says.
func TestReferenceIsCurrent(t *testing.T) {
	db := pgtest.New(t)
	for name, page := range references {
		t.Run(name, func(t *testing.T) {
			want, err := page(t.Context(), db.URL)
			if err != nil {
				t.Fatal(err)
			}
			manualtest.Same(t, "../../docs/reference/"+name, want)
		})
	}
}

// TestBodiesAreDescribed: a body's fields in the document's order, the required ones
// first, and what is ignored as such.
func TestBodiesAreDescribed(t *testing.T) {
	page, err := apiPage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string]string{
		"CreateTag":    "| `name` | string, at most 1000 bytes | yes | ",
		"UpdateSite":   "| `id` | uuid | no, ignored | ",
		"UpdateResult": "| `tags_ids` | list of uuid | no | ",
		"CreateResult": "The body is [Json](#schema-json). ",
		"ListSubmits":  "| 200 | What was asked for: [Submits](#schema-submits) |",
		"Schema Claim": "| `uploader` | [User](#schema-user) | yes | A registered person",
	} {
		_, after, _ := strings.Cut(page, "\n### "+operation+"\n")
		part, _, _ := strings.Cut(after, "\n### ")
		if !strings.Contains(part, want) {
			t.Errorf("%s lacks %q:\n%s", operation, want, part)
		}
	}
}

func TestTextIsNotTakenForHTML(t *testing.T) {
	for text, want := range map[string]string{
		"a <b>":              `a \<b>`,
		"`a <b>` <c> `<d>|`": "`a <b>` \\<c> `<d>\\|`",
		"a|b\nc":             `a\|b c`,
	} {
		if got := cell(text); got != want {
			t.Errorf("cell(%q) is %q, want %q", text, got, want)
		}
	}
}
