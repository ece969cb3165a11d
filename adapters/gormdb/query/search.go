package query

import (
	"context"
	"fmt"
	"strings"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
)

// Search demands that each of the terms occurs in at least one of the columns.
func (c *Conditions) Search(ctx context.Context, s session.Session, terms []string, columns ...string) error {
	return c.ForEachTerm(terms, func(term string) error {
		occurrence, err := s.Dialect.Text.Occurrence(ctx, s.Query(ctx))
		if err != nil {
			return s.Failed(ctx, err, "prepare a search")
		}
		alternatives, values := make([]string, len(columns)), make([]any, len(columns))
		for i, column := range columns {
			alternatives[i], values[i] = fmt.Sprintf(occurrence, column), term
		}
		c.Add(strings.Join(alternatives, " OR "), values...)
		return nil
	})
}

// ForEachTerm calls demand for each of the terms. It ignores empty terms; if no row can
// contain a term, it chooses nothing.
func (c *Conditions) ForEachTerm(terms []string, demand func(term string) error) error {
	for _, term := range terms {
		switch {
		case term == "":
		case !IsStorable(term):
			c.ChooseNothing()
		default:
			if err := demand(term); err != nil {
				return err
			}
		}
	}
	return nil
}
