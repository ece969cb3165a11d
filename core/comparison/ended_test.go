package comparison_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// observed is a context that notes for how long nobody asked whether it has ended. It ends after some questions.
type observed struct {
	context.Context
	asked, endsAfter int
	last             time.Time
	longest          time.Duration
}

func (o *observed) Err() error {
	now := time.Now()
	o.asked, o.longest, o.last = o.asked+1, max(o.longest, now.Sub(o.last)), now
	if o.endsAfter > 0 && o.asked > o.endsAfter {
		return context.Canceled
	}
	return nil
}

// longestDeaf is for how long an answer may work on after its request has ended, on a busy machine: a tenth of it is usual.
const longestDeaf = 500 * time.Millisecond

// TestAnswersEndWithTheirContext: wherever they are, within a bounded time. The best of a few attempts counts, since others
// may use the processors.
func TestAnswersEndWithTheirContext(t *testing.T) {
	const attempts, results = 5, 100_000
	of := manyMeasurements(results)
	question := questionBy(comparison.BySite)
	for name, answer := range map[string]func(ctx context.Context) error{
		"compare": func(ctx context.Context) error {
			_, err := comparison.Compare(ctx, comparison.CompareQuestion{
				Question: question, Alpha: 0.05, Correction: statistics.FalseDiscovery, Page: domain.PageRequest{Number: 1, Size: 100},
			}, of)
			return err
		},
		"distribute": func(ctx context.Context) error {
			_, err := comparison.Distribute(ctx, comparison.DistributionQuestion{Question: question}, of)
			return err
		},
		"follow": func(ctx context.Context) error {
			_, err := comparison.Follow(ctx, comparison.TrendQuestion{Question: question, Interval: comparison.Monthly}, of)
			return err
		},
		"plot": func(ctx context.Context) error {
			_, err := comparison.Plot(ctx, comparison.SeriesQuestion{Question: question, X: "execution_datetime", Limit: 2000}, of)
			return err
		},
		"survey": func(ctx context.Context) error {
			_, err := comparison.Survey(ctx, question, of)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var all *observed
			for range attempts {
				all = &observed{Context: t.Context(), last: time.Now()}
				if err := answer(all); err != nil {
					t.Fatal(err)
				}
				if _ = all.Err(); all.longest <= longestDeaf {
					break
				}
			}
			if all.longest > longestDeaf {
				t.Errorf("it would have worked %s after its request had ended", all.longest)
			}
			for at := 1; at < all.asked-1; at += max(1, all.asked/5) {
				ended := &observed{Context: t.Context(), last: time.Now(), endsAfter: at}
				if err := answer(ended); !errors.Is(err, context.Canceled) || ended.asked > at+1 {
					t.Errorf("it ended at the question %d: %v after %d questions", at, err, ended.asked)
				}
			}
		})
	}
}
