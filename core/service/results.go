package service

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Results are the use cases of results.
type Results struct {
	storage ports.Storage
	clock   ports.Clock
	schemas ports.SchemaValidator
	mails   *mailer
	images  *Images
	quotas  quotas
	answers *answers
}

// List returns a page of the results that are not hidden. Error: ErrNoSuchPage.
func (s *Results) List(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	if err := caller.May(domain.ListResults); err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	return existing(s.storage.Repos().Results.List(ctx, q))
}

// Search returns a page of the results that are not hidden and match search terms.
// Error: ErrNoSuchPage.
func (s *Results) Search(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	if err := caller.May(domain.SearchResults); err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	return existing(s.storage.Repos().Results.List(ctx, q))
}

// ListOwn returns a page of the caller's own results, hidden or not. Error: ErrNoSuchPage.
func (s *Results) ListOwn(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	if err := caller.May(domain.ListUserResults); err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	q.Uploader = &caller.User().UserID
	return existing(s.storage.Repos().Results.List(ctx, q))
}

// OwnResults is a page of somebody's own results, with the states that lists do not show.
type OwnResults struct {
	domain.Page[*domain.Result]
	// States are those of the results of the page, by id.
	States map[uuid.UUID]domain.Visibility
	// Totals counts all results of the person by their state, the empty one for visible
	// results.
	Totals map[domain.ResultState]int
}

// ListOwnStates is ListOwn with the states of the results. Error: ErrNoSuchPage.
func (s *Results) ListOwnStates(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (OwnResults, error) {
	if err := caller.May(domain.ListUserResults); err != nil {
		return OwnResults{}, err
	}
	q.Uploader = &caller.User().UserID
	repo := s.storage.Repos().Results
	own := OwnResults{Totals: map[domain.ResultState]int{}}
	var err error
	if own.Page, err = existing(repo.List(ctx, q)); err != nil {
		return own, err
	}
	ids := make([]uuid.UUID, len(own.Items))
	for i, item := range own.Items {
		ids[i] = item.ID
	}
	if own.States, err = repo.Visibilities(ctx, ids); err != nil {
		return own, err
	}
	for _, state := range []domain.ResultState{"", domain.ClaimedState, domain.WithdrawnState, domain.DeletedState} {
		page, err := repo.List(ctx, ports.ResultQuery{
			ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}}, Uploader: q.Uploader, State: &state,
		})
		if err != nil {
			return own, err
		}
		own.Totals[state] = page.Total
	}
	return own, nil
}

// ListAfter returns the part of a list behind a place. Error: ports.ErrPlaceGone.
func (s *Results) ListAfter(ctx context.Context, caller domain.Caller, q ports.CursorQuery) (ports.ResultPart, error) {
	if err := caller.May(domain.ListResults); err != nil {
		return ports.ResultPart{}, err
	}
	return s.storage.Repos().Results.ListAfter(ctx, q)
}

// ListOwnAfter returns the part of a list of the caller's own results, hidden or not, behind a
// place. Error: ports.ErrPlaceGone.
func (s *Results) ListOwnAfter(ctx context.Context, caller domain.Caller, q ports.CursorQuery) (ports.ResultPart, error) {
	if err := caller.May(domain.ListUserResults); err != nil {
		return ports.ResultPart{}, err
	}
	q.Uploader = &caller.User().UserID
	return s.storage.Repos().Results.ListAfter(ctx, q)
}

// Get returns a result, hidden or not, with what no list shows. Error: NotFound.
func (s *Results) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.ResultRecord, error) {
	if err := caller.May(domain.GetResult); err != nil {
		return nil, err
	}
	record, err := s.storage.Repos().Results.Record(ctx, id)
	if record, err = found(record, err, "Result", id); err != nil {
		return nil, err
	}
	if record.Digest == "" {
		record.Digest, err = digestOf(ctx, record.Benchmark.ID, record.Flavor.ID, record.ExecutedAt, record.JSON)
	}
	return record, err
}

func getResult(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Result, error) {
	result, err := r.Results.Get(ctx, id)
	return found(result, err, "Result", id)
}

// Origin is who uploaded a result, and with what.
type Origin struct {
	*domain.User
	// Client is what the uploader's client called itself, "" if that is not known.
	Client string
}

// Uploader returns who uploaded a result. Error: NotFound.
func (s *Results) Uploader(ctx context.Context, caller domain.Caller, id uuid.UUID) (Origin, error) {
	if err := caller.May(domain.ResultUploader); err != nil {
		return Origin{}, err
	}
	r := s.storage.Repos()
	record, err := r.Results.Record(ctx, id)
	if record, err = found(record, err, "Result", id); err != nil {
		return Origin{}, err
	}
	user, err := r.Users.Get(ctx, record.Uploader)
	// If the uploader was removed since, the result was removed too.
	user, err = found(user, err, "Result", id)
	return Origin{user, record.Client}, err
}

// SetTags replaces the tags of a result; nil changes nothing. Errors: NotFound
// for the result or a tag, Forbidden if the caller is neither the result's owner nor
// an administrator.
func (s *Results) SetTags(ctx context.Context, caller domain.Caller, id uuid.UUID, tagIDs []uuid.UUID) error {
	if err := caller.May(domain.UpdateResult); err != nil {
		return err
	}
	result, err := getResult(ctx, s.storage.Repos(), id)
	if err != nil {
		return err
	}
	if err := caller.MayOn(domain.UpdateResult, result.Uploader); err != nil || tagIDs == nil {
		return err
	}
	err = s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return s.setTags(ctx, r, caller, id, tagIDs) })
	if isDangling(err) {
		// Another request has removed a tag since the tags were read.
		if _, lost := allTags(ctx, s.storage.Repos(), tagIDs); lost != nil {
			return lost
		}
	}
	return err
}

// setTags replaces the tags of a result in a unit of work. It reads them after it has locked the result: another
// request may have replaced them.
func (s *Results) setTags(ctx context.Context, r ports.Repos, caller domain.Caller, id uuid.UUID, tagIDs []uuid.UUID) error {
	if err := lockResult(ctx, r, id); err != nil {
		return err
	}
	result, err := getResult(ctx, r, id)
	if err != nil {
		return err
	}
	tags, err := allTags(ctx, r, tagIDs)
	if err != nil {
		return err
	}
	before, after := idsOf(result.Tags), idsOf(tags)
	if slices.Equal(before, after) {
		return nil
	}
	if err := r.Results.SetTags(ctx, id, after); err != nil {
		return err
	}
	changes := audit.Changed(audit.Fields{"tags_ids": before}, audit.Fields{"tags_ids": after})
	return s.record(ctx, r, caller, domain.UpdateResult, id, result.Uploader, "", changes)
}

func idsOf(tags []*domain.Tag) []uuid.UUID {
	ids := make([]uuid.UUID, len(tags))
	for i, tag := range tags {
		ids[i] = tag.ID
	}
	return ids
}

func lockResult(ctx context.Context, r ports.Repos, id uuid.UUID) error {
	visibility, err := r.Results.Lock(ctx, id)
	_, err = found(visibility, err, "Result", id)
	return err
}

// allAmong returns NotFound for the first id that no tag has.
func allAmong(tags []*domain.Tag, ids []uuid.UUID) error {
	for _, id := range ids {
		if !slices.ContainsFunc(tags, func(t *domain.Tag) bool { return t.ID == id }) {
			return missing(ports.ErrNotFound, "Tag", id)
		}
	}
	return nil
}

// allTags returns the tags of the ids, each tag once. Error: NotFound for the first id
// without a tag.
func allTags(ctx context.Context, r ports.Repos, ids []uuid.UUID) ([]*domain.Tag, error) {
	tags, err := r.Tags.GetAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	return tags, allAmong(tags, ids)
}

// missing replaces ports.ErrNotFound with the contract's error for an entity that the
// request refers to: `NAME ID not in database`.
func missing(err error, name string, id uuid.UUID) error {
	if errors.Is(err, ports.ErrNotFound) {
		return domain.NotFoundf("%s %s not in database", name, id)
	}
	return err
}

func notApproved(name string, id uuid.UUID) error {
	return domain.Invalidf("%s %s not approved", name, id)
}
