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
	ClaimedResultID *tables.Key
	Message         string
	UploadDatetime  tables.Timestamp
	User            tables.User `gorm:"embedded"`
}

func (r claimWithResult) claim() *domain.Claim {
	claim := &domain.Claim{
		ID:         uuid.UUID(r.ID),
		Review:     tables.ReviewColumns{Status: r.Status, SubmitReportID: r.SubmitReportID}.Entity(),
		Message:    r.Message,
		Uploader:   r.User.Entity(),
		UploadedAt: r.UploadDatetime.Time,
	}
	if r.ClaimedResultID != nil {
		claim.ResultID = uuid.UUID(*r.ClaimedResultID)
	}
	return claim
}

// Get implements ports.Claims.
func (c claims) Get(ctx context.Context, id uuid.UUID) (*domain.Claim, error) {
	var where query.Conditions
	where.ID("claim.id", &id)
	found, err := c.find(ctx, where, "claim.id", noLimit)
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
	var where query.Conditions
	if q.ResultID != nil {
		where = ofResults(*q.ResultID)
	}
	if q.SiteID != nil {
		where.Add("claim.claimed_result_id IN (SELECT result.id FROM result WHERE result.site_id = ?)", tables.Key(*q.SiteID))
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
	found, err := c.find(ctx, ofResults(resultID), byUpload, noLimit)
	return found, c.Failed(ctx, err, "read the claims of result %s", resultID)
}

// byUpload is the order of the active claims of a result.
const byUpload = "claim.upload_datetime, claim.id"

// ActiveOfAll implements ports.Claims.
func (c claims) ActiveOfAll(ctx context.Context, resultIDs []uuid.UUID) (map[uuid.UUID][]*domain.Claim, error) {
	if len(resultIDs) == 0 {
		return nil, nil
	}
	found, err := c.find(ctx, ofResults(resultIDs...), byUpload, noLimit)
	active := make(map[uuid.UUID][]*domain.Claim, len(resultIDs))
	for _, claim := range found {
		active[claim.ResultID] = append(active[claim.ResultID], claim)
	}
	return active, c.Failed(ctx, err, "read the claims of results")
}

// OpenOf implements ports.Claims.
func (c claims) OpenOf(ctx context.Context, uploader domain.UserID, limit int) ([]*domain.Claim, error) {
	var where query.Conditions
	where.Uploader("claim", &uploader)
	where.Status("claim", domain.OnReview)
	found, err := c.find(ctx, where, "", limit)
	return found, c.Failed(ctx, err, "read the open claims of a user")
}

// Lock implements ports.Claims. In SQLite no lock is needed: a unit of work keeps
// everybody else from writing.
func (c claims) Lock(ctx context.Context, id uuid.UUID) (*domain.Claim, error) {
	var where query.Conditions
	where.ID("claim.id", &id)
	if _, err := lockSome(ctx, c.Session, "claim", where, 1); err != nil {
		return nil, c.Failed(ctx, err, "lock claim %s", id)
	}
	return c.Get(ctx, id)
}

// ofResults puts the indexed conditions first.
func ofResults(ids ...uuid.UUID) (where query.Conditions) {
	keys := tables.Keys(ids)
	where.Add("claim.result_id IN ? OR claim.id IN (SELECT result._claim_report_id FROM result WHERE result.id IN ?)", keys, keys)
	where.Add("claim.claimed_result_id IN ?", keys)
	return where
}

const noLimit = -1

func (c claims) find(ctx context.Context, where query.Conditions, order string, limit int) ([]*domain.Claim, error) {
	var rows []claimWithResult
	list := c.Query(ctx).Table(claimsWithResults).Select(claimWithResultColumns).Clauses(where.Where()).Order(order)
	err := list.Limit(limit).Scan(&rows).Error
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

// RemoveAll implements ports.Claims.
func (c claims) RemoveAll(ctx context.Context, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	keys := tables.Keys(ids)
	err := c.Query(ctx).Exec("UPDATE result SET _claim_report_id = NULL WHERE _claim_report_id IN ?", keys).Error
	if err != nil {
		return c.Failed(ctx, err, "free results from claims that are removed")
	}
	var where query.Conditions
	where.Add("claim.id IN ?", keys)
	_, err = removeReviewed(ctx, c.Session, "claim", where)
	return c.Failed(ctx, err, "remove claims")
}

// HandOver implements ports.Claims.
func (c claims) HandOver(ctx context.Context, from, to domain.UserID, limit int) (int, error) {
	return handOver(ctx, c.Session, "claim", from, to, limit)
}
