package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// ExecutionTime is the time of a benchmark's run, as the uploader states it.
type ExecutionTime struct {
	time.Time
	// HasZone is false if the time was stated without an offset from UTC.
	HasZone bool
}

// NewResult is what a user uploads.
type NewResult struct {
	ExecutedAt  ExecutionTime
	BenchmarkID uuid.UUID
	FlavorID    uuid.UUID
	// TagIDs may contain an id twice.
	TagIDs []uuid.UUID
	// Document is the JSON object that was measured.
	Document document.Value
}

// Uploaded is the outcome of an upload.
type Uploaded struct {
	*domain.Result
	// Existing is true if the uploader had a result of the same content: it is that one.
	Existing bool
}

// Create uploads a result. If the uploader has a result of the same content, which is
// neither withdrawn nor deleted, that one is returned. Errors, in the order of the checks:
// Invalid if the execution time has no zone or lies in the future; NotFound or Invalid for a
// benchmark, flavor or site that does not exist or is not approved; NotFound for a tag;
// Invalid for a document that does not satisfy the benchmark's schema.
func (s *Results) Create(ctx context.Context, caller domain.Caller, in NewResult) (Uploaded, error) {
	if err := caller.May(domain.CreateResult); err != nil {
		return Uploaded{}, err
	}
	result, err := s.prepare(ctx, caller, in)
	if err != nil {
		return Uploaded{}, err
	}
	uploaded, err := s.add(ctx, caller, result)
	if isDangling(err) {
		return Uploaded{}, s.lost(ctx, in)
	}
	return uploaded, err
}

// lost is the error of an upload while another request removed an entity to which the
// result refers. If all of them exist, it was the uploader.
func (s *Results) lost(ctx context.Context, in NewResult) error {
	if err := s.place(ctx, &domain.Result{}, in); err != nil {
		return err
	}
	return domain.ErrNotRegistered
}

// noDocument is the zero document.
var noDocument document.Value

// prepare checks what a user uploads, and makes a result of it.
func (s *Results) prepare(ctx context.Context, caller domain.Caller, in NewResult) (*domain.Result, error) {
	result, err := s.begin(ctx, caller, in, s.place)
	if err != nil {
		return nil, err
	}
	return result, s.complete(ctx, result, in)
}

// begin is the part of prepare that asks the storage, with a way to find the entities that the result refers to.
func (s *Results) begin(
	ctx context.Context, caller domain.Caller, in NewResult, place func(context.Context, *domain.Result, NewResult) error,
) (*domain.Result, error) {
	now := s.clock.Now()
	executedAt, err := in.ExecutedAt.check(now)
	if err != nil {
		return nil, err
	}
	// Ids of version 7 sort by time: the indexes of ids grow at their ends, whose pages are in memory.
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make the id of a result: %w", err)
	}
	result := &domain.Result{
		ID: id, Upload: domain.Upload{Uploader: caller.User().UserID, UploadedAt: now}, ExecutedAt: executedAt,
		Client: ports.OriginOf(ctx).Client,
	}
	return result, place(ctx, result, in)
}

// complete is the rest of prepare. It may run for several results at once.
func (s *Results) complete(ctx context.Context, result *domain.Result, in NewResult) error {
	if err := s.schemas.Validate(ctx, result.Benchmark.JSONSchema, in.Document); err != nil {
		return err
	}
	result.JSON = in.Document.Append(nil)
	result.Digest = digest(in.BenchmarkID, in.FlavorID, result.ExecutedAt, in.Document)
	result.ImageDigest = result.Benchmark.Image.Digest
	s.images.Refresh(result.Benchmark)
	return nil
}

// check returns the time in UTC, in microseconds. Error: Invalid.
func (t ExecutionTime) check(now time.Time) (time.Time, error) {
	if !t.HasZone {
		return time.Time{}, domain.Invalidf("Execution date must include timezone")
	}
	executedAt := t.UTC().Truncate(time.Microsecond)
	if executedAt.After(now) {
		return time.Time{}, domain.Invalidf("Execution date cannot be in future")
	}
	return executedAt, nil
}

// maxUploads is how often an upload is tried while others of the same content come and go.
const maxUploads = 5

// add stores the result, or returns the one of the same content, also if the quota is used up.
func (s *Results) add(ctx context.Context, caller domain.Caller, result *domain.Result) (Uploaded, error) {
	event, err := s.uploadEvent(ctx, caller, result)
	if err != nil {
		return Uploaded{}, err
	}
	for try := 1; ; try++ {
		err := s.addCounted(ctx, caller, result, event)
		isUsedUp := domain.KindOf(err) == domain.Limited
		if err == nil || !isDuplicate(err) && !isUsedUp {
			return Uploaded{Result: result}, err
		}
		existing, findErr := s.holder(ctx, result)
		if findErr != nil || existing != nil {
			return Uploaded{Result: existing, Existing: true}, findErr
		}
		if isUsedUp || try == maxUploads {
			return Uploaded{}, err
		}
	}
}

// addCounted adds the result to the storage, and counts it.
func (s *Results) addCounted(ctx context.Context, caller domain.Caller, result *domain.Result, event domain.Event) error {
	use := s.quotas.uploads(caller, 1)
	if use == nil {
		return s.storage.Repos().Results.Add(ctx, result, event)
	}
	return s.quotas.translated(s.storage.Repos().Results.AddCounted(ctx, result, event, *use), *use)
}

// countUploads counts uploads in a unit of work. Error: Limited.
func (s *Results) countUploads(ctx context.Context, r ports.Repos, caller domain.Caller, n int) error {
	if use := s.quotas.uploads(caller, n); use != nil && n > 0 {
		return s.quotas.count(ctx, r, *use)
	}
	return nil
}

// uploadEvent is the event about a result that is uploaded.
func (s *Results) uploadEvent(ctx context.Context, caller domain.Caller, result *domain.Result) (domain.Event, error) {
	return ports.Identified(ctx, domain.Event{
		At: result.UploadedAt, Role: domain.UploaderRole, Actor: caller.Actor(), Action: domain.CreateResult.ID,
		Resource: domain.ResultResource, ResourceID: result.ID, Changes: audit.Uploaded(result.Digest),
	})
}

// holder returns the result of the same content; nil if there is none any more that
// counts.
func (s *Results) holder(ctx context.Context, result *domain.Result) (*domain.Result, error) {
	r := s.storage.Repos()
	held, err := r.Results.Holders(ctx, result.Uploader, result.Digest)
	if err != nil {
		return nil, err
	}
	holder, ok := held[result.Digest]
	if !ok {
		return nil, nil
	}
	if !holder.Counts() {
		return nil, s.release(ctx, holder.ID)
	}
	existing, err := r.Results.Get(ctx, holder.ID)
	if errors.Is(err, ports.ErrNotFound) {
		return nil, nil
	}
	return existing, err
}

// release takes the digest from a result that the earlier program deleted: that one knows
// no digests.
func (s *Results) release(ctx context.Context, id uuid.UUID) error {
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		visibility, err := r.Results.Lock(ctx, id)
		if err != nil || visibility.Counts() {
			return err
		}
		return r.Results.Release(ctx, id)
	})
	if errors.Is(err, ports.ErrNotFound) {
		return nil
	}
	return err
}

// place reads the benchmark, flavor, site and tags of the result and checks that they
// may be used.
func (s *Results) place(ctx context.Context, result *domain.Result, in NewResult) error {
	find, err := s.storage.Repos().Results.References(ctx)
	if err != nil {
		return err
	}
	return placeBy(ctx, find, result, in)
}

// placeBy is place with a function that finds them.
func placeBy(ctx context.Context, find ports.FindReferences, result *domain.Result, in NewResult) error {
	references, err := find(ctx, in.BenchmarkID, in.FlavorID, in.TagIDs)
	switch {
	case err != nil:
		return err
	case references.Benchmark == nil:
		return missing(ports.ErrNotFound, "Benchmark", in.BenchmarkID)
	case !references.Benchmark.IsApproved():
		return notApproved("Benchmark", in.BenchmarkID)
	case references.Flavor == nil:
		return missing(ports.ErrNotFound, "Flavor", in.FlavorID)
	case !references.Flavor.IsApproved():
		return notApproved("Flavor", in.FlavorID)
	case references.Site == nil:
		return missing(ports.ErrNotFound, "Site", references.Flavor.SiteID)
	case !references.Site.IsApproved():
		return notApproved("Site", references.Site.ID)
	}
	result.Benchmark, result.Flavor, result.Site = references.Benchmark, references.Flavor, references.Site
	result.Tags = references.Tags
	return allAmong(references.Tags, in.TagIDs)
}

// digest identifies the content of a result.
func digest(benchmarkID, flavorID uuid.UUID, executedAt time.Time, value document.Value) string {
	return document.Digest(benchmarkID.String(), domain.PrintTime(executedAt), flavorID.String(), value)
}

// digestOf is digest of a stored document.
func digestOf(ctx context.Context, benchmarkID, flavorID uuid.UUID, executedAt time.Time, text json.RawMessage) (string, error) {
	value, err := document.Parse(ctx, text, document.StoredLimits)
	if err != nil {
		return "", err
	}
	return digest(benchmarkID, flavorID, executedAt, value), nil
}

// Correction is a result that takes the place of another.
type Correction struct {
	NewResult

	Reason string
}

// Correct uploads a result that takes the place of another one of the caller, which is
// withdrawn for the reason. A repetition returns the same correction. Errors: NotFound,
// Forbidden if the caller is not the owner, or an administrator has hidden the result;
// those of Create; Invalid if the result was corrected otherwise, or the content is the
// same; Conflict if another result of the caller has the new content.
func (s *Results) Correct(ctx context.Context, caller domain.Caller, id uuid.UUID, in Correction) (Uploaded, error) {
	none := Uploaded{}
	if err := caller.May(domain.CorrectResult); err != nil {
		return none, err
	}
	if err := checkReason(in.Reason); err != nil {
		return none, err
	}
	old, err := getResult(ctx, s.storage.Repos(), id)
	if err != nil {
		return none, err
	}
	if err := caller.MayOn(domain.CorrectResult, old.Uploader); err != nil {
		return none, err
	}
	result, err := s.prepare(ctx, caller, in.NewResult)
	if err != nil {
		return none, err
	}
	result.Supersedes = &id
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return s.replace(ctx, r, caller, result, in.Reason) })
	repeated, ok := errors.AsType[*correctedError](err)
	switch {
	case ok && repeated.by.Digest == result.Digest:
		return Uploaded{Result: repeated.by, Existing: true}, nil
	case ok:
		return none, domain.Invalidf("Result %s was corrected by result %s: correct that one", id, repeated.by.ID)
	case isDangling(err):
		return none, s.lost(ctx, in.NewResult)
	case isDuplicate(err):
		return none, s.sameContent(ctx, result)
	}
	return Uploaded{Result: result}, err
}

// correctedError says that a result was corrected before.
type correctedError struct{ by *domain.Result }

func (correctedError) Error() string { return "the result was corrected before" }

// replace withdraws the result that the correction supersedes, and stores the correction.
func (s *Results) replace(ctx context.Context, r ports.Repos, caller domain.Caller, correction *domain.Result, reason string) error {
	id := *correction.Supersedes
	// Those who remove one of these lock it before they lock its results.
	if err := r.Results.LockReferences(ctx, correction); err != nil {
		return err
	}
	visibility, err := r.Results.Lock(ctx, id)
	if visibility, err = found(visibility, err, "Result", id); err != nil {
		return err
	}
	old, err := r.Results.Record(ctx, id)
	if err != nil {
		return err
	}
	if old.SupersededBy != nil {
		by, err := r.Results.Record(ctx, *old.SupersededBy)
		if err != nil {
			return err
		}
		return &correctedError{by.Result}
	}
	if visibility.Deleted || visibility.Withdrawn != nil && visibility.Withdrawn.By != domain.UploaderRole {
		return errHiddenByAdministrator
	}
	if old.Digest == correction.Digest {
		return domain.Invalidf("Result %s has this content already", id)
	}
	changed := visibility.Withdraw(domain.UploaderRole, s.clock.Now(), reason)
	changed.Reason = reason // also that of a result which was withdrawn before
	if err := r.Results.SetVisibility(ctx, id, changed); err != nil {
		return err
	}
	event, err := s.uploadEvent(ctx, caller, correction)
	if err != nil {
		return err
	}
	if err := s.countUploads(ctx, r, caller, 1); err != nil {
		return err
	}
	if err := r.Results.Add(ctx, correction, event); err != nil {
		return err
	}
	if err := s.record(ctx, r, caller, domain.CorrectResult, id, old.Uploader, reason, stateChange(visibility, changed)); err != nil {
		return err
	}
	return s.mails.notifyClaimants(ctx, r, old.Result, takenBack{reason: reason, correction: &correction.ID})
}

// sameContent is the error of a correction whose content another result has.
func (s *Results) sameContent(ctx context.Context, result *domain.Result) error {
	held, err := s.storage.Repos().Results.Holders(ctx, result.Uploader, result.Digest)
	if err != nil {
		return err
	}
	if holder, ok := held[result.Digest]; ok {
		return domain.Conflictf("Result %s has this content already: withdraw the result instead", holder.ID)
	}
	return domain.Conflictf("Another result has this content already: withdraw the result instead")
}

// sortedByDigest returns the results in the order of their digests.
func sortedByDigest(results []*domain.Result) []*domain.Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b *domain.Result) int {
		switch {
		case a.Digest < b.Digest:
			return -1
		case a.Digest > b.Digest:
			return 1
		}
		return 0
	})
	return sorted
}
