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

// submitsWithEntities are the submits with the entities that they report and their
// uploaders.
var submitsWithEntities = asTable(statements.Text("submits_with_entities"), "submit")

var submitColumns = map[string]query.Column{
	"id":              {SQL: "submit.id"},
	"upload_datetime": {SQL: "submit.upload_datetime"},
	"resource_type":   {SQL: "submit.resource_type", IsText: true},
}

type submitWithEntity struct {
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
	where.Text("submit.resource_type", (*string)(q.ResourceType))
	if q.Uploader != nil {
		where.Text("submit.sub", &q.Uploader.Subject)
		where.Text("submit.iss", &q.Uploader.Issuer)
	}
	rows, total, err := query.Page(ctx, s.Session, query.Selection{
		Table: submitsWithEntities, ID: "submit.id, submit.resource_id", Columns: submitColumns, Where: where, ListOptions: q.ListOptions,
	}, query.Scan[submitWithEntity]("id", "upload_datetime", "resource_type", "resource_id", "sub", "iss", "email", "registration_datetime"))
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
	key := tables.Key(id)
	err := removeSubmits(ctx, s.Session, []*tables.Key{&key})
	return s.Failed(ctx, err, "remove submit %s", id)
}
