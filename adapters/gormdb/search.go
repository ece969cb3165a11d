package gormdb

import (
	"context"
	"fmt"
	"strings"
)

// place is where a term may occur.
type place struct {
	// text is the SQL of the text that is searched, of the row that is listed.
	text string
}

func (p place) holds(occurrence string) string { return fmt.Sprintf(occurrence, p.text) }

// search demands that each of the terms occurs in one of the places at least.
func (s session) search(ctx context.Context, where *conditions, terms []string, places ...place) error {
	return where.each(terms, func(term string) error {
		occurrence, err := s.store.dialect.Occurrence(ctx, s.query(ctx))
		if err == nil {
			where.anywhere(occurrence, term, places)
		}
		return s.failed(ctx, err, "prepare a search")
	})
}

// each demands what the function does of each of the terms: of an empty one nothing,
// and one that no row can hold chooses none.
func (c *conditions) each(terms []string, demand func(term string) error) error {
	for _, term := range terms {
		switch {
		case term == "":
		case !storable(term):
			c.nothing()
		default:
			if err := demand(term); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *conditions) anywhere(occurrence, term string, places []place) {
	alternatives, values := make([]string, len(places)), make([]any, len(places))
	for i, p := range places {
		alternatives[i], values[i] = p.holds(occurrence), term
	}
	c.add(strings.Join(alternatives, " OR "), values...)
}
