package dump

import (
	"context"
	"database/sql"
	"embed"
	"strings"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

//go:embed sql/*.sql
var files embed.FS

// statements select the ids, as texts, of the rows that break a rule.
var statements = session.LoadStatements(files)

// rule is a rule that the tables themselves do not enforce.
type rule struct {
	level     domain.Level
	table     string
	statement string
	problem   string
	remedy    string
	// orphan: see domain.Finding.
	orphan bool
}

var rules = []rule{
	{
		level: domain.Problem, table: "result", statement: statements.Text("find_hidden_results_without_reason"),
		problem: "hidden, though it was not deleted here and nobody claims anything (a later deletion by the earlier program looks the same)",
		remedy:  "show it again with `admin results restore ID`, or delete it by the API, which notes that",
	},
	{
		level: domain.Problem, table: "result", statement: statements.Text("find_visible_results_with_reason"),
		problem: "listed, though it was deleted or a claim stands", remedy: "delete it again, or settle its claims",
	},
	{
		level: domain.Problem, table: "result", statement: statements.Text("find_results_at_another_site"),
		problem: "its site is not that of its flavor", remedy: "correct result.site_id in SQL",
	},
	{
		level: domain.Problem, table: "claim", statement: statements.Text("find_claims_without_result"), orphan: true,
		problem: "a claim of no result", remedy: "approve or reject it by its ID, or remove all such claims with `admin check --fix`",
	},
	{
		level: domain.Problem, table: "submit", statement: statements.Text("find_submits_without_entity"), orphan: true,
		problem: "a report of nothing", remedy: "remove all such reports with `admin check --fix`",
	},
	unreported("benchmark"), unreported("site"), unreported("flavor"), unreported("claim"),
	dangling("benchmark"), dangling("site"), dangling("flavor", "site"), dangling("claim"), dangling("result", "benchmark", "site", "flavor"),
	lost("benchmark", "_submit_report_id", "submit"), lost("site", "_submit_report_id", "submit"),
	lost("flavor", "_submit_report_id", "submit"), lost("claim", "_submit_report_id", "submit"),
	lost("claim", "result_id", "result"), lost("result", "_claim_report_id", "claim"), lost("result", "supersedes", "result"),
	unknownStatus("benchmark"), unknownStatus("site"), unknownStatus("flavor"), unknownStatus("claim"),
	{
		level: domain.Problem, table: "audit_entry", statement: "SELECT CAST(id AS text) FROM audit_entry" +
			" WHERE seq > coalesce((SELECT seq FROM audit_head WHERE name = '" + tables.AuditHeadName + "'), 0) ORDER BY seq LIMIT 1",
		problem: "behind the end of the audit trail that table audit_head names: no backup with it can be restored",
		remedy:  "look at the trail with `admin audit verify`",
	},
	{
		level: domain.Problem, table: "result_tags", statement: "SELECT CAST(result_id AS text) FROM result_tags" +
			" WHERE NOT EXISTS (SELECT 1 FROM result WHERE result.id = result_tags.result_id)" +
			" OR NOT EXISTS (SELECT 1 FROM tag WHERE tag.id = result_tags.tag_id) ORDER BY result_id",
		problem: "refers to what is gone: the result or a tag is missing", remedy: "remove such rows in SQL: no backup with them can be restored",
	},
	{
		level: domain.Problem, table: "outbox", statement: "SELECT CAST(id AS text) FROM outbox WHERE parked_at IS NOT NULL ORDER BY id",
		problem: "a mail that is not tried any more", remedy: "look at it with `admin outbox list`, and send it with `admin outbox retry ID`",
	},
	{
		level: domain.Note, table: "result", statement: statements.Text("find_results_hidden_by_others"),
		problem: "hidden by the earlier program: deleted there, or claimed and not shown again when the claim was rejected",
		remedy:  "`admin results restore ID` shows it again; to delete it by the API notes that, and when",
	},
}

// dangling is the rule that what a row refers to exists, its uploader included. The tables enforce it,
// but not for rows that were written while an operator had switched that off.
func dangling(table string, others ...string) rule {
	statement := `SELECT CAST(id AS text) FROM ` + table + ` WHERE NOT EXISTS
		(SELECT 1 FROM "user" WHERE "user".sub = ` + table + `.uploader_sub AND "user".iss = ` + table + `.uploader_iss)`
	for _, other := range others {
		statement += " OR NOT EXISTS (SELECT 1 FROM " + other + " WHERE " + other + ".id = " + table + "." + other + "_id)"
	}
	return rule{
		level: domain.Problem, table: table, statement: statement + " ORDER BY id",
		problem: "refers to what is gone: " + strings.Join(append([]string{"its uploader"}, others...), " or ") + " is missing",
		remedy:  "put the missing row back from a backup, or remove this one in SQL",
	}
}

// lost is the rule that what a row may refer to exists.
func lost(table, column, other string) rule {
	return rule{
		level: domain.Problem, table: table, statement: "SELECT CAST(id AS text) FROM " + table + " WHERE " + column + " IS NOT NULL" +
			" AND NOT EXISTS (SELECT 1 FROM " + other + " AS found WHERE found.id = " + table + "." + column + ") ORDER BY id",
		problem: "its " + column + " refers to what is gone: no backup with it can be restored",
		remedy:  "set this column to NULL in SQL",
	}
}

// unknownStatus is the rule that a row is on review or approved.
func unknownStatus(table string) rule {
	return rule{
		level: domain.Problem, table: table, statement: "SELECT CAST(id AS text) FROM " + table +
			" WHERE CAST(status AS text) NOT IN ('on_review', 'approved') ORDER BY id",
		problem: "its status is neither on_review nor approved: no backup with it can be restored", remedy: "correct it in SQL",
	}
}

// unreported is the rule that every row on review has a submit.
func unreported(table string) rule {
	return rule{
		level: domain.Problem, table: table, statement: "SELECT CAST(id AS text) FROM " + table +
			" WHERE coalesce(CAST(status AS text), 'on_review') = 'on_review'" +
			" AND NOT EXISTS (SELECT 1 FROM submit WHERE submit.id = " + table + "._submit_report_id) ORDER BY id",
		problem: "on review without a report: it is not in the list of what waits", remedy: "approve or reject it by its ID",
	}
}

// allFindings calls each with every row that breaks a rule, by rule and id, then with
// those that are noteworthy, and with those that are not what the tables should hold.
func (s *snapshot) allFindings(ctx context.Context, each func(domain.Finding) error) error {
	for _, r := range rules {
		if err := s.findings(ctx, r, each); err != nil {
			return err
		}
	}
	return s.oddRows(ctx, each)
}

// names calls each with every name.
func (s *snapshot) names(ctx context.Context, each func(domain.Name) error) error {
	var name domain.Name
	return s.EachRow(ctx, s.Query(ctx).Raw(statements.Text("find_names")), "read the names",
		func(row *sql.Rows) error { return row.Scan(&name.Table, &name.ID, &name.Scope, &name.Text) },
		func() error { return each(name) })
}

func (s *snapshot) findings(ctx context.Context, r rule, each func(domain.Finding) error) error {
	finding := domain.Finding{Level: r.level, Table: r.table, Problem: r.problem, Remedy: r.remedy, Orphan: r.orphan}
	return s.EachRow(ctx, s.Query(ctx).Raw(r.statement), "check table "+r.table,
		func(row *sql.Rows) error { return row.Scan(&finding.ID) },
		func() error { return each(finding) })
}
