package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/parallel"
)

// inserts implements session.Inserts. What is derived from results is written before them: then
// triggers do not derive it once more, as they do for the results of other programs.
//
// Everybody waits while one unit of work writes. So values and keys are derived before it begins, with
// the indexed paths and metrics that the last upload found. If others count now, they are derived
// once more.
type inserts struct{ last *lastPaths }

func newInserts() inserts { return inserts{newLastPaths()} }

var (
	findHeldDigests = statements.Text("find_held_digests")

	insertResults = newInsertion("insert_results")
	insertTags    = newInsertion("insert_tags")
	insertEvents  = newInsertion("add_events")
	insertEntries = newInsertion("append_entries")
)

// prepared is a result that is about to be stored.
type prepared struct {
	*domain.Result

	row     tables.Result
	index   *derivedKeys
	metrics *derivedMetrics
}

// Results implements session.Inserts. Nobody else writes during the transaction, so that a digest
// which is free stays free.
func (i inserts) Results(list []*domain.Result) session.Insertion {
	all := make([]prepared, len(list))
	parallel.Each(len(list), func(n int) {
		row := tables.NewResult(list[n])
		known, metrics := i.last.of(row.BenchmarkID)
		all[n] = prepared{list[n], row, known.derive(row.JSON), metrics.derive(row.JSON)}
	})
	return func(ctx context.Context, tx gorm.ConnPool) ([]uuid.UUID, error) {
		held, err := heldDigests(ctx, tx, list)
		if err != nil {
			return nil, err
		}
		w := resultWriter{last: i.last, index: newIndexer(tx), metrics: newMetricWriter(tx)}
		for _, result := range all {
			if held[result.Digest] {
				continue
			}
			held[result.Digest] = result.Digest != ""
			if err := w.write(ctx, result); err != nil {
				return nil, err
			}
		}
		return w.added, w.flush(ctx, tx)
	}
}

// resultWriter writes new results in a transaction.
type resultWriter struct {
	last    *lastPaths
	index   *indexer
	metrics *metricWriter
	added   []uuid.UUID
	// rows and tags are values that flush writes.
	rows, tags []any
}

func (w *resultWriter) write(ctx context.Context, result prepared) error {
	row := result.row
	id, benchmark := uuid.UUID(row.ID).String(), uuid.UUID(row.BenchmarkID).String()
	c := changed{id: id, benchmarkID: &benchmark, document: row.JSON, derived: result.index, isNew: true}
	if err := w.index.write(ctx, c); err != nil {
		return err
	}
	if err := w.metrics.write(ctx, row, result.metrics); err != nil {
		return err
	}
	w.last.note(row.BenchmarkID, w.index.leaves[benchmark], w.metrics.known[row.BenchmarkID])
	w.rows = append(w.rows, id, row.Upload.UploaderSub, row.Upload.UploaderIss, row.Upload.UploadDatetime, row.JSON,
		row.ExecutionDatetime, benchmark, row.FlavorID, row.SiteID, row.Digest, row.DigestHolder, row.ImageDigest, row.Client,
		row.Supersedes)
	for _, tag := range result.Tags {
		w.tags = append(w.tags, id, tables.Key(tag.ID))
	}
	w.added = append(w.added, result.ID)
	return nil
}

func (w *resultWriter) flush(ctx context.Context, tx gorm.ConnPool) error {
	if err := w.index.flush(ctx); err != nil {
		return err
	}
	if err := w.metrics.flush(ctx); err != nil {
		return err
	}
	if err := insertResults.run(ctx, tx, w.rows); err != nil {
		return err
	}
	return insertTags.run(ctx, tx, w.tags)
}

// heldDigests are those of the results' digests that other results of their uploader hold.
func heldDigests(ctx context.Context, tx gorm.ConnPool, list []*domain.Result) (map[string]bool, error) {
	digests := make([]string, len(list))
	for i, result := range list {
		digests[i] = result.Digest
	}
	text, err := json.Marshal(digests)
	if err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	by := list[0].Uploader
	rows, err := tx.QueryContext(ctx, findHeldDigests, by.Subject, by.Issuer, string(text))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says whether all were read
	held := map[string]bool{}
	for rows.Next() {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return nil, err
		}
		held[digest] = true
	}
	return held, rows.Err()
}

// Events implements session.Inserts.
func (inserts) Events(ctx context.Context, tx gorm.ConnPool, events []tables.AuditEvent) error {
	var values []any
	for _, e := range events {
		values = appendEvent(values, e)
	}
	return insertEvents.run(ctx, tx, values)
}

// Entries implements session.Inserts.
func (inserts) Entries(ctx context.Context, tx gorm.ConnPool, entries []tables.AuditEntry) error {
	var values []any
	for _, e := range entries {
		values = append(appendEvent(values, e.Event()),
			e.Seq, e.ActorHash, e.ActorSalt, e.AddressHash, e.AddressSalt, e.ReasonHash, e.ReasonSalt, e.ChangesHash, e.ChangesSalt, e.Hash)
	}
	return insertEntries.run(ctx, tx, values)
}

// appendEvent appends the values of the columns that events and entries have.
func appendEvent(values []any, e tables.AuditEvent) []any {
	return append(values, e.ID, e.At, e.ActorRole, e.ActorSub, e.ActorIss, e.Action, e.ResourceType, e.ResourceID, e.Reason,
		e.RequestID, e.Address, e.Changes)
}
