package gormdb

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var visibilityColumns = []string{
	"id", "deleted", "removed", "removed_at", "withdrawn_at", "withdrawn_by", "state_reason", "_claim_report_id",
}

// Lock implements ports.Results. In SQLite no lock is needed: a unit of work keeps
// everybody else from writing.
func (r results) Lock(ctx context.Context, id uuid.UUID) (domain.Visibility, error) {
	var row tables.Result
	err := r.Query(ctx).Select(visibilityColumns).Clauses(forUpdate).Where("id = ?", id).Take(&row).Error
	if err != nil {
		return domain.Visibility{}, r.Failed(ctx, err, "lock result %s", id)
	}
	return row.Visibility(), nil
}

// LockAll implements ports.Results.
func (r results) LockAll(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]domain.Visibility, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	locked, err := visibilities(r.Query(ctx).Clauses(forUpdate), ids)
	return locked, r.Failed(ctx, err, "lock results")
}

// LockMatching implements ports.Results.
func (r results) LockMatching(ctx context.Context, match ports.ResultMatch) error {
	return r.Failed(ctx, lock(ctx, r.Session, "result", matchingResults(match)), "lock results")
}

// forKeyShare locks rows as a row that refers to them does.
var forKeyShare = clause.Locking{Strength: "KEY SHARE"}

// LockReferences implements ports.Results. Its order is that in which PostgreSQL locks what an
// added result refers to: that of the foreign keys.
func (r results) LockReferences(ctx context.Context, result *domain.Result) error {
	for _, referred := range []struct {
		table string
		where query.Conditions
	}{
		{"user", isUser(result.Uploader)},
		{"benchmark", hasID("benchmark", result.Benchmark.ID)},
		{"flavor", hasID("flavor", result.Flavor.ID)},
		{"site", hasID("site", result.Site.ID)},
	} {
		var found []int
		err := r.Query(ctx).Table(referred.table).Select("1").Clauses(referred.where.Where(), forKeyShare).Find(&found).Error
		if err != nil {
			return r.Failed(ctx, err, "lock the %s of a result", referred.table)
		}
	}
	return nil
}

func hasID(table string, id uuid.UUID) (where query.Conditions) {
	where.ID(table+".id", &id)
	return where
}

// Visibilities implements ports.Results.
func (r results) Visibilities(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]domain.Visibility, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := visibilities(r.Query(ctx), ids)
	return found, r.Failed(ctx, err, "read the visibility of results")
}

func visibilities(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]domain.Visibility, error) {
	var rows []tables.Result
	err := db.Select(visibilityColumns).Where("id IN ?", tables.Keys(ids)).Order("id").Find(&rows).Error
	found := make(map[uuid.UUID]domain.Visibility, len(rows))
	for _, row := range rows {
		found[uuid.UUID(row.ID)] = row.Visibility()
	}
	return found, err
}

// Deleted implements ports.Results.
func (r results) Deleted(ctx context.Context, q ports.DeletedQuery) ([]ports.DeletedResult, error) {
	var where query.Conditions
	where.Add("result.deleted AND result.removed")
	where.ID("result.benchmark_id", q.BenchmarkID)
	if q.After != uuid.Nil {
		where.Add("result.id > ?", q.After)
	}
	var rows []tables.Result
	err := r.Query(ctx).Select(visibilityColumns).Clauses(where.Where()).Order("result.id").Limit(q.Limit).Find(&rows).Error
	if err != nil {
		return nil, r.Failed(ctx, err, "list deleted results")
	}
	deleted := make([]ports.DeletedResult, len(rows))
	for i, row := range rows {
		deleted[i] = ports.DeletedResult{ID: uuid.UUID(row.ID), Visibility: row.Visibility()}
	}
	return deleted, nil
}

// SetVisibility implements ports.Results. A result that does not count any more leaves its
// digest to the next upload of the same content; one that counts again takes it back.
func (r results) SetVisibility(ctx context.Context, id uuid.UUID, v domain.Visibility) error {
	if err := r.linkClaims(ctx, tables.Keys([]uuid.UUID{id})); err != nil {
		return err
	}
	changes := map[string]any{
		"deleted": v.Hidden, "removed": v.Deleted, "removed_at": tables.TimestampOrNil(v.DeletedAt),
		"withdrawn_at": nil, "withdrawn_by": nil, "state_reason": tables.TextOrNil(v.Reason),
		"_claim_report_id": tables.KeyOrNil(v.ClaimID),
	}
	if v.Withdrawn != nil {
		changes["withdrawn_at"], changes["withdrawn_by"] = tables.TimestampOf(v.Withdrawn.At), string(v.Withdrawn.By)
	}
	if !v.Counts() {
		changes["digest_holder"] = nil
	}
	done := r.Query(ctx).Model(&tables.Result{}).Where("id = ?", id).Updates(changes)
	return r.RequireChanged(ctx, done, "set the visibility of result %s", id)
}

// linkClaims stores in claims that only these results name which result they are about:
// the results may name other claims afterwards.
func (r results) linkClaims(ctx context.Context, keys []tables.Key) error {
	err := r.Query(ctx).Exec(`UPDATE claim
		SET result_id = (SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)
		WHERE result_id IS NULL AND id IN (SELECT result._claim_report_id FROM result WHERE result.id IN ?)`, keys).Error
	return r.Failed(ctx, err, "link claims with their results")
}

// SetVisibilities implements ports.Results.
func (r results) SetVisibilities(ctx context.Context, all map[uuid.UUID]domain.Visibility) error {
	if len(all) == 0 {
		return nil
	}
	ids := sortedDistinct(slices.Collect(maps.Keys(all)))
	if err := r.linkClaims(ctx, tables.Keys(ids)); err != nil {
		return err
	}
	db := r.Query(ctx)
	key, timestamp := (tables.Key{}).GormDBDataType(db, nil), (tables.Timestamp{}).GormDBDataType(db, nil)
	types := []string{key, "boolean", "boolean", timestamp, timestamp, "text", "text", key, "boolean"}
	row := "(CAST(? AS " + strings.Join(types, "), CAST(? AS ") + "))"
	values := make([]any, 0, len(types)*len(ids))
	for _, id := range ids {
		v := all[id]
		var withdrawnAt *tables.Timestamp
		var withdrawnBy string
		if v.Withdrawn != nil {
			withdrawnAt, withdrawnBy = tables.TimestampOrNil(&v.Withdrawn.At), string(v.Withdrawn.By)
		}
		values = append(values, tables.Key(id), v.Hidden, v.Deleted, tables.TimestampOrNil(v.DeletedAt), withdrawnAt,
			tables.TextOrNil(withdrawnBy), tables.TextOrNil(v.Reason), tables.KeyOrNil(v.ClaimID), v.Counts())
	}
	err := db.Exec(`UPDATE result
		SET deleted = new.column2, removed = new.column3, removed_at = new.column4, withdrawn_at = new.column5, withdrawn_by = new.column6,
			state_reason = new.column7, _claim_report_id = new.column8, digest_holder = CASE WHEN new.column9 THEN digest_holder END
		FROM (VALUES `+strings.Repeat(row+", ", len(ids)-1)+row+`) AS new
		WHERE result.id = new.column1`, values...).Error
	return r.Failed(ctx, err, "set the visibility of results")
}
