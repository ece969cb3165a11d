package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type submits struct{ session.Session }

// submitted joins each submit to the entity that names it, which tells the resource
// better than the submit itself: the earlier program wrote other words for claims.
// Submits that no entity names are left out.
const submitted = `submit
	JOIN (
		SELECT _submit_report_id AS submit_id, 'benchmark' AS resource_type, id AS resource_id, uploader_sub, uploader_iss FROM benchmark
		UNION ALL SELECT _submit_report_id, 'site', id, uploader_sub, uploader_iss FROM site
		UNION ALL SELECT _submit_report_id, 'flavor', id, uploader_sub, uploader_iss FROM flavor
		UNION ALL SELECT _submit_report_id, 'claim', id, uploader_sub, uploader_iss FROM claim
	) AS resource ON resource.submit_id = submit.id
	JOIN "user" ON "user".sub = resource.uploader_sub AND "user".iss = resource.uploader_iss`

var submitColumns = map[string]query.Column{
	"id":              {SQL: "submit.id"},
	"upload_datetime": {SQL: "submit.upload_datetime"},
	"resource_type":   {SQL: "resource.resource_type", IsText: true},
}

type submittedRow struct {
	ID             tables.Key
	UploadDatetime tables.Timestamp
	ResourceType   string
	ResourceID     tables.Key
	User           tables.User `gorm:"embedded"`
}

// List implements ports.Submits.
func (s submits) List(ctx context.Context, q ports.SubmitQuery) (domain.Page[*domain.Submit], error) {
	var where query.Conditions
	where.Window("submit.upload_datetime", q.Uploaded)
	where.Text("resource.resource_type", (*string)(q.ResourceType))
	rows, total, err := query.Page(ctx, s.Session, query.Selection{
		Table: submitted, ID: "submit.id, resource.resource_id", Columns: submitColumns, Where: where, ListOptions: q.ListOptions,
	}, query.Scan[submittedRow](`submit.id, submit.upload_datetime, resource.resource_type, resource.resource_id,
		"user".sub, "user".iss, "user".email, "user".registration_datetime`))
	if err != nil {
		return domain.Page[*domain.Submit]{}, s.Failed(ctx, err, "list submits")
	}
	items := make([]*domain.Submit, len(rows))
	for i, row := range rows {
		items[i] = &domain.Submit{
			ID:           uuid.UUID(row.ID),
			ResourceType: domain.Resource(row.ResourceType),
			ResourceID:   uuid.UUID(row.ResourceID),
			Uploader:     row.User.Entity(),
			UploadedAt:   row.UploadDatetime.Time,
		}
	}
	return query.PageOf(q.Page, items, total), nil
}

// Add implements ports.Submits.
func (s submits) Add(ctx context.Context, submit *domain.Submit) error {
	row := tables.NewSubmit(submit)
	return s.Failed(ctx, s.Query(ctx).Create(&row).Error, "add a submit")
}

// Remove implements ports.Submits.
func (s submits) Remove(ctx context.Context, id uuid.UUID) error {
	err := s.Query(ctx).Where("id = ?", id).Delete(&tables.Submit{}).Error
	return s.Failed(ctx, err, "remove submit %s", id)
}
