package maintenance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// digestBatch is how many results get their digests in one unit of work: few, so that
// others do not wait long for it.
const digestBatch = 100

// FillDigests calculates the digests of results that have none: those of before, and those
// that other programs add. It returns their number. A batch is one unit of work, and after
// each the job pauses for as long as the batch took: uploads do not wait for it. It may be
// interrupted, and may run several times at once.
func (r Results) FillDigests(ctx context.Context, caller domain.Caller) (filled int, err error) {
	if err := caller.May(domain.FillDigests); err != nil {
		return 0, err
	}
	for conflicts := 0; ; {
		begin := time.Now()
		n, err := r.fillDigests(ctx)
		if _, taken := errors.AsType[*ports.DuplicateError](err); taken && conflicts < digestBatch {
			conflicts++ // an upload of the same content came first; the next try sees it
			continue
		}
		filled += n
		if err != nil || n < digestBatch {
			return filled, err
		}
		select {
		case <-ctx.Done():
			return filled, ctx.Err()
		case <-time.After(time.Since(begin)):
		}
	}
}

// fillDigests calculates the digests of a batch, and returns its size.
func (r Results) fillDigests(ctx context.Context) (int, error) {
	results, err := r.Storage.Repos().Results.Undigested(ctx, digestBatch)
	if err != nil || len(results) == 0 {
		return 0, err
	}
	digests := make([]string, len(results))
	for i, result := range results {
		value, err := document.Parse(ctx, result.JSON, document.StoredLimits)
		if err != nil {
			return 0, fmt.Errorf("read the document of result %s: %w", result.ID, err)
		}
		digests[i] = document.Digest(
			result.BenchmarkID.String(), domain.PrintTime(result.ExecutedAt), result.FlavorID.String(), value)
	}
	err = r.Storage.Do(ctx, func(ctx context.Context, repos ports.Repos) error {
		for i, result := range results {
			if err := repos.Results.SetDigest(ctx, result.ID, digests[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(results), nil
}
