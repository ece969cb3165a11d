package service

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
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

	mutex sync.Mutex
	// byQuestion are the elements of the list, the most recently used first, whose values
	// are *answer.
	byQuestion map[string]*list.Element
	recent     *list.List
	weight     int
	// underWay are questions that somebody finds the answer to: each channel is closed afterwards.
	underWay map[answerKey]chan struct{}
}

type answer struct {
	answerKey

	at     time.Time
	value  any
	weight int
}

// answerKey is a question on a day, and the version of the data that it is about.
type answerKey struct {
	question string
	version  ports.DataVersion
}

func newAnswers(clock ports.Clock) *answers {
	return &answers{clock: clock, byQuestion: map[string]*list.Element{}, recent: list.New(), underWay: map[answerKey]chan struct{}{}}
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
	done, err := a.begin(ctx, key)
	if err != nil {
		var none T
		return none, err
	}
	defer done()
	if kept, ok := a.get(key).(T); ok { // somebody asked the same meanwhile
		return kept, nil
	}
	value, err := find()
	if err == nil && value.IsFinal() {
		a.keep(&answer{key, a.clock.Now(), value, 1 + weigh(value)})
	}
	return value, err
}

// begin waits until nobody else finds the answer to the question. The caller then does, and calls done
// afterwards.
func (a *answers) begin(ctx context.Context, key answerKey) (done func(), err error) {
	for {
		a.mutex.Lock()
		other, isUnderWay := a.underWay[key]
		if !isUnderWay {
			ended := make(chan struct{})
			a.underWay[key] = ended
			a.mutex.Unlock()
			return func() {
				a.mutex.Lock()
				defer a.mutex.Unlock()
				delete(a.underWay, key)
				close(ended)
			}, nil
		}
		a.mutex.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the answer to the same question: %w", ctx.Err())
		}
	}
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
	a.mutex.Lock()
	defer a.mutex.Unlock()
	element, ok := a.byQuestion[key.question]
	if !ok {
		return nil
	}
	kept, _ := element.Value.(*answer)
	if kept.version != key.version || a.clock.Now().Sub(kept.at) > maxAnswerAge {
		a.drop(element)
		return nil
	}
	a.recent.MoveToFront(element)
	return kept.value
}

func (a *answers) keep(one *answer) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if old, ok := a.byQuestion[one.question]; ok {
		a.drop(old)
	}
	a.byQuestion[one.question] = a.recent.PushFront(one)
	a.weight += one.weight
	for a.recent.Len() > maxAnswers || a.weight > maxWeight && a.recent.Len() > 0 {
		a.drop(a.recent.Back())
	}
}

func (a *answers) drop(element *list.Element) {
	old, _ := a.recent.Remove(element).(*answer)
	delete(a.byQuestion, old.question)
	a.weight -= old.weight
}
