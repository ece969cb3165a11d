package operation_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

const (
	damagedID = "d0000000-0000-4000-8000-00000000000"
	gone      = "90000000-0000-4000-8000-000000000000"
)

// damagedRows are rows that refer to what is gone: an operator had switched the foreign keys off, or
// restored some tables only. Benchmark 8 and site 8 share a report, which the tables allow.
var damagedRows = []string{
	`submit (id, resource_type, upload_datetime) VALUES ('{d}1', 'claim', now()), ('{d}2', 'claim', now()), ('{d}3', 'flavor', now()),
		('{d}8', 'benchmark', now())`,
	`claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, _submit_report_id) VALUES
		('{d}1', 'ghost', 'i', now(), 'on_review', 'by nobody', 'result', '{d}1'),
		('{d}2', 'ada', '{i}', now(), 'on_review', 'of a result at no flavor', 'result', '{d}2'),
		('{d}3', 'ghost', 'i', now(), NULL, 'by nobody, not reported', 'result', '{gone}')`,
	`flavor (id, uploader_sub, uploader_iss, upload_datetime, status, name, site_id, _submit_report_id) VALUES
		('{d}4', 'ada', '{i}', now(), 'on_review', 'of no site', '{gone}', '{d}3')`,
	`result (id, uploader_sub, uploader_iss, upload_datetime, deleted, json, execution_datetime, benchmark_id, site_id, flavor_id,
		_claim_report_id) VALUES
		('{d}5', 'ada', '{i}', now(), true, '{}', now(), '{b}1', '{s}1', '{gone}', '{d}2'),
		('{d}6', 'ghost', 'i', now(), false, '{}', now(), '{gone}', '{gone}', '{gone}', NULL)`,
	`site (id, uploader_sub, uploader_iss, upload_datetime, status, name, address, _submit_report_id) VALUES
		('{d}8', 'ada', '{i}', now(), 'on_review', 'shares a report', 'x', '{d}8'),
		('{d}9', 'ada', '{i}', now(), 'on_review', 'shares it too', 'x', '{d}8')`,
}

// withoutForeignKeys runs the statements as somebody who has switched the foreign keys off.
func (e earlier) withoutForeignKeys(t *testing.T, statements ...string) {
	t.Helper()
	texts := strings.NewReplacer("{d}", damagedID, "{gone}", gone, "{b}", oldBench, "{s}", oldSite, "{i}", "https://aai.example.org/oidc/")
	e.run(t, "BEGIN; SET LOCAL session_replication_role = replica; "+texts.Replace(strings.Join(statements, "; "))+"; COMMIT")
}

// settleDamagedRows reads, settles and removes the damaged rows, and leaves none of them.
func settleDamagedRows(t *testing.T, s *harness.Server, e earlier) {
	var inserts []string
	for _, rows := range damagedRows {
		inserts = append(inserts, "INSERT INTO "+rows)
	}
	e.withoutForeignKeys(t, inserts...)
	environ := harness.Settings(e.settings).With(harness.Settings{"APP_ENV": "development"}).Environ()
	check := process.Start(t, process.Program(t, "admin"), environ, "check", "--json")
	expectExit(t, check, 3)
	for _, row := range []string{
		`"claim","id":"{d}1"`, `"claim","id":"{d}3"`, `"flavor","id":"{d}4"`, `"result","id":"{d}5"`, `"result","id":"{d}6"`,
	} {
		if row = strings.ReplaceAll(row, "{d}", damagedID); !check.Output.Contains(row + `,"problem":"refers to what is gone`) {
			t.Errorf("admin check does not name %s", row)
		}
	}
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/reports/submits?per_page=100", 200},
		{"GET", "/reports/claims?status=on_review&per_page=100", 200},
		{"GET", "/results?per_page=100", 200},
		{"GET", "/sites/" + gone + "/flavors", 404},
		{"GET", "/reports/claims/{d}1", 200},
		{"GET", "/reports/claims/{d}2", 200},
		{"GET", "/reports/claims/{d}3", 200},
		{"GET", "/flavors/{d}4", 200},
		{"GET", "/results/{d}6", 404},
		{"POST", "/reports/claims/{d}1:approve", 204},
		{"POST", "/reports/claims/{d}2:reject", 204},
		{"POST", "/reports/claims/{d}3:reject", 204},
		{"POST", "/flavors/{d}4:approve", 204},
		{"DELETE", "/flavors/{d}4", 204},
		{"DELETE", "/results/{d}6", 204},
		{"POST", "/sites/{d}8:approve", 204},
		{"POST", "/sites/{d}9:reject", 204},
	} {
		path := strings.ReplaceAll(c.path, "{d}", damagedID)
		if a := s.Do(harness.Call{Method: c.method, Path: path, As: "admin"}); a.Status != c.status {
			t.Errorf("%s\nwant %d", a, c.status)
		}
	}
	e.withoutForeignKeys(t, "DELETE FROM claim WHERE CAST(id AS text) LIKE '{d}_'", "DELETE FROM result WHERE CAST(id AS text) LIKE '{d}_'",
		"DELETE FROM site WHERE CAST(id AS text) LIKE '{d}_'")
	var left int
	row := e.QueryRowContext(t.Context(), "SELECT count(*) FROM submit WHERE CAST(id AS text) LIKE '"+damagedID+"_'")
	if err := row.Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 0 {
		t.Errorf("%d reports are left", left)
	}
}
