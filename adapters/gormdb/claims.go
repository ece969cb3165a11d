package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type claims struct{ session }

const (
	// namingResult is the result that names a claim: the first one, as the tables
	// do not keep two from doing so.
	namingResult = `(SELECT result.id FROM result WHERE result._claim_report_id = claim.id ORDER BY result.id LIMIT 1)`

	// doubted are the claims with their results: the claim's own word counts, or
	// else the result's, also if the earlier program writes it while we run.
	doubted = `(SELECT claim.*, coalesce(claim.result_id, ` + namingResult + `) AS doubted_id FROM claim) AS claim
		JOIN "user" ON "user".sub = claim.uploader_sub AND "user".iss = claim.uploader_iss`

	doubtedRowColumns = `claim.id, claim.status, claim._submit_report_id, claim.doubted_id, claim.message, claim.upload_datetime,
		"user".sub, "user".iss, "user".email, "user".registration_datetime`

	claimResource resourceType = "result"
)

var claimColumns = map[string]column{
	"id":              {sql: "claim.id"},
	"status":          {sql: "coalesce(CAST(claim.status AS text), 'on_review')", text: true},
	"upload_datetime": {sql: "claim.upload_datetime"},
	// Old rows have other words for the one type that there is.
	"resource_type": {},
}

type doubtedRow struct {
	ID             key
	Status         *status
	SubmitReportID *key `gorm:"column:_submit_report_id"`
	DoubtedID      key
	Message        string
	UploadDatetime timestamp
	User           userRow `gorm:"embedded"`
}

func (r doubtedRow) claim() *domain.Claim {
	return &domain.Claim{
		ID:         uuid.UUID(r.ID),
		Review:     reviewColumns{Status: r.Status, SubmitReportID: r.SubmitReportID}.review(),
		ResultID:   uuid.UUID(r.DoubtedID),
		Message:    r.Message,
		Uploader:   r.User.user(),
		UploadedAt: r.UploadDatetime.Time,
	}
}

// Get implements ports.Claims.
func (c claims) Get(ctx context.Context, id uuid.UUID) (*domain.Claim, error) {
	where := ofAnyResult()
	where.id("claim.id", &id)
	found, err := c.find(ctx, where, "claim.id")
	if err == nil && len(found) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return nil, c.failed(ctx, err, "read claim %s", id)
	}
	return found[0], nil
}

// List implements ports.Claims.
func (c claims) List(ctx context.Context, q ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
	where := ofAnyResult()
	if q.ResultID != nil {
		where = ofResult(*q.ResultID)
	}
	where.reviewed("claim", q.ReviewedOptions)
	where.uploader("claim", q.Uploader)
	rows, total, err := page(ctx, c.session, selection{
		table: doubted, id: "claim.id", columns: claimColumns, where: where, ListOptions: q.ListOptions,
	}, scanning[doubtedRow](doubtedRowColumns))
	if err != nil {
		return domain.Page[*domain.Claim]{}, c.failed(ctx, err, "list claims")
	}
	return pageOf(q.Page, claimsOf(rows), total), nil
}

// ActiveOf implements ports.Claims.
func (c claims) ActiveOf(ctx context.Context, resultID uuid.UUID) ([]*domain.Claim, error) {
	found, err := c.find(ctx, ofResult(resultID), "claim.upload_datetime, claim.id")
	return found, c.failed(ctx, err, "read the claims of result %s", resultID)
}

// OpenOf implements ports.Claims.
func (c claims) OpenOf(ctx context.Context, uploader domain.UserID) ([]*domain.Claim, error) {
	where := ofAnyResult()
	where.uploader("claim", &uploader)
	where.status("claim", domain.OnReview)
	found, err := c.find(ctx, where, "claim.doubted_id, claim.id")
	return found, c.failed(ctx, err, "read the open claims of a user")
}

// ofAnyResult leaves out what is no claim any more, as its result went away.
func ofAnyResult() (where conditions) {
	where.add("claim.doubted_id IS NOT NULL")
	return where
}

// ofResult says first what indexes know.
func ofResult(id uuid.UUID) (where conditions) {
	where.add("claim.result_id = ? OR claim.id = (SELECT result._claim_report_id FROM result WHERE result.id = ?)", id, id)
	where.id("claim.doubted_id", &id)
	return where
}

func (c claims) find(ctx context.Context, where conditions, order string) ([]*domain.Claim, error) {
	var rows []doubtedRow
	err := c.query(ctx).Table(doubted).Select(doubtedRowColumns).Clauses(where.clause()).Order(order).Scan(&rows).Error
	return claimsOf(rows), err
}

func claimsOf(rows []doubtedRow) []*domain.Claim {
	claims := make([]*domain.Claim, len(rows))
	for i, row := range rows {
		claims[i] = row.claim()
	}
	return claims
}

// Add implements ports.Claims.
func (c claims) Add(ctx context.Context, claim *domain.Claim) error {
	row := claimRow{
		ID:           key(claim.ID),
		Upload:       newUploadColumns(domain.Upload{Uploader: claim.Uploader.UserID, UploadedAt: claim.UploadedAt}),
		Review:       newReviewColumns(claim.Review),
		Message:      claim.Message,
		ResourceType: claimResource,
		ResultID:     keyOf(&claim.ResultID),
	}
	return c.failed(ctx, c.query(ctx).Omit(clause.Associations).Create(&row).Error, "add a claim")
}

// SetReview implements ports.Claims.
func (c claims) SetReview(ctx context.Context, id uuid.UUID, r domain.Review) error {
	return c.setReview(ctx, "claim", id, r)
}

// Remove implements ports.Claims.
func (c claims) Remove(ctx context.Context, id uuid.UUID) error {
	return c.removeReviewedByID(ctx, "claim", id)
}

// HandOver implements ports.Claims.
func (c claims) HandOver(ctx context.Context, from, to domain.UserID) error {
	return c.handOver(ctx, "claim", from, to)
}
