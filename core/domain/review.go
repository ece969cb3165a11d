package domain

import (
	"time"

	"github.com/google/uuid"
)

// Status is the state of the review of a benchmark, site, flavor or claim. The zero value,
// which rows of earlier programs may have, counts as OnReview.
type Status string

// The statuses.
const (
	OnReview Status = "on_review"
	Approved Status = "approved"
)

// Resource is the type of an entity that can be submitted, as reports name it.
type Resource string

// The resources that have reports.
const (
	BenchmarkResource Resource = "benchmark"
	SiteResource      Resource = "site"
	FlavorResource    Resource = "flavor"
	ClaimResource     Resource = "claim"
)

// The resources that have no reports. Events name them, too.
const (
	ResultResource Resource = "result"
	TagResource    Resource = "tag"
	UserResource   Resource = "user"
	MailResource   Resource = "mail"
	// SessionResource is the session of a browser, BackupResource the whole database, and
	// DerivedResource what the database derives from results.
	SessionResource Resource = "session"
	BackupResource  Resource = "backup"
	DerivedResource Resource = "derived"
)

// Upload says who uploaded an entity, and when (UTC, microseconds).
type Upload struct {
	Uploader   UserID
	UploadedAt time.Time
}

// Review is the state of an entity that an administrator has to approve.
type Review struct {
	Status Status
	// SubmitID is the report that asks for the review, nil if there is none.
	SubmitID *uuid.UUID
}

// Submit is the report that an entity waits for an administrator.
type Submit struct {
	ID           uuid.UUID
	ResourceType Resource
	ResourceID   uuid.UUID
	Uploader     *User
	UploadedAt   time.Time
}

// IsApproved is true if the entity was approved.
func (r Review) IsApproved() bool { return r.Status == Approved }

// Approve ends the review with an approval. It returns the report that has to be removed,
// nil if there is none. Error: Invalid if the entity was approved before; name is the type
// of the entity in the error's text.
func (r *Review) Approve(name string, id uuid.UUID) (submit *uuid.UUID, err error) {
	if r.IsApproved() {
		return nil, Invalidf("%s %s was already approved", name, id)
	}
	submit = r.SubmitID
	*r = Review{Status: Approved}
	return submit, nil
}

// Reject ends the review without an approval. It returns the report that is removed with the
// entity, nil if there is none. Error: Invalid if the entity was approved before.
func (r Review) Reject(name string, id uuid.UUID) (submit *uuid.UUID, err error) {
	if r.IsApproved() {
		return nil, Invalidf("%s %s was already approved", name, id)
	}
	return r.SubmitID, nil
}

// StartReview returns the review of a new entity, which is on review, and its report.
func StartReview(resource Resource, id uuid.UUID, by *User, at time.Time) (Review, Submit) {
	submit := Submit{ID: uuid.New(), ResourceType: resource, ResourceID: id, Uploader: by, UploadedAt: at}
	return Review{Status: OnReview, SubmitID: &submit.ID}, submit
}
