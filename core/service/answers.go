package service

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/versioned"
	"github.com/eosc-perf/backend/ports"
)

const (
	// maxAnswers is how many answers are kept, and maxWeight how many groups and points
	// they have together.
	maxAnswers, maxWeight = 500, 500_000
	// maxAnswerAge bounds the life of an answer: a repair of derived data may set the version
	// back.
	maxAnswerAge = 10 * time.Minute
)

// answers keeps the answers to questions about metrics and paths as long as the results are the same.
type answers struct {
	clock ports.Clock
	kept  *versioned.Cache[string, ports.DataVersion, any]
}

// answerKey is a question on a day, and the version of the data that it is about.
type answerKey struct {
	question string
	version  ports.DataVersion
}

func newAnswers(clock ports.Clock) *answers {
	return &answers{clock, versioned.New[string, ports.DataVersion, any](versioned.Limits{
		Entries: maxAnswers, Weight: maxWeight, Age: maxAnswerAge,
	})}
}

// asking is a question whose answer may be kept.
type asking struct {
	operation domain.Operation
	// text is the same for the same question of the operation only; an answer to the empty one is
	// not kept.
	text         string
	benchmarkIDs []uuid.UUID
}

// asking is the question of the operation.
func (q MetricQuestion) asking(operation domain.Operation) asking {
	return asking{operation, q.Asked, q.Results.BenchmarkIDs}
}

// ask returns the kept answer to the question, or that of find, which it keeps if it is final. weigh
// is the number of groups or points of an answer. Answers are shared, and must not be changed.
//
// The version is read before the results: an answer may be newer than its version, and is
// found no more then. Of those who ask the same at once one finds the answer, and the others wait.
func ask[T interface{ IsFinal() bool }](
	ctx context.Context, a *answers, r ports.Measurements, q asking, weigh func(T) int, find func() (T, error),
) (T, error) {
	if q.text == "" {
		if err := compute(ctx); err != nil {
			var none T
			return none, err
		}
		return find()
	}
	key, err := a.keyOf(ctx, r, q)
	if err != nil {
		var none T
		return none, err
	}
	if kept, ok := a.get(key).(T); ok {
		return kept, nil
	}
	if err := compute(ctx); err != nil {
		var none T
		return none, err
	}
	done, err := a.kept.Begin(ctx, key.question, key.version)
	if err != nil {
		var none T
		return none, fmt.Errorf("wait for the answer to the same question: %w", err)
	}
	defer done()
	if kept, ok := a.get(key).(T); ok { // somebody asked the same meanwhile
		return kept, nil
	}
	value, err := find()
	if err == nil && value.IsFinal() {
		a.kept.Put(key.question, key.version, a.clock.Now(), value, 1+weigh(value))
	}
	return value, err
}

// compute waits until the request may keep a processor busy.
func compute(ctx context.Context) error {
	if share := ports.ShareOf(ctx); share != nil {
		return share.Compute(ctx)
	}
	return nil
}

// keyOf reads the version that the data have now.
func (a *answers) keyOf(ctx context.Context, r ports.Measurements, q asking) (answerKey, error) {
	version, err := versionOnce(ctx, r, q.benchmarkIDs)
	// Warnings about the age of results change with the day.
	return answerKey{q.operation.ID + " " + a.clock.Now().Format(time.DateOnly) + " " + q.text, version}, err
}

// get returns the kept answer, nil for none.
func (a *answers) get(key answerKey) any {
	kept, _ := a.kept.Get(key.question, key.version, a.clock.Now())
	return kept
}
