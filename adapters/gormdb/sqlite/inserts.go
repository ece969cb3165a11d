package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
)

// inserts implements session.Inserts. What is derived from results is written before them: then
// triggers do not derive it once more, as they do for the results of other programs.
type inserts struct{}

var (
	findHeldDigests = statements.Text("find_held_digests")

	insertResults = newInsertion("insert_results")
	insertTags    = newInsertion("insert_tags")
	insertEvents  = newInsertion("add_events")
	insertEntries = newInsertion("append_entries")
)

// Results implements session.Inserts. Nobody else writes during the transaction, so that a digest
// which is free stays free.
func (inserts) Results(ctx context.Context, tx gorm.ConnPool, list []*domain.Result) (added []uuid.UUID, err error) {
	held, err := heldDigests(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	index, metrics := newIndexer(tx), newMetricWriter(tx)
	var rows, tags []any
	for _, result := range list {
		if held[result.Digest] {
			continue
		}
		held[result.Digest] = result.Digest != ""
		row := tables.NewResult(result)
		benchmark := uuid.UUID(row.BenchmarkID).String()
		derived := changed{id: uuid.UUID(row.ID).String(), benchmarkID: &benchmark, document: row.JSON}
		if err := index.write(ctx, derived); err != nil {
			return nil, err
		}
		if err := metrics.write(ctx, row); err != nil {
			return nil, err
		}
		rows = append(rows, derived.id, row.Upload.UploaderSub, row.Upload.UploaderIss, row.Upload.UploadDatetime, row.JSON,
			row.ExecutionDatetime, benchmark, row.FlavorID, row.SiteID, row.Digest, row.DigestHolder, row.ImageDigest, row.Client,
			row.Supersedes)
		for _, tag := range result.Tags {
			tags = append(tags, derived.id, tables.Key(tag.ID))
		}
		added = append(added, result.ID)
	}
	if err := index.flush(ctx); err != nil {
		return nil, err
	}
	if err := metrics.flush(ctx); err != nil {
		return nil, err
	}
	if err := insertResults.run(ctx, tx, rows); err != nil {
		return nil, err
	}
	return added, insertTags.run(ctx, tx, tags)
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
