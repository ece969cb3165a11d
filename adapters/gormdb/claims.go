package gormdb

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type claims struct{ session.Session }

// claimsWithResults are the claims with the ids of their results and their uploaders.
var claimsWithResults = asTable(statements.Text("claims_with_results"), "claim")

var claimWithResultColumns = []string{
	"id", "status", "_submit_report_id", "claimed_result_id", "message", "upload_datetime", "sub", "iss", "email", "registration_datetime",
}

var claimColumns = map[string]query.Column{
	"id":              {SQL: "claim.id"},
	"status":          {SQL: "coalesce(CAST(claim.status AS text), 'on_review')", IsText: true},
	"upload_datetime": {SQL: "claim.upload_datetime"},
	// All claims are about results, though old rows have other words for that type.
	"resource_type": {},
}

type claimWithResult struct {
	ID              tables.Key
	Status          *tables.Status
	SubmitReportID  *tables.Key `gorm:"column:_submit_report_id"`
	ClaimedResultID tables.Key
	Message         string
	UploadDatetime  tables.Timestamp
	User            tables.User `gorm:"embedded"`
}

func (r claimWithResult) claim() *domain.Claim {
	return &domain.Claim{
		ID:         uuid.UUID(r.ID),
		Review:     tables.ReviewColumns{Status: r.Status, SubmitReportID: r.SubmitReportID}.Entity(),
		ResultID:   uuid.UUID(r.ClaimedResultID),
		Message:    r.Message,
		Uploader:   r.User.Entity(),
		UploadedAt: r.UploadDatetime.Time,
	}
}

// Get implements ports.Claims.
func (c claims) Get(ctx context.Context, id uuid.UUID) (*domain.Claim, error) {
	where := ofAnyResult()
	where.ID("claim.id", &id)
	found, err := c.find(ctx, where, "claim.id")
	if err == nil && len(found) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return nil, c.Failed(ctx, err, "read claim %s", id)
	}
	return found[0], nil
}

// List implements ports.Claims.
func (c claims) List(ctx context.Context, q ports.ClaimQuery) (domain.Page[*domain.Claim], error) {
	where := ofAnyResult()
	if q.ResultID != nil {
		where = ofResult(*q.ResultID)
	}
	where.Reviewed("claim", q.ReviewedOptions)
	where.Uploader("claim", q.Uploader)
	rows, total, err := query.Page(ctx, c.Session, query.Selection{
		Table: claimsWithResults, ID: "claim.id", Columns: claimColumns, Where: where, ListOptions: q.ListOptions,
	}, query.Scan[claimWithResult](claimWithResultColumns...))
	if err != nil {
		return domain.Page[*domain.Claim]{}, c.Failed(ctx, err, "list claims")
	}
	return query.PageOf(q.Page, claimsOf(rows), total), nil
}

// ActiveOf implements ports.Claims.
func (c claims) ActiveOf(ctx context.Context, resultID uuid.UUID) ([]*domain.Claim, error) {
	found, err := c.find(ctx, ofResult(resultID), "claim.upload_datetime, claim.id")
	return found, c.Failed(ctx, err, "read the claims of result %s", resultID)
}

// OpenOf implements ports.Claims.
func (c claims) OpenOf(ctx context.Context, uploader domain.UserID) ([]*domain.Claim, error) {
	where := ofAnyResult()
	where.Uploader("claim", &uploader)
	where.Status("claim", domain.OnReview)
	found, err := c.find(ctx, where, "claim.claimed_result_id, claim.id")
	return found, c.Failed(ctx, err, "read the open claims of a user")
}

// ofAnyResult leaves out claims whose result was removed.
func ofAnyResult() (where query.Conditions) {
	where.Add("claim.claimed_result_id IS NOT NULL")
	return where
}

// ofResult puts the indexed conditions first.
func ofResult(id uuid.UUID) (where query.Conditions) {
	where.Add("claim.result_id = ? OR claim.id = (SELECT result._claim_report_id FROM result WHERE result.id = ?)", id, id)
	where.ID("claim.claimed_result_id", &id)
	return where
}

func (c claims) find(ctx context.Context, where query.Conditions, order string) ([]*domain.Claim, error) {
	var rows []claimWithResult
	err := c.Query(ctx).Table(claimsWithResults).Select(claimWithResultColumns).Clauses(where.Where()).Order(order).Scan(&rows).Error
	return claimsOf(rows), err
}

func claimsOf(rows []claimWithResult) []*domain.Claim {
	found := make([]*domain.Claim, len(rows))
	for i, row := range rows {
		found[i] = row.claim()
	}
	return found
}

// Add implements ports.Claims.
func (c claims) Add(ctx context.Context, claim *domain.Claim) error {
	row := tables.NewClaim(claim)
	return c.Failed(ctx, c.Query(ctx).Omit(clause.Associations).Create(&row).Error, "add a claim")
}

// SetReview implements ports.Claims.
func (c claims) SetReview(ctx context.Context, id uuid.UUID, review domain.Review) error {
	return setReview(ctx, c.Session, "claim", id, review)
}

// Remove implements ports.Claims.
func (c claims) Remove(ctx context.Context, id uuid.UUID) error {
	return removeReviewedByID(ctx, c.Session, "claim", id)
}

// HandOver implements ports.Claims.
func (c claims) HandOver(ctx context.Context, from, to domain.UserID) error {
	return handOver(ctx, c.Session, "claim", from, to)
}
