package main

import (
	"os"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

func TestUnchangedModelsNeedNoRevision(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		w.refuses("the database is not up to date, pending: 7fc773c5907d", "check")
		w.refuses("run `migrate upgrade`", "migrate", "-m", "x")
		w.run("upgrade")
		w.prints("Nothing differs between models and database.\n"+standsAtHead, "check")
		if os.Getenv("DB_HOST") == "" {
			w.refuses("name it with --postgres-url", "migrate", "-m", "x")
			w.refuses("is not of the form postgres://", "migrate", "-m", "x", "--postgres-url", "nonsense")
		}
		w.prints("Nothing differs between models and database: no revision was written.\n", "revision", "--autogenerate", "-m", "x",
			"--postgres-url", pgtest.New(t).URL)
		if _, err := os.Stat("migrations"); err == nil {
			t.Error("a folder was made")
		}
	})
}

// What somebody changed by hand is found, in the live database.
func TestCheckFailsWithTheDifferences(t *testing.T) {
	w := newWorkplace(t, "postgres")
	w.run("revision", "-m", "by hand", "--rev-id", aID)
	fill(t, aID, "ALTER TABLE site ADD COLUMN country text;", "ALTER TABLE site DROP COLUMN country;")
	w.run("upgrade")
	w.prints("Difference: column site.country text is in the database only\nmigrate: "+errDiffers.Error()+"\n", "check")
}
