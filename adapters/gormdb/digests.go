package gormdb

import (
	"context"
	"maps"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var (
	setDigest        = statements.Text("set_digest")
	readResultRecord = statements.Text("read_result_record")
)

// Record implements ports.Results.
func (r results) Record(ctx context.Context, id uuid.UUID) (*domain.ResultRecord, error) {
	result, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		tables.Result `gorm:"embedded"`

		SupersededBy *tables.Key
	}
	if err := r.Query(ctx).Raw(readResultRecord, map[string]any{"id": tables.Key(id)}).Scan(&rows).Error; err != nil {
		return nil, r.Failed(ctx, err, "read the state of result %s", id)
	}
	if len(rows) == 0 {
		return nil, r.Failed(ctx, gorm.ErrRecordNotFound, "read the state of result %s", id)
	}
	row := rows[0]
	result.Digest, result.Supersedes = tables.TextOf(row.Digest), (*uuid.UUID)(row.Supersedes)
	result.ImageDigest, result.Client = tables.TextOf(row.ImageDigest), tables.TextOf(row.Client)
	return &domain.ResultRecord{Result: result, Visibility: row.Visibility(), SupersededBy: (*uuid.UUID)(row.SupersededBy)}, nil
}

// AddAll implements ports.Results. Outside of units of work it is one statement, if the database
// has a fast way.
func (r results) AddAll(
	ctx context.Context, list []*domain.Result, e ...domain.Event,
) (held map[string]ports.HeldDigest, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	if bulk := r.BulkResults(); bulk != nil && !r.InUnitOfWork() && !session.InOnce(ctx) {
		added, err := bulk.AddAll(ctx, list, e)
		if err == nil {
			return r.heldAfter(ctx, list, added)
		}
		if !r.Dialect.Errors.Transient(err) {
			return nil, r.Failed(ctx, err, "add results")
		}
	}
	insert := r.Dialect.Inserts.Results(list)
	if r.InUnitOfWork() {
		return r.addAll(ctx, insert, list, e)
	}
	err = r.Do(ctx, func(ctx context.Context, in session.Session) error {
		held, err = results{in, r.lists, r.joint}.addAll(ctx, insert, list, e)
		return err
	})
	return held, err
}

// AddAllCounted implements ports.Results.
func (r results) AddAllCounted(
	ctx context.Context, list []*domain.Result, e []domain.Event, use ports.Use,
) (held map[string]ports.HeldDigest, err error) {
	insert := r.Dialect.Inserts.Results(list)
	err = r.Do(ctx, func(ctx context.Context, in session.Session) error {
		held, err = results{in, r.lists, r.joint}.addAll(ctx, insert, list, e)
		if err != nil {
			return err
		}
		counted := use
		if counted.N = use.N * countHolders(list, held); counted.N == 0 {
			return nil
		}
		return dailyUse{in}.take(ctx, counted)
	})
	return held, err
}

// addAll adds results in a unit of work.
func (r results) addAll(
	ctx context.Context, insert session.Insertion, list []*domain.Result, e []domain.Event,
) (map[string]ports.HeldDigest, error) {
	added, err := insert(ctx, r.ConnPool(ctx))
	if err != nil {
		return nil, r.Failed(ctx, err, "add results")
	}
	held, err := r.heldAfter(ctx, list, added)
	if err != nil || len(e) == 0 {
		return held, err
	}
	about := make([]domain.Event, 0, len(added))
	for i, result := range list {
		if held[result.Digest].ID == result.ID {
			about = append(about, e[i])
		}
	}
	return held, events{r.Session}.AddAll(ctx, about)
}

// countHolders counts the results that hold their digests.
func countHolders(list []*domain.Result, held map[string]ports.HeldDigest) (n int) {
	for _, result := range list {
		if held[result.Digest].ID == result.ID {
			n++
		}
	}
	return n
}

// heldAfter returns who holds the digests of the results, of which those of the ids were
// added.
func (r results) heldAfter(ctx context.Context, list []*domain.Result, added []uuid.UUID) (map[string]ports.HeldDigest, error) {
	isNew := make(map[uuid.UUID]bool, len(added))
	for _, id := range added {
		isNew[id] = true
	}
	held := make(map[string]ports.HeldDigest, len(list))
	for _, result := range list {
		if isNew[result.ID] {
			held[result.Digest] = ports.HeldDigest{ID: result.ID, Digest: result.Digest}
		}
	}
	var others []string
	for _, result := range list {
		if _, ok := held[result.Digest]; !ok {
			others = append(others, result.Digest)
		}
	}
	if len(others) == 0 {
		return held, nil
	}
	of, err := r.Holders(ctx, list[0].Uploader, others...)
	maps.Copy(held, of)
	return held, err
}

// Holders implements ports.Results.
func (r results) Holders(ctx context.Context, uploader domain.UserID, digests ...string) (map[string]ports.HeldDigest, error) {
	var where query.Conditions
	where.Add("digest_holder")
	where.Add("digest IN ?", digests)
	where.Uploader("result", &uploader)
	var rows []tables.Result
	err := r.Query(ctx).Select(append([]string{"digest"}, visibilityColumns...)).Clauses(where.Where()).Find(&rows).Error
	if err != nil {
		return nil, r.Failed(ctx, err, "find the results of a user by their digests")
	}
	held := make(map[string]ports.HeldDigest, len(rows))
	for _, row := range rows {
		digest := tables.TextOf(row.Digest)
		held[digest] = ports.HeldDigest{ID: uuid.UUID(row.ID), Digest: digest, Visibility: row.Visibility()}
	}
	return held, nil
}

// Hold implements ports.Results.
func (r results) Hold(ctx context.Context, id uuid.UUID) error {
	err := r.Query(ctx).Model(&tables.Result{}).Where("id = ? AND digest IS NOT NULL", id).Update("digest_holder", true).Error
	return r.Failed(ctx, err, "let result %s hold its digest", id)
}

// Release implements ports.Results.
func (r results) Release(ctx context.Context, id uuid.UUID) error {
	err := r.Query(ctx).Model(&tables.Result{}).Where("id = ?", id).Update("digest_holder", nil).Error
	return r.Failed(ctx, err, "let result %s hold its digest no longer", id)
}

// ofDigest finds the results that count, as domain.Visibility.Counts does. The index of digests has them all, and those
// that the earlier program has deleted.
const ofDigest = "digest = ? AND digest_holder AND " +
	"(NOT deleted OR _claim_report_id IS NOT NULL AND NOT removed AND withdrawn_at IS NULL)"

// OfDigest implements ports.Results.
func (r results) OfDigest(ctx context.Context, digest string, limit int) ([]uuid.UUID, error) {
	var ids []tables.Key
	err := r.Query(ctx).Model(&tables.Result{}).Where(ofDigest, digest).
		Order("id").Limit(limit).Pluck("id", &ids).Error
	found := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		found[i] = uuid.UUID(id)
	}
	return found, r.Failed(ctx, err, "find results by their digest")
}

// Undigested implements ports.Results. It reads an index of these results alone.
func (r results) Undigested(ctx context.Context, limit int) ([]ports.UndigestedResult, error) {
	var rows []tables.Result
	err := r.Query(ctx).Select("id", "benchmark_id", "flavor_id", "execution_datetime", "json").
		Where("digest IS NULL").Order("id").Limit(limit).Find(&rows).Error
	found := make([]ports.UndigestedResult, len(rows))
	for i, row := range rows {
		found[i] = ports.UndigestedResult{
			ID: uuid.UUID(row.ID), BenchmarkID: uuid.UUID(row.BenchmarkID), FlavorID: uuid.UUID(row.FlavorID),
			ExecutedAt: row.ExecutionDatetime.Time, JSON: []byte(row.DocumentOrDamaged()),
		}
	}
	return found, r.Failed(ctx, err, "find results without a digest")
}

// SetDigest implements ports.Results.
func (r results) SetDigest(ctx context.Context, id uuid.UUID, digest string) error {
	err := r.Query(ctx).Exec(setDigest, map[string]any{"id": tables.Key(id), "digest": digest}).Error
	return r.Failed(ctx, err, "set the digest of result %s", id)
}
