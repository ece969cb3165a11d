package gormdb

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// RemoveAll implements ports.Results.
func (r results) RemoveAll(ctx context.Context, match ports.ResultMatch) error {
	where := matchingResults(match)
	if err := r.removeClaims(ctx, where); err != nil {
		return r.Failed(ctx, err, "remove the claims of results")
	}
	chosen := r.Query(ctx).Table("result").Select("id").Clauses(where.Where())
	if err := r.Query(ctx).Where("result_id IN (?)", chosen).Delete(&tables.ResultTag{}).Error; err != nil {
		return r.Failed(ctx, err, "remove the tags of results")
	}
	err := r.Query(ctx).Clauses(where.Where()).Delete(&tables.Result{}).Error
	return r.Failed(ctx, err, "remove results")
}

// matchingResults chooses no result if all fields of the match are empty.
func matchingResults(match ports.ResultMatch) query.Conditions {
	var where query.Conditions
	where.ID("result.benchmark_id", match.BenchmarkID)
	where.ID("result.flavor_id", match.FlavorID)
	where.Uploader("result", match.Uploader)
	if match.SiteID != nil {
		where.Add("result.site_id = ? OR result.flavor_id IN (SELECT flavor.id FROM flavor WHERE flavor.site_id = ?)",
			*match.SiteID, *match.SiteID)
	}
	if len(match.IDs) > 0 {
		where.Add("result.id IN ?", tables.Keys(match.IDs))
	}
	if len(where) == 0 {
		where.ChooseNothing()
	}
	return where
}

// removeClaims removes all claims of the chosen results. First it links the claims
// that only result._claim_report_id names. Then no result names the claims any more,
// also no result that is not chosen: results of the earlier program may.
func (r results) removeClaims(ctx context.Context, where query.Conditions) error {
	chosen := clause.And(where...)
	err := r.Query(ctx).Exec(`UPDATE claim
		SET result_id = (SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)
		WHERE result_id IS NULL AND id IN (SELECT result._claim_report_id FROM result WHERE ?)`, chosen).Error
	if err != nil {
		return err
	}
	var theirs query.Conditions
	theirs.Add("claim.result_id IN (SELECT result.id FROM result WHERE ?)", chosen)
	err = r.Query(ctx).Exec("UPDATE result SET _claim_report_id = NULL WHERE _claim_report_id IN (SELECT claim.id FROM claim WHERE ?)",
		clause.And(theirs...)).Error
	if err != nil {
		return err
	}
	_, err = removeReviewed(ctx, r.Session, "claim", theirs)
	return err
}
