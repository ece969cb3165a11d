package service

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/paths"
	"github.com/eosc-perf/backend/ports"
)

// sameVersion are results that never change.
type sameVersion struct{ ports.Measurements }

func (sameVersion) Version(context.Context, []uuid.UUID) (ports.DataVersion, error) {
	return ports.DataVersion{Results: 1}, nil
}

type noon struct{}

func (noon) Now() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

func TestWhoAsksTheSameAtOnceGetsOneAnswer(t *testing.T) {
	const askers = 8
	a := newAnswers(noon{})
	question := asking{domain.ListPaths, "paths of all", nil}
	var finds int // only one goroutine at a time finds an answer
	second := &paths.Summary{}
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			found, err := ask(t.Context(), a, sameVersion{}, question, surveyed.weight, func() (surveyed, error) {
				finds++
				if finds == 1 {
					time.Sleep(20 * time.Millisecond)
					return surveyed{}, errors.New("the first one fails")
				}
				return surveyed{Summary: second}, nil
			})
			if err == nil && found.Summary != second {
				t.Error("the answer is not that of the second")
			}
		})
	}
	all.Wait()
	if finds != 2 {
		t.Errorf("%d answers were found, want one after the failure", finds)
	}
}
