package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

func TestReviewEndsOnce(t *testing.T) {
	id, at := uuid.New(), time.Now()
	by := &domain.User{UserID: domain.UserID{Subject: "s", Issuer: "i"}}
	review, submit := domain.StartReview(domain.SiteResource, id, by, at)
	if review.IsApproved() || review.Status != domain.OnReview || *review.SubmitID != submit.ID ||
		submit.ResourceID != id || submit.Uploader != by {
		t.Fatalf("born as %+v with %+v", review, submit)
	}
	report, err := review.Approve("Site", id)
	if err != nil || *report != submit.ID || !review.IsApproved() || review.SubmitID != nil {
		t.Fatalf("approved: %v, %v, %+v", report, err, review)
	}
	_, err = review.Approve("Site", id)
	if domain.KindOf(err) != domain.Invalid || err.Error() != "Site "+id.String()+" was already approved" {
		t.Errorf("approved twice: %v", err)
	}
}

func TestMissingStatusIsOnReview(t *testing.T) {
	review := domain.Review{}
	if review.IsApproved() {
		t.Fatal("a missing status counts as approved")
	}
	if report, err := review.Approve("Site", uuid.New()); err != nil || report != nil || !review.IsApproved() {
		t.Errorf("Approve: %v, %v, %+v", report, err, review)
	}
}
