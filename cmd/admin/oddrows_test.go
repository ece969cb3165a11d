package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOddRowsAreNamed: SQLite stores any value in any column. Such a row breaks no list, check names it,
// and a backup that could not be restored is not written.
func TestOddRowsAreNamed(t *testing.T) {
	p := atHead["sqlite"](t)
	const good, orphan, mail = "70000000-0000-4000-8000-00000000000", "50000000-0000-4000-8000-000000000001",
		"60000000-0000-4000-8000-000000000001"
	const gone = "90000000-0000-4000-8000-000000000009"
	const insertResult = `result (deleted, uploader_sub, uploader_iss, upload_datetime, json,
		execution_datetime, benchmark_id, flavor_id, site_id, id, _claim_report_id, supersedes) VALUES (false, 'ada', 'i', '2021-01-01 00:00:00',
		'{}', '2021-01-01 00:00:00', '` + gone + `', '` + gone + `', '` + gone + `', '`
	rows := []struct{ insert, table, id, problem string }{
		{`"user" VALUES ('ada', 'i', 'ada@example.org', '2021-01-01')`, "user", `iss \"i\", sub \"ada\"`, "registration_datetime"},
		{`"user" VALUES ('bob', 'i', 'bob@example.org', CAST('2021-01-01 00:00:00' AS BLOB))`, "user", `iss \"i\", sub \"bob\"`, "as bytes"},
		{`tag (id, name) VALUES ('tag', 'an id of its own')`, "tag", "tag", `column \"id\"`},
		{`tag (id, name) VALUES ('` + good + `1', 'a' || char(0))`, "tag", good + "1", "the character NUL"},
		{`tag (id, name) VALUES ('` + good + `2', CAST(x'ff' AS TEXT))`, "tag", good + "2", "invalid UTF-8"},
		{`tag (id, name) VALUES ('` + good + `3', x'61')`, "tag", good + "3", "as bytes"},
		{`daily_use VALUES ('ada', 'i', 'uploads', '2021-01-01', 'many')`, "daily_use",
			`day \"2021-01-01\", iss \"i\", kind \"uploads\", sub \"ada\"`, `column \"used\"`},
		{`daily_use VALUES ('bob', 'i', 'uploads', '2021-01-01', 1.5)`, "daily_use",
			`day \"2021-01-01\", iss \"i\", kind \"uploads\", sub \"bob\"`, `column used`},
		{`outbox VALUES ('` + mail + `', 'a@example.org', 2, 's', '{}', '', '', '2021-01-01 00:00:00', 0, '2021-01-01 00:00:00', NULL,
			'2021-01-01 00:00:00', NULL, '', '[]')`, "outbox", mail, "neither true nor false"},
		{`result_tags VALUES ('` + good + `8', '` + good + `9')`, "result_tags", good + "8", "the result or a tag is missing"},
		{`submit VALUES ('report', 'site', '2021-01-01 00:00:00')`, "submit", "report", `column \"id\"`},
		{`submit VALUES ('` + orphan + `', 'site', '2021-01-01 00:00:00')`, "submit", orphan, "a report of nothing"},
		{`site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, _submit_report_id) VALUES ('` + good +
			`1', 'ada', 'i', '2021-01-01 00:00:00', 'approved', 'a', 'b', '` + gone + `')`, "site", good + "1",
			"its _submit_report_id refers to what is gone"},
		{`site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address) VALUES ('` + good +
			`2', 'ada', 'i', '2021-01-01 00:00:00', 'granted', 'c', 'd')`, "site", good + "2", "neither on_review nor approved"},
		{`claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, result_id) VALUES ('` + good +
			`1', 'ada', 'i', '2021-01-01 00:00:00', 'on_review', '', 'result', '` + gone + `')`, "claim", good + "1",
			"its result_id refers to what is gone"},
		{insertResult + good + `1', '` + gone + `', NULL)`, "result", good + "1", "its _claim_report_id refers to what is gone"},
		{insertResult + good + `2', NULL, '` + gone + `')`, "result", good + "2", "its supersedes refers to what is gone"},
		{`audit_entry (seq, id, at, actor_role, action, resource_type, resource_id, hash) VALUES (7, '` + good +
			`1', '2021-01-01 00:00:00', 'system', 'x', 'tag', '` + good + `1', '')`, "audit_entry", good + "1", "behind the end of the audit trail"},
	}
	for _, row := range rows {
		statement := "PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on; INSERT INTO " + row.insert +
			"; PRAGMA foreign_keys = on; PRAGMA ignore_check_constraints = off"
		if _, err := p.pool(t).ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", row.insert, err)
		}
	}
	out, err := p.run(t, "check", "--json")
	if status(err) != statusFound {
		t.Errorf("check: %v", err)
	}
	for _, row := range rows {
		found := false
		for line := range strings.Lines(out) {
			found = found || strings.Contains(line, `"table":"`+row.table+`","id":"`+row.id+`"`) && strings.Contains(line, row.problem)
		}
		if !found {
			t.Errorf("check does not say %q of %s %s:\n%s", row.problem, row.table, row.id, out)
		}
	}
	out, err = p.run(t, "check", "--fix")
	if status(err) != statusFound || !strings.Contains(out, "submit "+orphan+": removed") || strings.Contains(out, "submit report: removed") {
		t.Errorf("check --fix: %v\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "backup")
	_, err = p.run(t, "backup", file)
	if err == nil || !strings.Contains(err.Error(), "`admin check` names all such rows") {
		t.Errorf("backup: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a backup is there")
	}
	if mails := p.mustRun(t, "outbox", "list"); !strings.Contains(mails, mail) {
		t.Errorf("the list of mails is\n%s", mails)
	}
	users := p.mustRun(t, "users", "list")
	for _, user := range []string{"ada", "bob"} {
		if !strings.Contains(users, user) {
			t.Errorf("the list of users is\n%s", users)
		}
	}
}
