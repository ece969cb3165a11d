package dump

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
)

// claimed holds where a claim stands on a result.
const claimed = `(EXISTS (SELECT 1 FROM claim WHERE claim.result_id = result.id) OR EXISTS (SELECT 1 FROM claim WHERE claim.id = result._claim_report_id AND claim.result_id IS NULL))`

// integrity are the rules that the tables themselves do not keep: which rows break
// them.
var integrity = []struct{ table, where, problem, remedy string }{
	{
		// Whatever we do about the visibility of a result, removed is not null then.
		"result", "result.deleted AND result.removed = false AND NOT " + claimed,
		"hidden, though it was not deleted here and nobody claims anything (a later deletion by the earlier program looks the same)",
		"show it again with `admin results restore ID`, or delete it by the API, which notes that",
	},
	{
		"result", "NOT result.deleted AND (result.removed IS TRUE OR " + claimed + ")",
		"listed, though it was deleted or a claim stands", "delete it again, or settle its claims",
	},
	{
		"result", "result.site_id <> (SELECT flavor.site_id FROM flavor WHERE flavor.id = result.flavor_id)",
		"its site is not that of its flavor", "correct result.site_id in SQL",
	},
	{
		"claim", "claim.result_id IS NULL AND NOT EXISTS (SELECT 1 FROM result WHERE result._claim_report_id = claim.id)",
		"a claim of no result", "remove it in SQL, with its submit: nobody sees it",
	},
	{
		"submit", `NOT EXISTS (SELECT 1 FROM benchmark WHERE benchmark._submit_report_id = submit.id) AND NOT EXISTS (SELECT 1 FROM site WHERE site._submit_report_id = submit.id)
			AND NOT EXISTS (SELECT 1 FROM flavor WHERE flavor._submit_report_id = submit.id) AND NOT EXISTS (SELECT 1 FROM claim WHERE claim._submit_report_id = submit.id)`,
		"a report of nothing", "remove it in SQL",
	},
	unreported("benchmark"), unreported("site"), unreported("flavor"), unreported("claim"),
	{"outbox", "outbox.parked_at IS NOT NULL", "a mail that is not tried any more", "look at it with `admin outbox list`, and send it with `admin outbox retry ID`"},
}

func unreported(table string) struct{ table, where, problem, remedy string } {
	return struct{ table, where, problem, remedy string }{
		table, "coalesce(CAST(" + table + ".status AS text), 'on_review') = 'on_review' AND " + table + "._submit_report_id IS NULL",
		"on review without a report: it is not in the list of what waits", "approve or reject it by its ID",
	}
}

// hiddenByOthers are the results that only the earlier program, or somebody in SQL, has
// ever hidden.
const hiddenByOthers = "result.deleted AND result.removed IS NULL AND NOT " + claimed

// allFindings calls each with every row that breaks a rule, by rule and id, then with
// those that are noteworthy.
func (s *snapshot) allFindings(ctx context.Context, each func(domain.Finding) error) error {
	for _, rule := range integrity {
		if err := s.findings(ctx, rule.table, rule.where, func(id string) error {
			return each(domain.Finding{Level: domain.Problem, Table: rule.table, ID: id, Problem: rule.problem, Remedy: rule.remedy})
		}); err != nil {
			return err
		}
	}
	return s.findings(ctx, "result", hiddenByOthers, func(id string) error {
		return each(domain.Finding{
			Level: domain.Note, Table: "result", ID: id,
			Problem: "hidden by the earlier program: deleted there, or claimed and not shown again when the claim was rejected",
			Remedy:  "`admin results restore ID` shows it again; to delete it by the API notes that, and when",
		})
	})
}

func (s *snapshot) findings(ctx context.Context, table, where string, each func(id string) error) error {
	rows, err := s.Query(ctx).Raw("SELECT CAST(id AS text) FROM " + table + " WHERE " + where + " ORDER BY id").Rows()
	if err != nil {
		return s.Failed(ctx, err, "check table %s", table)
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return s.Failed(ctx, err, "check table %s", table)
		}
		if err := each(id); err != nil {
			return err
		}
	}
	return s.Failed(ctx, rows.Err(), "check table %s", table)
}
