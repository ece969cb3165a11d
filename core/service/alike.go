package service

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
)

const (
	// maxCompared is the largest number of names that a new one is compared with.
	maxCompared = 10_000
	// maxAlike is the largest number of names that a mail lists.
	maxAlike = 5
)

// lookalike is an entity whose name looks like that of a submission.
type lookalike struct {
	// Written is the name in quotes, with escapes for all characters beyond ASCII.
	Written string
	ID      uuid.UUID
}

// lookalikes returns the entities whose names look like that of a new one, for the reviewer.
func (s *reviews[T, Q]) lookalikes(ctx context.Context, entity *T) (found []lookalike, err error) {
	own := s.ownName(entity)
	looks := s.looksOf(own)
	err = s.repo(s.storage.Repos()).Names(ctx, entity, maxCompared, func(id uuid.UUID, other string) {
		if len(found) < maxAlike && other != own && s.looksOf(other).Like(looks) {
			found = append(found, lookalike{written(other), id})
		}
	})
	return found, err
}

func (s *reviews[T, Q]) looksOf(text string) name.Looks {
	if s.resource == domain.BenchmarkResource {
		text = name.SameImage(text)
	}
	return name.LooksOf(text)
}

// written returns a name so that its characters can be told apart, shortened if it is long.
func written(text string) string {
	const longest = 100 // characters
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return strconv.QuoteToASCII(text)
}
