package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// TestATamperedBackupIsRefusedByItsLine: with right checksums, by verify and by the restoration
// on both databases alike, and without a row that is left.
func TestATamperedBackupIsRefusedByItsLine(t *testing.T) {
	whole := withNumbers(t)
	replace := func(old, with string) func(*domain.BackupHeader, string) string {
		return func(_ *domain.BackupHeader, row string) string { return strings.Replace(row, old, with, 1) }
	}
	places := map[string]place{"sqlite": atHead["sqlite"](t), "postgres": atHead["postgres"](t)}
	const id, other, nothing = `"id":"50710000-0000-4000-8000-000000000002"`, "50710000-0000-4000-8000-000000000001",
		"a0000000-0000-4000-8000-0000000000ff"
	for name, c := range map[string]struct {
		change func(header *domain.BackupHeader, row string) string
		says   string
	}{
		"NUL":             {replace(`"sub":"ada"`, `"sub":"a\u0000da"`), `table user: column "sub": a text with the character NUL`},
		"half a pair":     {replace(`"description":"zweite"`, `"description":"\ud800"`), `column "description": no JSON`},
		"broken JSON":     {replace(`"json":"{`, `"json":"{{`), `table result: column "json": no JSON document`},
		"a broken schema": {replace(`"json_schema":"{`, `"json_schema":"{,`), `table benchmark: column "json_schema": no JSON document`},
		"the year 99999":  {replace(`_datetime":"2021-`, `_datetime":"99999-`), "years 1 to 9999"},
		"a day that never was": {replace(`"execution_datetime":"2021-07-31`, `"execution_datetime":"2021-02-31`),
			`column "execution_datetime"`},
		"an id in another form": {replace(`"id":"50710000-`, `"id":"{5071000-`), `column "id"`},
		"a member twice":        {replace(`"email":`, `"email":"x","email":`), "no JSON object"},

		"a number for a name":   {replace(`"name":"Zürich"`, `"name":7`), "table site: column name: 7 is not what it holds"},
		"a boolean for a name":  {replace(`"name":"Zürich"`, `"name":true`), "column name: true is not what it holds"},
		"a text for a boolean":  {replace(`"deleted":false`, `"deleted":"false"`), "table result: column deleted: false is not what it holds"},
		"a number as a boolean": {replace(`"deleted":false`, `"deleted":0`), "column deleted: 0 is not what it holds"},
		"a text for a number":   {replace(`"used":7`, `"used":"7"`), "table daily_use: column used: 7 is not what it holds"},
		"a fraction":            {replace(`"used":7`, `"used":7.5`), "column used"},
		"an exponent":           {replace(`"used":7`, `"used":7e1`), "column used"},
		"a number of 65 bits":   {replace(`"used":7`, `"used":36893488147419103232`), "column used"},
		"a status of 33 bits":   {replace(`"status":201`, `"status":8589934592`), "column status"},
		"a list":                {replace(`"name":"Zürich"`, `"name":["Zürich"]`), `column "name": a list or an object`},
		"no column":             {replace(`"description":"zweite",`, ``), "a row has no column description"},
		"an unknown column":     {replace(`"description":"zweite"`, `"colour":"red","description":"zweite"`), `a row has the column "colour"`},
		"no name":               {replace(`"name":"Zürich"`, `"name":null`), "write rows of table site"},
		"no id":                 {replace(id, `"id":null`), "write rows of table site"},
		"no document":           {replace(`"json":"{\"score\": 2}"`, `"json":null`), "write rows of table result"},
		"no time": {replace(`"execution_datetime":"2021-07-01 00:00:04.000000"`, `"execution_datetime":null`),
			"write rows of table result"},
		"nobody":            {replace(`"sub":"nobody"`, `"sub":null`), "write rows of table user"},
		"an unknown status": {replace(`"status":"approved"`, `"status":"granted"`), "write rows of table"},

		"an id twice":  {replace(id, `"id":"`+other+`"`), "duplicate"},
		"a name twice": {replace(`"name":"no status","site_id"`, `"name":"m1.größe","site_id"`), "duplicate"},
		"a tag twice": {replace(`"tag_id":"70000000-0000-4000-8000-000000000002"`, `"tag_id":"70000000-0000-4000-8000-000000000001"`),
			"duplicate"},
		"a person twice": {replace(`"iss":"https://aai.example.org/oidc",`, `"iss":"https://aai.example.org/oidc/",`), "duplicate"},
		"an image twice": {replace(`"docker_image":"team/remote-ref"`, `"docker_image":"team/not-a-schema"`), "duplicate"},
		"no such person": {replace(`"uploader_sub":"ada"`, `"uploader_sub":"eve"`), "dangling"},
		"no such site":   {replace(`"site_id":"`+other, `"site_id":"`+nothing), "dangling"},
		"no such tag":    {replace(`"tag_id":"70000000-0000-4000-8000-000000000002"`, `"tag_id":"`+nothing+`"`), "dangling"},
		"no such report": {replace(`"_submit_report_id":"50000000-0000-4000-8000-000000000003"`, `"_submit_report_id":"`+nothing+`"`),
			"dangling"},
		"no such claim":   {replace(`"_claim_report_id":"c0000000-0000-4000-8000-000000000004"`, `"_claim_report_id":"`+nothing+`"`), "dangling"},
		"no such machine": {replace(`"flavor_id":"f0000000-0000-4000-8000-000000000002"`, `"flavor_id":"`+nothing+`"`), "dangling"},
		"a claim of nothing": {replace(`"result_id":"a0000000-0000-4000-8000-000000000005","status"`, `"result_id":"`+nothing+`","status"`),
			"is of a result that is not there"},
		"a correction of nothing": {func(_ *domain.BackupHeader, row string) string {
			if !strings.Contains(row, `"id":"a0000000-0000-4000-8000-000000000005"`) {
				return row
			}
			return strings.Replace(row, `"supersedes":null`, `"supersedes":"`+nothing+`"`, 1)
		}, "corrects a result that is not there"},
		"no end of the trail":         {replace(`"name":"trail"`, `"name":""`), "of the audit trail is behind the end"},
		"an earlier end of the trail": {replace(`"name":"trail","seq":2`, `"name":"trail","seq":1`), "of the audit trail is behind the end"},
		"tables in another order": {func(h *domain.BackupHeader, row string) string {
			rest := slices.DeleteFunc(slices.Clone(h.Tables), func(table string) bool { return table == "result" })
			h.Tables = append([]string{"result"}, rest...)
			return row
		}, "dangling"},
	} {
		file := forge(t, whole, c.change)
		header := domain.BackupHeader{}
		c.change(&header, "")
		if slices.Equal(rowsIn(t, file), rowsIn(t, whole)) && header.Tables == nil {
			t.Errorf("%s: the backup is as it was", name)
			continue
		}
		wants := func(by string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), file+": the backup is damaged: line ") {
				t.Errorf("%s: %s says %v, want an error that says %q, with the line", name, by, err, c.says)
			}
		}
		out, err := run(t, "backup", "verify", file)
		wants("verify", err)
		if out != "" || status(err) != statusFound {
			t.Errorf("%s: verify printed %q, and ended with %d", name, out, status(err))
		}
		for kind, p := range places {
			_, err := p.run(t, "restore", file)
			wants("restore on "+kind, err)
			if rows := p.rows(t); len(rows) > 0 {
				t.Fatalf("%s: on %s %d rows are left", name, kind, len(rows))
			}
		}
	}
	file := forge(t, whole, replace(`"name":"Zürich"`, `"name":null`))
	if _, err := places["sqlite"].run(t, "restore", file, "--dry-run"); !errors.Is(err, ports.ErrBackupDamaged) {
		t.Errorf("a dry run: %v, want %v", err, ports.ErrBackupDamaged)
	}
	if out, err := run(t, "backup", "verify", whole); err != nil || !strings.Contains(out, "is whole") {
		t.Errorf("verify of the whole backup: %q, %v", out, err)
	}
	for _, p := range places {
		p.mustRun(t, "restore", whole)
	}
}

// withNumbers is a backup of the earlier program's rows, and of rows with numbers.
func withNumbers(t *testing.T) string {
	t.Helper()
	p := flask(t).upgrade(t, migrations.Head)
	const first, second = "e0000000-0000-4000-8000-000000000001", "e0000000-0000-4000-8000-000000000002"
	for _, statement := range []string{
		"INSERT INTO daily_use (sub, iss, kind, day, used) VALUES ('ada', 'https://aai.example.org/oidc', 'uploads', '2026-11-27', 7)",
		"INSERT INTO idempotency_key (name, created_at, fingerprint, uploader_sub, uploader_iss, status)" +
			" VALUES ('key', '2026-11-27 12:00:00', 'x', 'ada', 'https://aai.example.org/oidc', 201)",
		"INSERT INTO audit_entry (seq, id, at, actor_role, action, resource_type, resource_id, hash) VALUES" +
			" (1, '" + first + "', '2026-11-27 12:00:00', 'system', 'x', 'tag', '" + first + "', '1')," +
			" (2, '" + second + "', '2026-11-27 12:00:00', 'system', 'x', 'tag', '" + second + "', '2')",
		"INSERT INTO audit_head (name, seq, hash) VALUES ('trail', 2, '2')",
	} {
		if err := p.store(t).DB().Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "numbers")
	p.mustRun(t, "backup", file)
	return file
}

// TestABackupWithAnotherHeaderIsRefused: verify refuses it as the restoration does.
func TestABackupWithAnotherHeaderIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*domain.BackupHeader)
		is     error
		says   string
	}{
		"an unknown revision": {func(h *domain.BackupHeader) { h.Revisions = []string{"eeeeeeeeeeee"} }, ports.ErrBackupNewer, "eeeeeeeeeeee"},
		"no revision":         {func(h *domain.BackupHeader) { h.Revisions = nil }, ports.ErrBackupDamaged, "its header names no revision"},
		"a table less": {func(h *domain.BackupHeader) {
			h.Tables = slices.DeleteFunc(slices.Clone(h.Tables), func(table string) bool { return table == "blocked_person" })
		}, ports.ErrBackupDamaged, "it has no table blocked_person"},
	} {
		file := forge(t, fromFlask(t), func(h *domain.BackupHeader, row string) string {
			c.change(h)
			return row
		})
		_, verified := run(t, "backup", "verify", file)
		_, restored := embedded(t).run(t, "restore", file)
		for _, err := range []error{verified, restored} {
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %v that says %q", name, err, c.is, c.says)
			}
		}
	}
}

// TestVerifyLeavesNothing: neither after a whole backup nor after another.
func TestVerifyLeavesNothing(t *testing.T) {
	whole := fromFlask(t)
	broken := forge(t, whole, func(_ *domain.BackupHeader, row string) string { return strings.Replace(row, `"Zürich"`, "null", 1) })
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for _, file := range []string{whole, broken} {
		_, err := run(t, "backup", "verify", file)
		if left, readErr := os.ReadDir(folder); readErr != nil || len(left) > 0 {
			t.Errorf("%s (%v): %v (%v) is left", file, err, left, readErr)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(folder, "nowhere"))
	if _, err := run(t, "backup", "verify", whole); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("without a folder: %v, want an error that names TMPDIR", err)
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

// TestTimesOfABackupAreTheSameInBothDatabases: whatever is finer than a microsecond is left out, as in requests, and
// neither rounded nor kept.
func TestTimesOfABackupAreTheSameInBothDatabases(t *testing.T) {
	times := map[string][2]string{
		"upload_datetime":       {"2021-02-03 04:05:06.1234567899", "2021-02-03 04:05:06.123456"},
		"registration_datetime": {"9999-12-31 23:59:59.9999999", "9999-12-31 23:59:59.999999"},
		"execution_datetime":    {"2021-02-03 04:05:06", "2021-02-03 04:05:06.000000"},
	}
	file := forge(t, fromFlask(t), func(_ *domain.BackupHeader, row string) string {
		for column, c := range times {
			if before, after, found := strings.Cut(row, `"`+column+`":"`); found {
				_, after, _ = strings.Cut(after, `"`)
				row = before + `"` + column + `":"` + c[0] + `"` + after
			}
		}
		return row
	})
	for kind, empty := range atHead {
		p := empty(t)
		p.mustRun(t, "restore", file)
		rows := strings.Join(p.rows(t), "\n")
		for column, c := range times {
			if !strings.Contains(rows, `"`+column+`":"`+c[1]+`"`) {
				t.Errorf("%s holds %s otherwise than %s", kind, c[0], c[1])
			}
		}
	}
}
