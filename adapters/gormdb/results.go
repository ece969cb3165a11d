package gormdb

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

type results struct {
	session.Session

	lists *resultlist.Lists
	joint *joint
}

// Get implements ports.Results.
func (r results) Get(ctx context.Context, id uuid.UUID) (*domain.Result, error) {
	found, err := r.lists.Reader(r.Session).Results(ctx, []tables.Key{tables.Key(id)})
	if err == nil && len(found) == 0 {
		err = r.Failed(ctx, gorm.ErrRecordNotFound, "read result %s", id)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Described implements ports.Results.
func (r results) Described(ctx context.Context, ids []uuid.UUID) ([]*domain.Result, error) {
	return r.lists.Reader(r.Session).Described(ctx, tables.Keys(sortedDistinct(ids)))
}

// OfUploader implements ports.Results.
func (r results) OfUploader(ctx context.Context, uploader domain.UserID, limit int) (ids []uuid.UUID, err error) {
	var where query.Conditions
	where.Uploader("result", &uploader)
	var keys []tables.Key
	err = r.Query(ctx).Table("result").Select("id").Clauses(where.Where()).Limit(limit).Find(&keys).Error
	for _, key := range keys {
		ids = append(ids, uuid.UUID(key))
	}
	return ids, r.Failed(ctx, err, "list the results of a user")
}

// List implements ports.Results.
func (r results) List(ctx context.Context, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	return r.lists.Reader(r.Session).List(ctx, q)
}

// Tally implements ports.Results.
func (r results) Tally(ctx context.Context, q ports.ResultQuery) ([]ports.Tally, error) {
	return r.lists.Reader(r.Session).Tally(ctx, q)
}

// CountBySite implements ports.Results.
func (r results) CountBySite(ctx context.Context, siteIDs []uuid.UUID) (map[uuid.UUID]int, error) {
	return r.lists.Reader(r.Session).CountBySite(ctx, siteIDs)
}

// ListAfter implements ports.Results.
func (r results) ListAfter(ctx context.Context, q ports.CursorQuery) (ports.ResultPart, error) {
	return r.lists.Reader(r.Session).ListAfter(ctx, q)
}

// Identify implements ports.Results.
func (r results) Identify(ctx context.Context, q ports.ResultQuery, yield func(uuid.UUID, time.Time) error) error {
	return r.lists.Reader(r.Session).Identify(ctx, q, yield)
}

// EachDocument implements ports.Results.
func (r results) EachDocument(ctx context.Context, q ports.ResultQuery, newest int, yield func(document []byte) error) error {
	return r.lists.Reader(r.Session).EachDocument(ctx, q, newest, yield)
}

// Indexed implements ports.Results.
func (r results) Indexed(ctx context.Context, benchmarkIDs []uuid.UUID, paths []filter.Path) ([]bool, error) {
	return r.lists.Reader(r.Session).Indexed(ctx, benchmarkIDs, paths)
}

// Stream implements ports.Results.
func (r results) Stream(ctx context.Context, q ports.ResultQuery, read func(iter.Seq2[*domain.Result, error]) error) error {
	return r.lists.Reader(r.Session).Stream(ctx, q, read)
}

// References implements ports.Results.
func (r results) References(ctx context.Context) (ports.FindReferences, error) {
	version, err := references.Version(ctx, r.Session)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID) (ports.References, error) {
		return r.references(ctx, version, benchmarkID, flavorID, tagIDs)
	}, nil
}

// references finds entities by the version, nil for none, at which they may be cached.
func (r results) references(
	ctx context.Context, version *int64, benchmarkID, flavorID uuid.UUID, tagIDs []uuid.UUID,
) (ports.References, error) {
	cache := r.lists.References
	ids := references.IDs{Benchmarks: []uuid.UUID{benchmarkID}, Flavors: []uuid.UUID{flavorID}, Tags: sortedDistinct(tagIDs)}
	found, err := cache.Find(ctx, r.Session, version, ids)
	if err != nil {
		return ports.References{}, err
	}
	referred := ports.References{
		Benchmark: found.Benchmarks[benchmarkID],
		Flavor:    found.Flavors[flavorID],
		Tags:      references.InOrder(tables.Keys(ids.Tags), found.Tags),
	}
	if referred.Flavor == nil {
		return referred, nil
	}
	siteID := referred.Flavor.SiteID
	foundSites, err := cache.Sites.Find(ctx, r.Session, version, []uuid.UUID{siteID})
	referred.Site = foundSites[siteID]
	return referred, err
}

// Add implements ports.Results. Outside of units of work it is one statement, if the
// database has a fast way. Within ports.Once it is part of that unit of work.
func (r results) Add(ctx context.Context, result *domain.Result, e ...domain.Event) error {
	if r.InUnitOfWork() {
		return r.add(ctx, r.Dialect.Inserts.Results([]*domain.Result{result}), e)
	}
	alone := func() error { return r.addAlone(ctx, result, e, nil) }
	if len(e) != 1 || !mayJoin(ctx, result) {
		return alone()
	}
	return r.joint.add(ctx, &joining{result: result, event: e[0]}, alone, r.addTogether)
}

// AddCounted implements ports.Results. It is one statement in the same cases as Add.
func (r results) AddCounted(ctx context.Context, result *domain.Result, e domain.Event, use ports.Use) error {
	alone := func() error { return r.addAlone(ctx, result, []domain.Event{e}, &use) }
	if r.InUnitOfWork() || use.N != 1 || !mayJoin(ctx, result) {
		return alone()
	}
	return r.joint.add(ctx, &joining{result: result, event: e, use: &use}, alone, r.addTogether)
}

// mayJoin tells whether the result may be added together with others: AddAll leaves out those
// whose digests are held, and says no more about them.
func mayJoin(ctx context.Context, result *domain.Result) bool {
	return result.Digest != "" && result.Supersedes == nil && !session.InOnce(ctx)
}

// addAlone adds the result in a transaction of its own, and counts the use, nil for none.
func (r results) addAlone(ctx context.Context, result *domain.Result, e []domain.Event, use *ports.Use) error {
	if bulk := r.BulkResults(); bulk != nil && !session.InOnce(ctx) {
		var event *domain.Event
		if len(e) > 0 {
			event = &e[0]
		}
		err := bulk.Add(ctx, result, event, use)
		if errors.Is(err, ports.ErrUsedUp) {
			return ports.ErrUsedUp
		}
		if !r.Dialect.Errors.Transient(err) {
			return r.Failed(ctx, err, "add a result")
		}
	}
	insert := r.Dialect.Inserts.Results([]*domain.Result{result})
	return r.Do(ctx, func(ctx context.Context, in session.Session) error {
		if use != nil {
			if err := (dailyUse{in}).take(ctx, *use); err != nil {
				return err
			}
		}
		return results{in, r.lists, r.joint}.add(ctx, insert, e)
	})
}

// add adds a result in a unit of work.
func (r results) add(ctx context.Context, insert session.Insertion, e []domain.Event) error {
	added, err := insert(ctx, r.ConnPool(ctx))
	if err == nil && len(added) == 0 {
		err = &ports.DuplicateError{Cause: errHeld}
	}
	if err != nil {
		return r.Failed(ctx, err, "add a result")
	}
	return events{r.Session}.AddAll(ctx, e)
}

// SetTags implements ports.Results.
func (r results) SetTags(ctx context.Context, id uuid.UUID, tagIDs []uuid.UUID) error {
	if err := r.Query(ctx).Where("result_id = ?", id).Delete(&tables.ResultTag{}).Error; err != nil {
		return r.Failed(ctx, err, "remove the tags of result %s", id)
	}
	rows := make([]tables.ResultTag, len(tagIDs))
	for i, tagID := range tagIDs {
		rows[i] = tables.ResultTag{ResultID: tables.Key(id), TagID: tables.Key(tagID)}
	}
	return r.addTags(ctx, rows)
}

func (r results) addTags(ctx context.Context, rows []tables.ResultTag) error {
	if len(rows) == 0 {
		return nil
	}
	err := r.Query(ctx).Omit(clause.Associations).Create(&rows).Error
	return r.Failed(ctx, err, "add the tags of a result")
}
