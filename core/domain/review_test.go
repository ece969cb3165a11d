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
	if review.IsApproved() || review.Status != domain.OnReview || *review.SubmitID != submit.ID || submit.ResourceID != id || submit.Uploader != by {
		t.Fatalf("born as %+v with %+v", review, submit)
	}
	report, err := review.Approve("Site", id)
	if err != nil || *report != submit.ID || !review.IsApproved() || review.SubmitID != nil {
		t.Fatalf("approved: %v, %v, %+v", report, err, review)
	}
	if _, err = review.Approve("Site", id); domain.KindOf(err) != domain.Invalid || err.Error() != "Site "+id.String()+" was already approved" {
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

func TestPage(t *testing.T) {
	for _, tt := range []struct {
		number, size, total, pages, offset int
		exists                             bool
	}{
		{1, 100, 0, 0, 0, true},
		{2, 100, 0, 0, 100, false},
		{1, 100, 100, 1, 0, true},
		{2, 100, 100, 1, 100, false},
		{2, 100, 101, 2, 100, true},
		{3, 7, 20, 3, 14, true},
		{1 << 40, 100, 20, 1, (1<<40 - 1) * 100, false},
	} {
		page := domain.Page[int]{PageRequest: domain.PageRequest{Number: tt.number, Size: tt.size}, Total: tt.total}
		if page.Pages() != tt.pages || page.Exists() != tt.exists || page.Offset() != tt.offset {
			t.Errorf("%+v: pages %d, exists %t, offset %d", tt, page.Pages(), page.Exists(), page.Offset())
		}
	}
}
