package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

// TestATamperedBackupIsRefusedByItsLine: with right checksums, on both databases alike, and
// without a row that is left.
func TestATamperedBackupIsRefusedByItsLine(t *testing.T) {
	whole := fromFlask(t)
	replace := func(old, with string) func(*domain.BackupHeader, string) string {
		return func(_ *domain.BackupHeader, row string) string { return strings.Replace(row, old, with, 1) }
	}
	places := map[string]place{"sqlite": atHead["sqlite"](t), "postgres": atHead["postgres"](t)}
	for name, c := range map[string]struct {
		change func(header *domain.BackupHeader, row string) string
		says   string
		// seen: the file alone tells that it is wrong.
		seen bool
	}{
		"NUL":         {replace(`"sub":"ada"`, `"sub":"a\u0000da"`), `table user: column "sub": a text with the character NUL`, true},
		"half a pair": {replace(`"description":"zweite"`, `"description":"\ud800"`), `column "description": no JSON`, true},
		"broken JSON": {replace(`"json":"{`, `"json":"{{`), `table result: column "json": no JSON document`, true},
		"a broken schema": {replace(`"json_schema":"{`,
			`"json_schema":"{,`), `table benchmark: column "json_schema": no JSON document`, true},
		"the year 99999": {replace(`_datetime":"2021-`, `_datetime":"99999-`), "years 1 to 9999", true},
		"a day that never was": {replace(`"execution_datetime":"2021-07-31`,
			`"execution_datetime":"2021-02-31`), `column "execution_datetime"`, true},
		"an id in another form": {replace(`"id":"50710000-`, `"id":"{5071000-`), `column "id"`, true},
		"a member twice":        {replace(`"email":`, `"email":"x","email":`), "no JSON object", true},
		"an id twice": {replace(`"id":"50710000-0000-4000-8000-000000000002"`,
			`"id":"50710000-0000-4000-8000-000000000001"`), "duplicate", false},
		"a person of nowhere": {replace(`"uploader_sub":"ada"`, `"uploader_sub":"eve"`), "dangling", false},
		"a claim of nothing": {replace(`"result_id":"a0000000-0000-4000-8000-000000000005","status"`,
			`"result_id":"a0000000-0000-4000-8000-0000000000ff","status"`),
			"is of a result that is not there", false},
		"no name":           {replace(`"name":"Zürich"`, `"name":null`), "write rows of table", false},
		"an unknown status": {replace(`"status":"approved"`, `"status":"granted"`), "write rows of table", false},
	} {
		file := forge(t, whole, c.change)
		out, err := run(t, "backup", "verify", file)
		if (err != nil) != c.seen {
			t.Errorf("%s: verified with %q, %v", name, out, err)
		}
		wants := func(err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), c.says) || !regexp.MustCompile(`\bline [1-9]`).MatchString(err.Error()) {
				t.Errorf("%s: %v, want an error that says %q, with the line", name, err, c.says)
			}
		}
		if c.seen {
			wants(err)
		}
		for kind, p := range places {
			_, err := p.run(t, "restore", file)
			wants(err)
			if rows := p.rows(t); len(rows) > 0 {
				t.Errorf("%s: on %s rows are left: %v", name, kind, rows)
			}
		}
	}
	for _, p := range places {
		p.mustRun(t, "restore", whole)
	}
}

// TestTheLimitOfRows: a row beyond the limit is refused, and told how to be read.
func TestTheLimitOfRows(t *testing.T) {
	whole := fromFlask(t)
	p := atHead["sqlite"](t)
	for _, args := range [][]string{{"backup", "verify", whole}, {"restore", whole, "--data-dir", t.TempDir(), "--db-driver", "sqlite"}} {
		_, err := run(t, append(args, "--max-row", "200")...)
		if err == nil || !strings.Contains(err.Error(), "a row has more than 200 bytes") || !strings.Contains(err.Error(), "--max-row") {
			t.Errorf("%v: %v", args, err)
		}
	}
	p.mustRun(t, "restore", whole, "--max-row", "100000")
	if out := p.mustRun(t, "backup", filepath.Join(t.TempDir(), "x"), "--json"); !strings.Contains(out, `"largest_row": `) {
		t.Errorf("backup printed %s", out)
	}
}
