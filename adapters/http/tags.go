package http

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateTag is what makes a tag.
type CreateTag struct {
	Name        string  `json:"name" maxLength:"1000" doc:"The word" example:"2026-campaign"`
	Description *string `json:"description,omitempty" doc:"What it stands for" example:"Runs of the campaign of 2026"`
}

// Tag is a word that groups results.
type Tag struct {
	ID          uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the tag" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name        string    `json:"name" maxLength:"1000" doc:"The word" example:"2026-campaign"`
	Description *string   `json:"description,omitempty" doc:"What it stands for" example:"Runs of the campaign of 2026"`
}

func toTag(t *domain.Tag) Tag { return Tag{ID: t.ID, Name: t.Name, Description: t.Description} }

func toTags(p domain.Page[*domain.Tag]) Tags { return Tags(toPage(p, toTag)) }

func (h *handlers) listTags(ctx context.Context, r *request, _ *none) (Tags, error) {
	page, err := h.Tags.List(ctx, r.caller, ports.TagQuery{ListOptions: r.query.list("name"), Name: r.query.text("name")})
	return answer(page, err, toTags)
}

func (h *handlers) searchTag(ctx context.Context, r *request, _ *none) (Tags, error) {
	page, err := h.Tags.Search(ctx, r.caller, ports.TagQuery{ListOptions: r.query.list("name"), Terms: r.query.terms()})
	return answer(page, err, toTags)
}

func (h *handlers) createTag(ctx context.Context, r *request, in *body[CreateTag]) (Tag, error) {
	tag, err := h.Tags.Create(ctx, r.caller, service.NewTag(in.Body))
	return answer(tag, err, toTag)
}

func (h *handlers) getTag(ctx context.Context, r *request, _ *none) (Tag, error) {
	tag, err := h.Tags.Get(ctx, r.caller, r.id)
	return answer(tag, err, toTag)
}

func (h *handlers) updateTag(ctx context.Context, r *request, in *body[Tag]) error {
	return h.Tags.Update(ctx, r.caller, r.id, service.NewTag{Name: in.Body.Name, Description: in.Body.Description})
}

func (h *handlers) deleteTag(ctx context.Context, r *request, _ *none) error {
	return h.Tags.Delete(ctx, r.caller, r.id)
}
