package dump

import (
	"context"
	"embed"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
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
}

var rules = []rule{
	{
		domain.Problem, "result", statements.Text("find_hidden_results_without_reason"),
		"hidden, though it was not deleted here and nobody claims anything (a later deletion by the earlier program looks the same)",
		"show it again with `admin results restore ID`, or delete it by the API, which notes that",
	},
	{
		domain.Problem, "result", statements.Text("find_visible_results_with_reason"),
		"listed, though it was deleted or a claim stands", "delete it again, or settle its claims",
	},
	{
		domain.Problem, "result", statements.Text("find_results_at_another_site"),
		"its site is not that of its flavor", "correct result.site_id in SQL",
	},
	{
		domain.Problem, "claim", statements.Text("find_claims_without_result"),
		"a claim of no result", "remove it in SQL, with its submit: nobody sees it",
	},
	{
		domain.Problem, "submit", statements.Text("find_submits_without_entity"),
		"a report of nothing", "remove it in SQL",
	},
	unreported("benchmark"), unreported("site"), unreported("flavor"), unreported("claim"),
	{
		domain.Problem, "outbox", "SELECT CAST(id AS text) FROM outbox WHERE parked_at IS NOT NULL ORDER BY id",
		"a mail that is not tried any more", "look at it with `admin outbox list`, and send it with `admin outbox retry ID`",
	},
	{
		domain.Note, "result", statements.Text("find_results_hidden_by_others"),
		"hidden by the earlier program: deleted there, or claimed and not shown again when the claim was rejected",
		"`admin results restore ID` shows it again; to delete it by the API notes that, and when",
	},
}

// unreported is the rule that every row on review has a submit.
func unreported(table string) rule {
	return rule{
		domain.Problem, table, "SELECT CAST(id AS text) FROM " + table +
			" WHERE coalesce(CAST(status AS text), 'on_review') = 'on_review' AND _submit_report_id IS NULL ORDER BY id",
		"on review without a report: it is not in the list of what waits", "approve or reject it by its ID",
	}
}

// allFindings calls each with every row that breaks a rule, by rule and id, then with
// those that are noteworthy.
func (s *snapshot) allFindings(ctx context.Context, each func(domain.Finding) error) error {
	for _, r := range rules {
		if err := s.findings(ctx, r, each); err != nil {
			return err
		}
	}
	return nil
}

// names calls each with every name.
func (s *snapshot) names(ctx context.Context, each func(domain.Name) error) error {
	rows, err := s.Query(ctx).Raw(statements.Text("find_names")).Rows()
	if err != nil {
		return s.Failed(ctx, err, "read the names")
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	for rows.Next() {
		var name domain.Name
		if err := rows.Scan(&name.Table, &name.ID, &name.Scope, &name.Text); err != nil {
			return s.Failed(ctx, err, "read the names")
		}
		if err := each(name); err != nil {
			return err
		}
	}
	return s.Failed(ctx, rows.Err(), "read the names")
}

func (s *snapshot) findings(ctx context.Context, r rule, each func(domain.Finding) error) error {
	rows, err := s.Query(ctx).Raw(r.statement).Rows()
	if err != nil {
		return s.Failed(ctx, err, "check table %s", r.table)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return s.Failed(ctx, err, "check table %s", r.table)
		}
		if err := each(domain.Finding{Level: r.level, Table: r.table, ID: id, Problem: r.problem, Remedy: r.remedy}); err != nil {
			return err
		}
	}
	return s.Failed(ctx, rows.Err(), "check table %s", r.table)
}
