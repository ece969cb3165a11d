package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/parallel"
	"github.com/eosc-perf/backend/ports"
)

const (
	// batchResults and batchBytes bound what a batch stores in one unit of work.
	batchResults = 100
	batchBytes   = 1 << 20
	// preparedResults and preparedBytes bound the lines that are checked at once, on all processors.
	preparedResults = 16
	preparedBytes   = 64 << 10
	// MaxBatch is the largest number of results of a batch.
	MaxBatch = 1000
)

var errLargeBatch = domain.Invalidf("The batch has more than %d results", MaxBatch)

// BatchLine is a result of a batch as its uploader sent it.
type BatchLine struct {
	// Number counts from 1.
	Number int
	NewResult
	// Size is the length of its text.
	Size int
	// Err says why the line is no result; nil if it is one.
	Err error
}

// BatchOutcome says what became of a line.
type BatchOutcome struct {
	Number int
	// ID is the result's; uuid.Nil if the line was refused, or nothing was stored.
	ID uuid.UUID
	// Existing is true if the uploader had a result of the same content: it is that one.
	Existing bool
	// Err says why the line was refused. It is nil also for a good line of an atomic batch
	// that was refused because of another line.
	Err error
}

// batch is an upload of many results of one person.
type batch struct {
	*Results
	caller   domain.Caller
	atomic   bool
	outcomes []BatchOutcome
	// taken are the lines that are not checked yet, and takenBytes their length.
	taken      []takenLine
	takenBytes int
	// waiting are the results that are not stored yet, by the index of their outcome.
	waiting []waitingResult
	bytes   int
	// find and places are what was asked about the entities of waiting results.
	find   ports.FindReferences
	places map[string]*domain.Result
	// checking is the time for the checks.
	checking checkTime
}

type takenLine struct {
	NewResult

	outcome int
}

type waitingResult struct {
	*domain.Result
	in      NewResult
	outcome int
}

// Upload uploads many results, which next returns until it returns io.EOF. Each is checked
// as by Create. With atomic, all are stored in one unit of work, or none if one is refused;
// else a hundred are stored together at most, in their order: after an error, a prefix of
// the batch is stored, which a repetition finds. Lines for whose check the time of the context is not
// enough, or that find the server busy, are refused as Unavailable. Errors: that of next; those of the storage.
func (s *Results) Upload(ctx context.Context, caller domain.Caller, atomic bool, next func() (BatchLine, error)) ([]BatchOutcome, error) {
	if err := caller.May(domain.UploadResults); err != nil {
		return nil, err
	}
	b := &batch{Results: s, caller: caller, atomic: atomic, places: map[string]*domain.Result{}}
	defer b.checking.begin(ctx)()
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(b.outcomes) == MaxBatch {
			err = errLargeBatch
		}
		if err != nil {
			return b.outcomes, err
		}
		if err := b.take(ctx, line); err != nil {
			return b.outcomes, err
		}
		if !atomic && (len(b.waiting) >= batchResults || b.bytes >= batchBytes) {
			if err := b.flush(outsideOf(ctx), b.storeSome); err != nil {
				return b.outcomes, err
			}
		}
	}
	if err := b.prepareTaken(ctx); err != nil {
		return b.outcomes, err
	}
	b.checking.explain(b.outcomes)
	if atomic && slices.ContainsFunc(b.outcomes, func(o BatchOutcome) bool { return o.Err != nil }) {
		return b.outcomes, nil
	}
	if atomic {
		return b.outcomes, b.flush(ctx, b.storeTogether)
	}
	return b.outcomes, b.flush(outsideOf(ctx), b.storeSome)
}

// take takes a line, and checks those that it has taken if they are enough. The error is one that ends the batch.
func (b *batch) take(ctx context.Context, line BatchLine) error {
	if line.Err == nil && b.checking.isOver() {
		line.Err = errUnchecked
	}
	if line.Err == nil {
		b.taken = append(b.taken, takenLine{line.NewResult, len(b.outcomes)})
		b.takenBytes += line.Size
	}
	b.outcomes = append(b.outcomes, BatchOutcome{Number: line.Number, Err: line.Err})
	if len(b.taken) < preparedResults && len(b.taken)+len(b.waiting) < batchResults && b.takenBytes < preparedBytes {
		return nil
	}
	return b.prepareTaken(ctx)
}

// prepareTaken checks the lines that were taken, on all processors. The error is one that ends the batch.
func (b *batch) prepareTaken(ctx context.Context) error {
	taken := b.taken
	b.taken, b.takenBytes = nil, 0
	results, errs := make([]*domain.Result, len(taken)), make([]error, len(taken))
	for i, line := range taken {
		results[i], errs[i] = b.begin(ctx, b.caller, line.NewResult, b.place)
		if errs[i] != nil && !isOfLine(errs[i]) {
			return errs[i]
		}
	}
	parallel.Each(len(taken), func(i int) {
		if errs[i] == nil {
			errs[i] = b.complete(b.checking.ctx, results[i], taken[i].NewResult)
		}
	})
	for i, line := range taken {
		errs[i] = b.checking.outcome(ctx, errs[i])
		if errs[i] != nil && !isOfLine(errs[i]) {
			return errs[i]
		}
		if b.outcomes[line.outcome].Err = errs[i]; errs[i] == nil {
			line.Document = noDocument // the result has its form
			b.waiting = append(b.waiting, waitingResult{results[i], line.NewResult, line.outcome})
			b.bytes += len(results[i].JSON)
		}
	}
	return nil
}

// place is Results.place, which asks once about the entities of the results that are stored together.
func (b *batch) place(ctx context.Context, result *domain.Result, in NewResult) (err error) {
	if b.find == nil {
		if b.find, err = b.storage.Repos().Results.References(ctx); err != nil {
			return err
		}
	}
	key := fmt.Sprint(in.BenchmarkID, in.FlavorID, in.TagIDs)
	if known := b.places[key]; known != nil {
		result.Benchmark, result.Flavor, result.Site, result.Tags = known.Benchmark, known.Flavor, known.Site, known.Tags
		return nil
	}
	err = placeBy(ctx, b.find, result, in)
	if err == nil {
		b.places[key] = result
	}
	return err
}

// flush stores what is waiting, by store. If an entity was removed meanwhile, it refuses the
// results that refer to the entity, and stores the others one by one; if the quota is too small
// for all, it stores them one by one until the quota is used up. In an atomic batch it stores
// nothing then.
func (b *batch) flush(ctx context.Context, store func(context.Context, []*domain.Result) (holders, error)) error {
	waiting := b.waiting
	b.waiting, b.bytes, b.find, b.places = nil, 0, nil, map[string]*domain.Result{}
	if len(waiting) == 0 {
		return nil
	}
	results := make([]*domain.Result, len(waiting))
	for i, w := range waiting {
		results[i] = w.Result
	}
	held, err := store(ctx, sortedByDigest(results))
	switch {
	case isDangling(err) && b.atomic:
		return b.refuse(ctx, waiting)
	case isDangling(err), domain.KindOf(err) == domain.Limited && !b.atomic:
		return b.storeEach(ctx, waiting)
	case err != nil:
		return err
	}
	var others []waitingResult // the results that held their digests are gone, or do not count
	for _, w := range waiting {
		holder, ok := held[w.Digest]
		if !ok || !holder.Counts() {
			others = append(others, w)
			continue
		}
		b.outcomes[w.outcome].ID, b.outcomes[w.outcome].Existing = holder.ID, holder.ID != w.ID
	}
	return b.storeEach(ctx, others)
}

// storeTogether stores results in one unit of work, the last step of an atomic batch.
func (b *batch) storeTogether(ctx context.Context, results []*domain.Result) (held holders, err error) {
	err = b.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		held = holders{}
		return b.storeAll(ctx, r, results, held)
	})
	return held, err
}

// refuse refuses the results that refer to entities which are not there any more. If all are
// there, it was the uploader who was removed.
func (b *batch) refuse(ctx context.Context, waiting []waitingResult) error {
	refused := false
	for _, w := range waiting {
		err := b.Results.place(ctx, &domain.Result{}, w.in)
		if err != nil && !isOfLine(err) {
			return err
		}
		b.outcomes[w.outcome].Err = err
		refused = refused || err != nil
	}
	if !refused {
		return domain.ErrNotRegistered
	}
	return nil
}

// isOfLine tells whether the error is about one result, and does not end the batch.
func isOfLine(err error) bool {
	kind := domain.KindOf(err)
	return errors.Is(err, errUnchecked) || kind == domain.Invalid || kind == domain.NotFound
}

// holders are the results that hold digests, by digest.
type holders = map[string]ports.HeldDigest

// storeAll stores the results, and sets who holds their digests.
func (b *batch) storeAll(ctx context.Context, r ports.Repos, results []*domain.Result, held holders) error {
	for begin := 0; begin < len(results); begin += batchResults {
		part := results[begin:min(len(results), begin+batchResults)]
		events, err := b.events(ctx, part)
		if err != nil {
			return err
		}
		found, err := r.Results.AddAll(ctx, part, events...)
		if err != nil {
			return err
		}
		for i, result := range part {
			holder, ok := found[result.Digest]
			if ok && !holder.Counts() {
				// The earlier program deleted it: that one knows no digests.
				if err := r.Results.Release(ctx, holder.ID); err != nil {
					return err
				}
			}
			if !ok || !holder.Counts() {
				if err := r.Results.Add(ctx, result, events[i]); err != nil {
					return err
				}
				holder = ports.HeldDigest{ID: result.ID, Digest: result.Digest}
				found[result.Digest] = holder
			}
			held[result.Digest] = holder
		}
		if err := b.countNew(ctx, r, part, held); err != nil {
			return err
		}
	}
	return nil
}

// storeSome stores results outside of a unit of work.
func (b *batch) storeSome(ctx context.Context, results []*domain.Result) (holders, error) {
	events, err := b.events(ctx, results)
	if err != nil {
		return nil, err
	}
	use := b.quotas.uploads(b.caller, 1)
	if use == nil {
		return b.storage.Repos().Results.AddAll(ctx, results, events...)
	}
	held, err := b.storage.Repos().Results.AddAllCounted(ctx, results, events, *use)
	return held, b.quotas.translated(err, *use)
}

// countNew counts those of the results that were stored.
func (b *batch) countNew(ctx context.Context, r ports.Repos, results []*domain.Result, held holders) error {
	stored := 0
	for _, result := range results {
		if held[result.Digest].ID == result.ID {
			stored++
		}
	}
	return b.countUploads(ctx, r, b.caller, stored)
}

// events are the events about results that are uploaded.
func (b *batch) events(ctx context.Context, results []*domain.Result) ([]domain.Event, error) {
	events := make([]domain.Event, len(results))
	for i, result := range results {
		var err error
		if events[i], err = b.uploadEvent(ctx, b.caller, result); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// storeEach stores one result after the other.
func (b *batch) storeEach(ctx context.Context, waiting []waitingResult) error {
	for _, w := range waiting {
		uploaded, err := b.add(ctx, b.caller, w.Result)
		if isDangling(err) {
			err = b.lost(ctx, w.in)
		}
		if err != nil && !isOfLine(err) {
			return err
		}
		outcome := &b.outcomes[w.outcome]
		if outcome.Err = err; err == nil {
			outcome.ID, outcome.Existing = uploaded.ID, uploaded.Existing
		}
	}
	return nil
}
