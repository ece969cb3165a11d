package domain

import (
	"time"

	"github.com/google/uuid"
)

// Status is how far the review of a benchmark, site, flavor or claim is. The
// zero value, which rows of earlier programs may have, counts as OnReview.
type Status string

// The statuses.
const (
	OnReview Status = "on_review"
	Approved Status = "approved"
)

// Resource is the type of something that can be submitted, as reports name it.
type Resource string

// The resources that have reports.
const (
	BenchmarkResource Resource = "benchmark"
	SiteResource      Resource = "site"
	FlavorResource    Resource = "flavor"
	ClaimResource     Resource = "claim"
)

// Upload tells who brought something in, and when (UTC, microseconds).
type Upload struct {
	Uploader   UserID
	UploadedAt time.Time
}

// Review is the state of something that an administrator has to approve.
type Review struct {
	Status Status
	// SubmitID is the report that asks for the review, nil when there is none.
	SubmitID *uuid.UUID
}

// Submit is a report that something waits for an administrator.
type Submit struct {
	ID           uuid.UUID
	ResourceType Resource
	ResourceID   uuid.UUID
	Uploader     *User
	UploadedAt   time.Time
}

// IsApproved tells whether the review ended well.
func (r Review) IsApproved() bool { return r.Status == Approved }

// Approve ends the review; what was approved already cannot be approved again.
// name is how the error names it. The report that has to go is returned, nil if
// there was none.
func (r *Review) Approve(name string, id uuid.UUID) (submit *uuid.UUID, err error) {
	if r.IsApproved() {
		return nil, Invalidf("%s %s was already approved", name, id)
	}
	submit = r.SubmitID
	*r = Review{Status: Approved}
	return submit, nil
}

// Reject ends the review; what was approved cannot be rejected any more. The
// report that goes with it is returned, nil if there was none.
func (r Review) Reject(name string, id uuid.UUID) (submit *uuid.UUID, err error) {
	if r.IsApproved() {
		return nil, Invalidf("%s %s was already approved", name, id)
	}
	return r.SubmitID, nil
}

// StartReview is the state in which everything that needs approval is born:
// on review, with the report that says so.
func StartReview(resource Resource, id uuid.UUID, by *User, at time.Time) (Review, Submit) {
	submit := Submit{ID: uuid.New(), ResourceType: resource, ResourceID: id, Uploader: by, UploadedAt: at}
	return Review{Status: OnReview, SubmitID: &submit.ID}, submit
}
