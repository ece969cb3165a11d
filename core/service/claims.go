package service

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// Claims are the use cases of claims on results. A use case that changes a claim locks the
// claim's result: of two concurrent changes the second sees the effect of the first.
type Claims struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
	quotas  quotas
}

// List returns a page of claims. Error: ErrNoSuchPage.
func (s *Claims) List(ctx context.Context, caller domain.Caller, q ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
	if err := caller.May(domain.ListClaims); err != nil {
		return domain.Page[*domain.Claim]{}, err
	}
	return existing(s.storage.Repos().Claims.List(ctx, q))
}

// ListOwn returns a page of the caller's own claims. Error: ErrNoSuchPage.
func (s *Claims) ListOwn(ctx context.Context, caller domain.Caller, q ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
	if err := caller.May(domain.ListUserClaims); err != nil {
		return domain.Page[*domain.Claim]{}, err
	}
	q.Uploader = &caller.User().UserID
	return existing(s.storage.Repos().Claims.List(ctx, q))
}

// ListOfResult returns a page of a result's claims. Errors: NotFound, Forbidden if the
// caller is neither the result's owner nor an administrator, ErrNoSuchPage.
func (s *Claims) ListOfResult(
	ctx context.Context, caller domain.Caller, resultID uuid.UUID, q ports.ClaimQuery,
) (domain.Page[*domain.Claim], error) {
	none := domain.Page[*domain.Claim]{}
	if err := caller.May(domain.ListResultClaims); err != nil {
		return none, err
	}
	r := s.storage.Repos()
	result, err := getResult(ctx, r, resultID)
	if err != nil {
		return none, err
	}
	if err := caller.MayOn(domain.ListResultClaims, result.Uploader); err != nil {
		return none, err
	}
	q.ResultID = &resultID
	return existing(r.Claims.List(ctx, q))
}

// SiteClaims are the claims on results of a site that wait for a decision.
type SiteClaims struct {
	// Results is the number of results that they are about.
	Results int
	// AreMore is true if there are more claims than were looked at.
	AreMore bool
	// Shown are those that the caller may read, the newest first, with their results.
	Shown []ShownClaim
}

// ShownClaim is a claim with its result.
type ShownClaim struct {
	*domain.Claim

	Record *domain.ResultRecord
}

// OfSite returns the claims on results of a site that wait for a decision. Everybody may know how many results they
// are about; a claim is shown to who made it, to the uploader of its result, and to administrators.
func (s *Claims) OfSite(ctx context.Context, caller domain.Caller, siteID uuid.UUID) (SiteClaims, error) {
	const most = 100
	var of SiteClaims
	if err := caller.May(domain.GetSite); err != nil {
		return of, err
	}
	q := ports.ClaimQuery{SiteID: &siteID}
	q.Status, q.Page = domain.OnReview, domain.PageRequest{Number: 1, Size: most}
	q.Sort = []filter.Key{{Field: "upload_datetime", Descending: true}, {Field: "id"}}
	r := s.storage.Repos()
	page, err := r.Claims.List(ctx, q)
	if err != nil {
		return of, err
	}
	of.AreMore = page.Total > len(page.Items)
	records := map[uuid.UUID]*domain.ResultRecord{}
	for _, claim := range page.Items {
		record, known := records[claim.ResultID]
		if !known && caller.User() != nil {
			if record, err = r.Results.Record(ctx, claim.ResultID); err != nil && !errors.Is(err, ports.ErrNotFound) {
				return of, err
			}
		}
		records[claim.ResultID] = record
		if record != nil && (caller.IsAdministrator() || slices.Contains(
			[]domain.UserID{claim.Uploader.UserID, record.Uploader}, caller.User().UserID)) {
			of.Shown = append(of.Shown, ShownClaim{claim, record})
		}
	}
	of.Results = len(records)
	return of, nil
}

// Get returns a claim. Error: NotFound.
func (s *Claims) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Claim, error) {
	if err := caller.May(domain.GetClaim); err != nil {
		return nil, err
	}
	return getClaim(ctx, s.storage.Repos(), id)
}

// Show returns a claim to who made it, to the uploader of its result, and to administrators.
// Error: NotFound, also for everybody else.
func (s *Claims) Show(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Claim, error) {
	if err := caller.May(domain.ShowClaim); err != nil {
		return nil, err
	}
	r := s.storage.Repos()
	claim, err := getClaim(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if caller.IsAdministrator() || claim.Uploader.UserID == caller.User().UserID {
		return claim, nil
	}
	if !claim.IsOrphan() {
		result, err := r.Results.Get(ctx, claim.ResultID)
		if err != nil && !errors.Is(err, ports.ErrNotFound) {
			return nil, err
		}
		if err == nil && result.Uploader == caller.User().UserID {
			return claim, nil
		}
	}
	return found[*domain.Claim](nil, ports.ErrNotFound, "Claim", id)
}

func getClaim(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Claim, error) {
	claim, err := r.Claims.Get(ctx, id)
	return found(claim, err, "Claim", id)
}

// Create claims a result, which is hidden until the claim is settled. Error: NotFound.
func (s *Claims) Create(ctx context.Context, caller domain.Caller, resultID uuid.UUID, message string) (*domain.Claim, error) {
	if err := caller.May(domain.ClaimReport); err != nil {
		return nil, err
	}
	id, now, by := uuid.New(), s.clock.Now(), caller.User()
	review, report := domain.StartReview(domain.ClaimResource, id, by, now)
	claim := &domain.Claim{ID: id, Review: review, ResultID: resultID, Message: message, Uploader: by, UploadedAt: now}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error { return s.add(ctx, r, caller, report, claim) })
	if isDangling(err) {
		return nil, domain.ErrNotRegistered
	}
	return claim, err
}

// add stores the report before it locks the result. Storing the report locks its uploader,
// and those who remove users lock the users before the results: the opposite order could
// end in a deadlock. It stores the claim after it has locked the result: storing the claim
// locks the result for others who claim it, too, and none of them could change it then.
func (s *Claims) add(ctx context.Context, r ports.Repos, caller domain.Caller, report domain.Submit, claim *domain.Claim) error {
	if err := s.quotas.claim(ctx, r, caller); err != nil {
		return err
	}
	if err := r.Submits.Add(ctx, &report); err != nil {
		return err
	}
	result, err := lockClaimedResult(ctx, r, claim.ResultID)
	if result, err = found(result, err, "Result", claim.ResultID); err != nil {
		return err
	}
	if err := r.Claims.Add(ctx, claim); err != nil {
		return err
	}
	if _, err := result.setActive(ctx, r, append(slices.Clone(result.claims), claim)); err != nil {
		return err
	}
	if err := recordClaim(ctx, r, s.clock, domain.ClaimantRole, &claim.Uploader.UserID, domain.ClaimReport, claim, "",
		audit.Changed(nil, claimFields(claim))); err != nil {
		return err
	}
	return s.mails.notifyUploader(ctx, r, claim.ResultID, s.mails.claimed(claim))
}

// recordClaim adds an event about a claim to the history of its result.
func recordClaim(
	ctx context.Context, r ports.Repos, clock ports.Clock, role domain.Role, actor *domain.UserID, operation domain.Operation,
	claim *domain.Claim, reason, changes string,
) error {
	return ports.Record(ctx, r, claimEvent(clock, role, actor, operation, claim, reason, changes))
}

// claimFields are what events tell about a claim.
func claimFields(c *domain.Claim) audit.Fields {
	return audit.Fields{"id": c.ID, "message": c.Message, "status": c.Status}
}

// settled tells what settling did to a claim: it became approved, or was removed.
func settled(c *domain.Claim, approved bool) string {
	before := audit.Fields{"id": c.ID, "status": domain.OnReview}
	if approved {
		return audit.Changed(before, audit.Fields{"id": c.ID, "status": domain.Approved})
	}
	return audit.Changed(before, nil)
}

// claimEvent is an event about a claim: in the history of its result, or, if the result is
// gone, of the claim itself.
func claimEvent(
	clock ports.Clock, role domain.Role, actor *domain.UserID, operation domain.Operation, claim *domain.Claim,
	reason, changes string,
) domain.Event {
	event := domain.Event{
		At: clock.Now(), Role: role, Actor: actor, Action: operation.ID,
		Resource: domain.ResultResource, ResourceID: claim.ResultID, Reason: reason, Changes: changes,
	}
	if claim.IsOrphan() {
		event.Resource, event.ResourceID = domain.ClaimResource, claim.ID
	}
	return event
}

// Approve ends the review of a claim with an approval: its result stays hidden. Errors:
// NotFound, Invalid if the claim was approved before, or the reason is too long.
func (s *Claims) Approve(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(domain.ApproveClaim); err != nil {
		return err
	}
	if err := domain.CheckReason(reason); err != nil {
		return err
	}
	return s.settle(ctx, id, func(ctx context.Context, r ports.Repos, result *claimedResult, claim *domain.Claim) error {
		report, err := claim.Approve("Resource", id)
		if err != nil {
			return err
		}
		if err := r.Claims.SetReview(ctx, id, claim.Review); err != nil {
			return err
		}
		if err := removeReport(ctx, r, report); err != nil {
			return err
		}
		if result != nil {
			if _, err := result.setActive(ctx, r, result.claims); err != nil {
				return err
			}
		}
		role, changes := caller.RoleOn(domain.UserID{}), settled(claim, true)
		err = recordClaim(ctx, r, s.clock, role, caller.Actor(), domain.ApproveClaim, claim, reason, changes)
		if err != nil {
			return err
		}
		return s.mails.notifyClaimant(ctx, r, claim, reason, s.mails.claimApproved)
	})
}

// Reject removes a claim: its result returns to the lists unless another claim or a
// deletion or withdrawal hides it. Errors: NotFound, Invalid if the claim is approved, or the
// reason is too long.
func (s *Claims) Reject(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error {
	if err := caller.May(domain.RejectClaim); err != nil {
		return err
	}
	if err := domain.CheckReason(reason); err != nil {
		return err
	}
	return s.settle(ctx, id, func(ctx context.Context, r ports.Repos, result *claimedResult, claim *domain.Claim) error {
		if err := s.reject(ctx, r, result, claim); err != nil {
			return err
		}
		role, changes := caller.RoleOn(domain.UserID{}), settled(claim, false)
		err := recordClaim(ctx, r, s.clock, role, caller.Actor(), domain.RejectClaim, claim, reason, changes)
		if err != nil {
			return err
		}
		return s.mails.notifyClaimant(ctx, r, claim, reason, s.mails.claimRejected)
	})
}

// reject removes a claim, which may be an orphan.
func (s *Claims) reject(ctx context.Context, r ports.Repos, result *claimedResult, claim *domain.Claim) error {
	if result != nil {
		return result.reject(ctx, r, s.mails, claim)
	}
	if _, err := claim.Reject("Resource", claim.ID); err != nil {
		return err
	}
	return r.Claims.Remove(ctx, claim.ID)
}

// settle runs end on a claim in a unit of work that has locked the claim's result. Of an
// orphan it has locked the claim itself, and the result is nil.
func (s *Claims) settle(
	ctx context.Context, id uuid.UUID,
	end func(ctx context.Context, r ports.Repos, result *claimedResult, claim *domain.Claim) error,
) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		claim, err := getClaim(ctx, r, id)
		if err != nil {
			return err
		}
		if claim.IsOrphan() {
			claim, err := r.Claims.Lock(ctx, id)
			if claim, err = found(claim, err, "Claim", id); err != nil {
				return err
			}
			return end(ctx, r, nil, claim)
		}
		result, err := lockClaimedResult(ctx, r, claim.ResultID)
		if result, err = found(result, err, "Claim", id); err != nil {
			return err
		}
		// Another request may have settled the claim before this one had the lock.
		current := result.claim(id)
		if current == nil {
			_, err := found(claim, ports.ErrNotFound, "Claim", id)
			return err
		}
		return end(ctx, r, result, current)
	})
}
