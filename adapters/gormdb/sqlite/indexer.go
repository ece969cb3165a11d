package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

var (
	readPending  = statements.Text("read_pending")
	readUnfilled = statements.Text("read_unfilled")
	readLeaves   = statements.Text("read_leaves")
	insertValues = newInsertion("insert_values")
)

// indexBatch is the number of results whose rows are written together.
const indexBatch = 200

// indexer writes the rows of the value index, in a transaction.
type indexer struct {
	gorm.ConnPool

	// leaves are those of the benchmarks that were met. Those of changing ones will be others.
	leaves   map[string]*leaves
	changing map[string]bool
	// added are rows that flush writes.
	added []indexRow
}

// indexRow is a row of result_value.
type indexRow struct {
	rowKey

	resultID string
}

func newIndexer(tx gorm.ConnPool) *indexer {
	return &indexer{ConnPool: tx, leaves: map[string]*leaves{}, changing: map[string]bool{}}
}

// completeIndex writes the rows of all results that were changed in the transaction.
func completeIndex(ctx context.Context, tx *gorm.DB) error {
	i := newIndexer(tx.Statement.ConnPool)
	for {
		done, err := i.completeSome(ctx)
		if err != nil || done < indexBatch {
			return err
		}
	}
}

// completeSome writes the rows of some results that were changed, and returns their number.
func (i *indexer) completeSome(ctx context.Context) (int, error) {
	changed, err := i.read(ctx, readPending, indexBatch)
	if err != nil {
		return 0, err
	}
	for _, result := range changed {
		if err := i.write(ctx, result); err != nil {
			return 0, err
		}
	}
	if len(changed) == 0 {
		return 0, nil
	}
	if err := i.flush(ctx); err != nil {
		return 0, err
	}
	last := changed[len(changed)-1].id
	if _, err := i.ExecContext(ctx, "DELETE FROM result_value_pending WHERE result_id <= ?", last); err != nil {
		return 0, fmt.Errorf("end changes: %w", err)
	}
	return len(changed), nil
}

// changed is a result whose rows may be wrong.
type changed struct {
	id string
	// benchmarkID and document are nil for a result that has no rows any more.
	benchmarkID *string
	document    []byte
	// keys are the rows that it has, packed.
	keys []byte
	// derived is what was derived from the document before, nil for nothing.
	derived *derivedKeys
	// isNew: the result is not stored yet. The trigger leaves it out if its rows are noted, also none. With
	// none it must not if the indexed paths change at the end of the unit of work.
	isNew bool
}

// derivedKeys are what the index has of a document, with the indexed paths that were known.
type derivedKeys struct {
	by      *leaves
	keys    []rowKey
	outline []byte
}

// derive returns nil if the indexed paths are not known.
func (l *leaves) derive(document []byte) *derivedKeys {
	if l == nil {
		return nil
	}
	return &derivedKeys{l, l.rowKeys(document), outlineOf(document)}
}

func (i *indexer) read(ctx context.Context, statement string, values ...any) (all []changed, err error) {
	rows, err := i.QueryContext(ctx, statement, values...)
	if err != nil {
		return nil, fmt.Errorf("read changed results: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err says whether all were read
	for rows.Next() {
		var c changed
		var document sql.NullString
		if err := rows.Scan(&c.id, &c.benchmarkID, &document, &c.keys); err != nil {
			return nil, fmt.Errorf("read a changed result: %w", err)
		}
		if document.Valid {
			c.document = []byte(document.String)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// write makes the rows of the result those of its document. New ones are left to flush.
func (i *indexer) write(ctx context.Context, c changed) error {
	var want, have []rowKey
	if c.document != nil && c.benchmarkID != nil {
		indexed, err := i.leavesOf(ctx, *c.benchmarkID)
		if err != nil {
			return err
		}
		if c.derived == nil || c.derived.by != indexed {
			c.derived = indexed.derive(c.document)
		}
		want = c.derived.keys
	}
	eachKey(c.keys, func(k rowKey) bool {
		have = append(have, k)
		return true
	})
	for _, k := range without(have, want) {
		_, err := i.ExecContext(ctx, "DELETE FROM result_value WHERE leaf = ? AND key = ? AND result_id = ?", k.leaf, k.key, c.id)
		if err != nil {
			return fmt.Errorf("remove a value: %w", err)
		}
	}
	for _, k := range without(want, have) {
		i.added = append(i.added, indexRow{k, c.id})
	}
	if err := i.outline(ctx, c); err != nil {
		return fmt.Errorf("outline a result: %w", err)
	}
	return i.list(ctx, c, want)
}

// outline writes the outline of a large document. Triggers remove it when the document changes.
func (i *indexer) outline(ctx context.Context, c changed) error {
	outline := []byte(nil)
	if c.derived != nil {
		outline = c.derived.outline
	} else {
		outline = outlineOf(c.document)
	}
	if outline == nil {
		return nil
	}
	_, err := i.ExecContext(ctx, "INSERT OR REPLACE INTO result_outline (result_id, outline) VALUES (?, ?)", c.id, outline)
	return err
}

func (i *indexer) leavesOf(ctx context.Context, benchmarkID string) (*leaves, error) {
	if known := i.leaves[benchmarkID]; known != nil {
		return known, nil
	}
	var text string
	var changing bool
	if err := i.QueryRowContext(ctx, readLeaves, sql.Named("benchmark", benchmarkID)).Scan(&text, &changing); err != nil {
		return nil, fmt.Errorf("read the indexed paths of a benchmark: %w", err)
	}
	i.changing[benchmarkID] = changing
	found, err := indexedLeaves.get(text)
	i.leaves[benchmarkID] = found
	return found, err
}

// flush writes the new rows of all results, in their order: rows of one leaf are near each other.
func (i *indexer) flush(ctx context.Context) error {
	slices.SortFunc(i.added, func(a, b indexRow) int {
		return cmp.Or(cmp.Compare(a.leaf, b.leaf), bytes.Compare(a.key, b.key), cmp.Compare(a.resultID, b.resultID))
	})
	values := make([]any, 0, 3*len(i.added))
	for _, row := range i.added {
		values = append(values, row.leaf, row.key, row.resultID)
	}
	i.added = nil
	if err := insertValues.run(ctx, i.ConnPool, values); err != nil {
		return fmt.Errorf("add values: %w", err)
	}
	return nil
}

// list notes the rows that the result has.
func (i *indexer) list(ctx context.Context, c changed, keys []rowKey) (err error) {
	switch {
	case len(keys) > 0 || c.isNew && !i.changing[*c.benchmarkID]:
		_, err = i.ExecContext(ctx, "INSERT OR REPLACE INTO result_value_keys (result_id, keys) VALUES (?, ?)", c.id, packKeys(keys))
	case c.keys != nil:
		_, err = i.ExecContext(ctx, "DELETE FROM result_value_keys WHERE result_id = ?", c.id)
	}
	if err != nil {
		return fmt.Errorf("list the values of a result: %w", err)
	}
	return nil
}
