package service

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
)

const (
	// maxCompared is the largest number of tags that are compared with each other.
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
	alike, err := s.repo(s.storage.Repos()).Alike(ctx, entity, maxAlike)
	for _, other := range alike {
		found = append(found, lookalike{written(other.Name), other.ID})
	}
	return found, err
}

// written returns a name so that its characters can be told apart, shortened if it is long.
func written(text string) string {
	const longest = 100 // characters
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return strconv.QuoteToASCII(text)
}

// Alike returns the names of tags that look like a new one, written so that their characters
// can be told apart: the person may have meant one of them.
func (s *Tags) Alike(ctx context.Context, caller domain.Caller, text string) (found []string, err error) {
	if err := caller.May(domain.CreateTag); err != nil {
		return nil, err
	}
	alike, err := s.storage.Repos().Tags.Alike(ctx, text, maxAlike)
	for _, other := range alike {
		found = append(found, written(other.Name))
	}
	return found, err
}

// Twins are two tags whose names look alike, written so that their characters can be told
// apart.
type Twins struct {
	First, Second     string
	FirstID, SecondID uuid.UUID
}

// Twins returns tags that look alike, for administrators: nobody reviews tags.
func (s *Tags) Twins(ctx context.Context, caller domain.Caller) (found []Twins, err error) {
	if err := caller.May(domain.UpdateTag); err != nil {
		return nil, err
	}
	type tag struct {
		id   uuid.UUID
		name string
	}
	whole, folded := map[string]tag{}, map[string]tag{}
	err = s.storage.Repos().Tags.Names(ctx, maxCompared, func(id uuid.UUID, text string) {
		looks := name.LooksOf(text)
		first, ok := whole[looks.Skeleton]
		if !ok {
			first, ok = folded[looks.Folded]
		}
		if ok {
			if len(found) < maxAlike {
				found = append(found, Twins{written(first.name), written(text), first.id, id})
			}
			return
		}
		whole[looks.Skeleton], folded[looks.Folded] = tag{id, text}, tag{id, text}
	})
	return found, err
}
