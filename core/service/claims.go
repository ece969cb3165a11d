package service

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Claims are the use cases of doubts about results. Whoever settles a claim, or
// makes one, locks its result first: so that of two at once one comes second.
type Claims struct {
	storage ports.Storage
	clock   ports.Clock
	mails   *mailer
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

// Get returns a claim. Error: NotFound.
func (s *Claims) Get(ctx context.Context, caller domain.Caller, id uuid.UUID) (*domain.Claim, error) {
	if err := caller.May(domain.GetClaim); err != nil {
		return nil, err
	}
	return getClaim(ctx, s.storage.Repos(), id)
}

func getClaim(ctx context.Context, r ports.Repos, id uuid.UUID) (*domain.Claim, error) {
	claim, err := r.Claims.Get(ctx, id)
	return found(claim, err, "Claim", id)
}

// Create doubts a result, which is hidden until the claim is settled. Error:
// NotFound.
func (s *Claims) Create(ctx context.Context, caller domain.Caller, resultID uuid.UUID, message string) (*domain.Claim, error) {
	if err := caller.May(domain.ClaimReport); err != nil {
		return nil, err
	}
	id, now, by := uuid.New(), s.clock.Now(), caller.User()
	review, report := domain.StartReview(domain.ClaimResource, id, by, now)
	claim := &domain.Claim{ID: id, Review: review, ResultID: resultID, Message: message, Uploader: by, UploadedAt: now}
	err := s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		// The claim before the lock of its result: it needs its uploader, whom
		// those who remove people lock before any result. The other way round
		// the two would wait for each other.
		if err := r.Submits.Add(ctx, &report); err != nil {
			return err
		}
		if err := r.Claims.Add(ctx, claim); err != nil {
			return err
		}
		doubted, err := lockDoubted(ctx, r, resultID)
		if doubted, err = found(doubted, err, "Result", resultID); err != nil {
			return err
		}
		doubted.claims = doubted.without(id)
		if _, err := doubted.now(ctx, r, append(slices.Clone(doubted.claims), claim)); err != nil {
			return err
		}
		return s.mails.notifyUploader(ctx, r, resultID, s.mails.claimed(claim))
	})
	if isDangling(err) {
		return nil, domain.ErrNotRegistered
	}
	return claim, err
}

// Approve lets a claim stand: its result stays hidden. Errors: NotFound, Invalid
// if it was approved before.
func (s *Claims) Approve(ctx context.Context, caller domain.Caller, id uuid.UUID) error {
	if err := caller.May(domain.ApproveClaim); err != nil {
		return err
	}
	return s.settle(ctx, id, func(ctx context.Context, r ports.Repos, doubted *doubted, claim *domain.Claim) error {
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
		if _, err := doubted.now(ctx, r, doubted.claims); err != nil {
			return err
		}
		return s.mails.notifyClaimant(ctx, r, claim, s.mails.claimApproved)
	})
}

// Reject removes a claim: its result is back in the lists unless something else
// hides it. Errors: NotFound, Invalid if the claim is approved.
func (s *Claims) Reject(ctx context.Context, caller domain.Caller, id uuid.UUID) error {
	if err := caller.May(domain.RejectClaim); err != nil {
		return err
	}
	return s.settle(ctx, id, func(ctx context.Context, r ports.Repos, doubted *doubted, claim *domain.Claim) error {
		if err := doubted.reject(ctx, r, s.mails, claim); err != nil {
			return err
		}
		return s.mails.notifyClaimant(ctx, r, claim, s.mails.claimRejected)
	})
}

// settle runs the settlement of a claim with its result locked.
func (s *Claims) settle(
	ctx context.Context, id uuid.UUID,
	settle func(ctx context.Context, r ports.Repos, doubted *doubted, claim *domain.Claim) error,
) error {
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		claim, err := getClaim(ctx, r, id)
		if err != nil {
			return err
		}
		doubted, err := lockDoubted(ctx, r, claim.ResultID)
		if doubted, err = found(doubted, err, "Claim", id); err != nil {
			return err
		}
		// Somebody may have settled it while we waited for the result.
		now := doubted.claim(id)
		if now == nil {
			_, err := found(claim, ports.ErrNotFound, "Claim", id)
			return err
		}
		return settle(ctx, r, doubted, now)
	})
}

// rejectClaimsOf rejects all open claims of a person, but for those that others
// have settled, or removed with the result, while we waited for it.
func rejectClaimsOf(ctx context.Context, r ports.Repos, mails *mailer, id domain.UserID) error {
	claims, err := r.Claims.OpenOf(ctx, id)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		doubted, err := lockDoubted(ctx, r, claim.ResultID)
		if errors.Is(err, ports.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if now := doubted.claim(claim.ID); now != nil && !now.IsApproved() {
			if err := doubted.reject(ctx, r, mails, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// doubted is a result that is locked, with the claims that stand on it.
type doubted struct {
	id         uuid.UUID
	visibility domain.Visibility
	claims     []*domain.Claim
}

func lockDoubted(ctx context.Context, r ports.Repos, resultID uuid.UUID) (*doubted, error) {
	visibility, err := r.Results.Lock(ctx, resultID)
	if err != nil {
		return nil, err
	}
	claims, err := r.Claims.ActiveOf(ctx, resultID)
	return &doubted{id: resultID, visibility: visibility, claims: claims}, err
}

// claim is the one of the id, nil if it does not stand any more.
func (d *doubted) claim(id uuid.UUID) *domain.Claim {
	i := slices.IndexFunc(d.claims, func(c *domain.Claim) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return d.claims[i]
}

// without are the claims but for that of the id.
func (d *doubted) without(id uuid.UUID) []*domain.Claim {
	return slices.DeleteFunc(slices.Clone(d.claims), func(c *domain.Claim) bool { return c.ID == id })
}

// now stores the visibility that follows from these claims, and tells whether
// the result is back in the lists.
func (d *doubted) now(ctx context.Context, r ports.Repos, claims []*domain.Claim) (restored bool, err error) {
	visibility := d.visibility.With(d.claims, claims)
	restored = d.visibility.Hidden && !visibility.Hidden
	return restored, r.Results.SetVisibility(ctx, d.id, visibility)
}

// reject removes a claim, after the result has let go of it.
func (d *doubted) reject(ctx context.Context, r ports.Repos, mails *mailer, claim *domain.Claim) error {
	if _, err := claim.Reject("Resource", claim.ID); err != nil {
		return err
	}
	restored, err := d.now(ctx, r, d.without(claim.ID))
	if err != nil {
		return err
	}
	if err := r.Claims.Remove(ctx, claim.ID); err != nil {
		return err
	}
	if !restored {
		return nil
	}
	return mails.notifyUploader(ctx, r, d.id, mails.restored)
}
