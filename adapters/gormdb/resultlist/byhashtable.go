package resultlist

import "context"

// byHashTable reads the statement of byValueIndex, or where the index does not have the order
// that of byDocuments, and makes the database join by hashing. By itself it would look up one
// row after the other.
func (r Reader) byHashTable(ctx context.Context, p planned) (strategy, error) {
	guide := r.Dialect.ValueIndex.PreferHashJoins()
	if p.facts.SortIndexed {
		return scanAfter(guide, r.byValueIndex(p).selection), nil
	}
	documents, err := r.byDocuments(ctx, p)
	return scanAfter(guide, documents.selection), err
}
