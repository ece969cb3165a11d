package service

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// claimedResult is a result that is locked, with its active claims.
type claimedResult struct {
	id         uuid.UUID
	visibility domain.Visibility
	claims     []*domain.Claim
}

// lockClaimedResult locks the result until the unit of work ends, and reads its active
// claims. Error: ports.ErrNotFound.
func lockClaimedResult(ctx context.Context, r ports.Repos, resultID uuid.UUID) (*claimedResult, error) {
	visibility, err := r.Results.Lock(ctx, resultID)
	if err != nil {
		return nil, err
	}
	claims, err := r.Claims.ActiveOf(ctx, resultID)
	return &claimedResult{id: resultID, visibility: visibility, claims: claims}, err
}

// claim returns the active claim with the id, nil if that claim is not active any more.
func (c *claimedResult) claim(id uuid.UUID) *domain.Claim {
	i := slices.IndexFunc(c.claims, func(claim *domain.Claim) bool { return claim.ID == id })
	if i < 0 {
		return nil
	}
	return c.claims[i]
}

// without returns the active claims but for the one with the id.
func (c *claimedResult) without(id uuid.UUID) []*domain.Claim {
	return slices.DeleteFunc(slices.Clone(c.claims), func(claim *domain.Claim) bool { return claim.ID == id })
}

// setActive stores the visibility that follows from the claims that are active now.
// visibleAgain is true if the result returns to the lists.
func (c *claimedResult) setActive(ctx context.Context, r ports.Repos, claims []*domain.Claim) (visibleAgain bool, err error) {
	visibility := c.visibility.With(c.claims, claims)
	visibleAgain = c.visibility.Hidden && !visibility.Hidden
	return visibleAgain, r.Results.SetVisibility(ctx, c.id, visibility)
}

// reject removes an active claim. The result must not name the claim any more before the
// claim is removed. The result's uploader gets a mail if the result returns to the lists.
func (c *claimedResult) reject(ctx context.Context, r ports.Repos, mails *mailer, claim *domain.Claim) error {
	if _, err := claim.Reject("Resource", claim.ID); err != nil {
		return err
	}
	visibleAgain, err := c.setActive(ctx, r, c.without(claim.ID))
	if err != nil {
		return err
	}
	if err := r.Claims.Remove(ctx, claim.ID); err != nil {
		return err
	}
	if !visibleAgain {
		return nil
	}
	return mails.notifyUploader(ctx, r, c.id, mails.restored)
}
