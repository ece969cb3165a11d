package gormdb

import (
	"context"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/ports"
)

// RemoveAll implements ports.Results.
func (r results) RemoveAll(ctx context.Context, match ports.ResultMatch) error {
	where := matching(match)
	if err := r.lock(ctx, "result", where); err != nil {
		return r.failed(ctx, err, "lock results")
	}
	if err := r.removeClaims(ctx, where); err != nil {
		return r.failed(ctx, err, "remove the claims of results")
	}
	chosen := r.query(ctx).Table("result").Select("id").Clauses(where.clause())
	if err := r.query(ctx).Where("result_id IN (?)", chosen).Delete(&resultTagRow{}).Error; err != nil {
		return r.failed(ctx, err, "untie results from their tags")
	}
	err := r.query(ctx).Clauses(where.clause()).Delete(&resultRow{}).Error
	return r.failed(ctx, err, "remove results")
}

// matching chooses nothing if the match does not.
func matching(match ports.ResultMatch) conditions {
	var where conditions
	where.id("result.benchmark_id", match.BenchmarkID)
	where.id("result.flavor_id", match.FlavorID)
	where.uploader("result", match.Uploader)
	if match.SiteID != nil {
		where.add("result.site_id = ? OR result.flavor_id IN (SELECT flavor.id FROM flavor WHERE flavor.site_id = ?)", *match.SiteID, *match.SiteID)
	}
	if len(match.IDs) > 0 {
		where.add("result.id IN ?", keysOf(match.IDs))
	}
	if len(where) == 0 {
		where.nothing()
	}
	return where
}

// removeClaims removes all claims of the chosen results. Claims that only a
// result knows learn of it first; then every result lets go of the claims, those
// that are not chosen included: none should name them, old ones may.
func (r results) removeClaims(ctx context.Context, where conditions) error {
	chosen := clause.And(where...)
	err := r.query(ctx).Exec("UPDATE claim SET result_id = "+namingResult+
		" WHERE result_id IS NULL AND id IN (SELECT result._claim_report_id FROM result WHERE ?)", chosen).Error
	if err != nil {
		return err
	}
	var theirs conditions
	theirs.add("claim.result_id IN (SELECT result.id FROM result WHERE ?)", chosen)
	err = r.query(ctx).Exec("UPDATE result SET _claim_report_id = NULL WHERE _claim_report_id IN (SELECT claim.id FROM claim WHERE ?)",
		clause.And(theirs...)).Error
	if err != nil {
		return err
	}
	_, err = r.removeReviewed(ctx, "claim", theirs)
	return err
}
