package resultlist

import "context"

// byDocuments reads the table result, which holds the documents, and uses the value index for
// filters and sorts where it can:
//
//	SELECT result.id FROM result WHERE conditions ORDER BY order, result.id LIMIT size OFFSET offset
func (r Reader) byDocuments(ctx context.Context, p planned) (strategy, error) {
	sel, err := r.selection(ctx, p.query, p.paths)
	if IsCounted(p.query, p.facts) {
		sel.CountFast = known(p.facts.Matching)
	}
	return scan(sel), err
}
