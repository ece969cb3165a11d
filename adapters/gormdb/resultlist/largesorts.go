package resultlist

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// A list that is sorted by a path that no index has, and no outline, has to read the documents, whole
// large ones. So the keys that these are sorted by are read before the list, in steps, and kept. The
// list gets those of its results with the statement, and the next one reads no document for its order.

// sortedBy are keys to sort results by, by the place of the path.
type sortedBy map[string][]session.SortKey

// of returns the key that the result has for the order, nil for none.
func (s sortedBy) of(by filter.Key, id tables.Key) *string {
	if by.Field != filter.JSONField {
		return nil
	}
	for _, key := range s[placeOf(by.Path)] {
		if key.ResultID == id {
			return key.Key
		}
	}
	return nil
}

// versionedResult is a result with the version of its document.
type versionedResult struct {
	ID      tables.Key
	Version string
}

// sortKeysOf finds the keys of the large documents of the query for each path to sort by that the
// paths do not cover. A list behind a position compares them with what is there.
func (r Reader) sortKeysOf(ctx context.Context, q ports.ResultQuery, paths indexedPaths, after *ports.Position) (sortedBy, error) {
	byDocument := func(key filter.Key) bool {
		_, isIndexed := paths.single(key.Path)
		return key.Field == filter.JSONField && (key.Path == nil || canExist(key.Path) && !isIndexed)
	}
	// A unit of work may undo what it sees.
	if r.SortKeyBytes == 0 || r.InUnitOfWork() || !slices.ContainsFunc(q.Sort, byDocument) {
		return nil, nil
	}
	sel, err := r.selection(ctx, q, paths)
	if err != nil {
		return nil, err
	}
	large, err := r.largeOf(ctx, sel)
	if err != nil || len(large) == 0 {
		return nil, err
	}
	sorted := sortedBy{}
	for i, key := range q.Sort {
		if !byDocument(key) {
			continue
		}
		known, err := r.keysAt(ctx, key.Path, large)
		if err != nil {
			return nil, err
		}
		var place *tables.Key
		if after != nil && i < len(after.Values) && after.Values[i].Elided {
			place = (*tables.Key)(&after.ID)
		}
		if err := r.leaveAmbiguousOut(ctx, q, sel, key.Path, known, place); err != nil {
			return nil, err
		}
		if keys := known.listed(); len(keys) > 0 {
			sorted[placeOf(key.Path)] = keys
		}
	}
	return sorted, nil
}

// largeOf are the selected results with a large document.
func (r Reader) largeOf(ctx context.Context, sel query.Selection) (large []versionedResult, err error) {
	sel.Table = "result_outline AS outlined CROSS JOIN result"
	sel.Where = append(query.Conditions{clause.Expr{SQL: "result.id = outlined.result_id"}}, sel.Where...)
	err = sel.Rows(ctx, r.Session).Select("result.id AS id, " + r.Dialect.SortKeys.Version() + " AS version").
		Order("result.id").Scan(&large).Error
	return large, r.Failed(ctx, err, "find large documents")
}

// keysAt returns the keys of the results at the path, none if they are too many to be kept. It reads
// those that are not known in steps: a request that has too little time for all is asked again.
func (r Reader) keysAt(ctx context.Context, path filter.Path, of []versionedResult) (knownKeys, error) {
	now, place := r.References.Now(), placeOf(path)
	known, bytes := make(knownKeys, len(of)), 0
	var open []tables.Key
	for _, result := range of {
		if key := r.sortKeys.of(sortedAt{result.ID, place}, result.Version, now); key != nil {
			known[result.ID], bytes = key, bytes+key.size()
			continue
		}
		open = append(open, result.ID)
	}
	for size := firstStep; len(open) > 0; {
		if len(known) > 0 && bytes/len(known)*len(of) > r.SortKeyBytes/2 {
			return nil, nil
		}
		step := open[:min(size, len(open))]
		open = open[len(step):]
		began := time.Now()
		err := r.readSortKeys(ctx, path, step, func(read session.ReadSortKey) {
			key := newSortKey(read, now)
			r.sortKeys.add(sortedAt{read.ResultID, place}, key, r.SortKeyBytes)
			known[read.ResultID], bytes = key, bytes+key.size()
		})
		if err != nil {
			return nil, r.unfinished(ctx, err)
		}
		if time.Since(began) < shortStep {
			size *= 2
		}
	}
	return known, nil
}

func (r Reader) readSortKeys(ctx context.Context, path filter.Path, of []tables.Key, take func(session.ReadSortKey)) error {
	var read session.ReadSortKey
	return r.EachRow(ctx, r.Query(ctx).Raw("?", r.Dialect.SortKeys.Read(path, r.Dialect.Streams.Listed(of))), "read keys to sort by",
		func(row *sql.Rows) error {
			read = session.ReadSortKey{}
			return row.Scan(&read.ResultID, &read.Version, &read.Key, &read.Whole, &read.IsOutlined)
		},
		func() error {
			take(read)
			return nil
		})
}

// leaveAmbiguousOut takes those keys out of the known ones that do not tell the order, since they were cut
// and begin like another key: one of the known, of the other selected results, or of the place.
func (r Reader) leaveAmbiguousOut(
	ctx context.Context, q ports.ResultQuery, sel query.Selection, path filter.Path, known knownKeys, place *tables.Key,
) error {
	known.leaveOut(known.ambiguous())
	cut := known.cut()
	if len(cut) == 0 {
		return nil
	}
	others, err := r.among(ctx, q, sel, path, cut, known)
	if err != nil {
		return err
	}
	if place != nil && !known.has(*place) {
		err := r.readSortKeys(ctx, path, []tables.Key{*place}, func(read session.ReadSortKey) {
			if read.Key != nil {
				others = append(others, *read.Key)
			}
		})
		if err != nil {
			return r.Failed(ctx, err, "read the key of a place")
		}
	}
	known.leaveOut(others)
	return nil
}

// among returns those of the keys, which were cut, that the selected results have too whose key is not
// known.
func (r Reader) among(
	ctx context.Context, q ports.ResultQuery, sel query.Selection, path filter.Path, keys []string, known knownKeys,
) (same []string, err error) {
	const alias = "other"
	_, join := r.Dialect.JSON.Order(documentColumn, path, alias)
	if join.SQL != "" {
		sel.Table, sel.Values = sel.Table+" ?", append(slices.Clone(sel.Values), join)
	}
	sel.Where, sel.CountFast = slices.Clone(sel.Where), nil
	sel.Where.Add("result.id NOT IN (SELECT listed.id FROM ?)", r.Dialect.Streams.Listed(known.ids()))
	sel.Where = append(sel.Where, r.Dialect.SortKeys.IsAmong(path, alias, keys))
	count := sel.Total
	if q.Uploader == nil {
		count = r.countOnce(sel, q.BenchmarkIDs)
	}
	if found, err := count(ctx, r.Session); err != nil || found == 0 {
		return nil, r.Failed(ctx, err, "find keys that begin alike")
	}
	err = sel.Rows(ctx, r.Session).Select("DISTINCT ?", r.Dialect.SortKeys.Key(path, alias)).Scan(&same).Error
	return same, r.Failed(ctx, err, "read keys that begin alike")
}

// knownKeys are the keys of results at one path.
type knownKeys map[tables.Key]*sortKey

// has tells whether there is a key to sort the result by.
func (k knownKeys) has(id tables.Key) bool {
	key := k[id]
	return key != nil && !key.isOutlined
}

// ids are those of the results that have a key, in their order.
func (k knownKeys) ids() []tables.Key {
	var ids []tables.Key
	for id := range k {
		if k.has(id) {
			ids = append(ids, id)
		}
	}
	return distinct(ids)
}

// listed are the keys in the order of the ids.
func (k knownKeys) listed() []session.SortKey {
	var keys []session.SortKey
	for _, id := range k.ids() {
		keys = append(keys, session.SortKey{ResultID: id, Key: k[id].key})
	}
	return keys
}

// cut are the keys that were cut, in their order.
func (k knownKeys) cut() []string {
	var keys []string
	for _, key := range k {
		if key.isCut {
			keys = append(keys, *key.key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ambiguous are the keys that were cut and are those of different values.
func (k knownKeys) ambiguous() (keys []string) {
	first := map[string]*sortKey{}
	for _, key := range k {
		if key.key == nil {
			continue
		}
		other := first[*key.key]
		if other == nil {
			first[*key.key] = key
			continue
		}
		if key.isCut != other.isCut || key.hash != other.hash {
			keys = append(keys, *key.key)
		}
	}
	return keys
}

// leaveOut forgets the keys.
func (k knownKeys) leaveOut(keys []string) {
	isOut := map[string]bool{}
	for _, key := range keys {
		isOut[key] = true
	}
	maps.DeleteFunc(k, func(_ tables.Key, key *sortKey) bool { return key.key != nil && isOut[*key.key] })
}
