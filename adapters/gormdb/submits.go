package gormdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

type submits struct{ session }

// submitted joins each submit to what points to it, which tells the resource
// better than the submit itself: the earlier program wrote other words for claims.
// Submits that nothing points to are left out.
const submitted = `submit
	JOIN (
		SELECT _submit_report_id AS submit_id, 'benchmark' AS resource_type, id AS resource_id, uploader_sub, uploader_iss FROM benchmark
		UNION ALL SELECT _submit_report_id, 'site', id, uploader_sub, uploader_iss FROM site
		UNION ALL SELECT _submit_report_id, 'flavor', id, uploader_sub, uploader_iss FROM flavor
		UNION ALL SELECT _submit_report_id, 'claim', id, uploader_sub, uploader_iss FROM claim
	) AS resource ON resource.submit_id = submit.id
	JOIN "user" ON "user".sub = resource.uploader_sub AND "user".iss = resource.uploader_iss`

var submitColumns = map[string]column{
	"id":              {sql: "submit.id"},
	"upload_datetime": {sql: "submit.upload_datetime"},
	"resource_type":   {sql: "resource.resource_type", text: true},
}

type submittedRow struct {
	ID             key
	UploadDatetime timestamp
	ResourceType   string
	ResourceID     key
	User           userRow `gorm:"embedded"`
}

// List implements ports.Submits.
func (s submits) List(ctx context.Context, q ports.SubmitQuery) (domain.Page[*domain.Submit], error) {
	var where conditions
	where.window("submit.upload_datetime", q.Uploaded)
	where.text("resource.resource_type", (*string)(q.ResourceType))
	rows, total, err := page(ctx, s.session, selection{
		table: submitted, id: "submit.id, resource.resource_id", columns: submitColumns, where: where, ListOptions: q.ListOptions,
	}, scanning[submittedRow](`submit.id, submit.upload_datetime, resource.resource_type, resource.resource_id,
		"user".sub, "user".iss, "user".email, "user".registration_datetime`))
	if err != nil {
		return domain.Page[*domain.Submit]{}, s.failed(ctx, err, "list submits")
	}
	items := make([]*domain.Submit, len(rows))
	for i, row := range rows {
		items[i] = &domain.Submit{
			ID:           uuid.UUID(row.ID),
			ResourceType: domain.Resource(row.ResourceType),
			ResourceID:   uuid.UUID(row.ResourceID),
			Uploader:     row.User.user(),
			UploadedAt:   row.UploadDatetime.Time,
		}
	}
	return pageOf(q.Page, items, total), nil
}

// Add implements ports.Submits.
func (s submits) Add(ctx context.Context, submit *domain.Submit) error {
	row := submitRow{
		ID: key(submit.ID), ResourceType: resourceType(submit.ResourceType), UploadDatetime: timestampOf(submit.UploadedAt),
	}
	return s.failed(ctx, s.query(ctx).Create(&row).Error, "add a submit")
}

// Remove implements ports.Submits.
func (s submits) Remove(ctx context.Context, id uuid.UUID) error {
	err := s.query(ctx).Where("id = ?", id).Delete(&submitRow{}).Error
	return s.failed(ctx, err, "remove submit %s", id)
}
