package main

import (
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
