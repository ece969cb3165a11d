package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// CreateTag creates a tag.
type CreateTag struct {
	Name        string  `json:"name" maxLength:"1000" doc:"The word, printable and in Unicode NFC" example:"2026-campaign"`
	Description *string `json:"description,omitempty" doc:"What it stands for" example:"Runs of the campaign of 2026"`
}

// Tag is a word that groups results.
type Tag struct {
	ID          uuid.UUID `json:"id" format:"uuid" readOnly:"true" doc:"Id of the tag" example:"5a7b1c9e-3f0d-4c58-9b1e-2d6f8a4c0e11"`
	Name        string    `json:"name" doc:"The word, printable, in Unicode NFC, at most 1000 bytes if new" example:"2026-campaign"`
	Description *string   `json:"description,omitempty" doc:"What it stands for" example:"Runs of the campaign of 2026"`
}

// Tags is a page of tags.
type Tags Page[Tag]

func toTag(t *domain.Tag) Tag { return Tag{ID: t.ID, Name: t.Name, Description: t.Description} }

func toTags(p domain.Page[*domain.Tag]) Tags { return Tags(toPage(p, toTag)) }

// AppendJSON implements representation.Appender.
func (v Tag) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = appendID(b, v.ID)
	b = representation.AppendText(b, `,"name":`, v.Name)
	b = appendDescription(b, v.Description)
	return append(b, '}')
}

// AppendJSON implements representation.Appender.
func (p Tags) AppendJSON(b []byte, flush representation.Flush) []byte {
	return Page[Tag](p).append(b, Tag.AppendJSON, flush)
}

// The parameters of tags.
var (
	tagID    = &openapi.PathID{Name: "tag_id", Description: "Id of the tag, as ListTags shows it", Record: "Record"}
	tagOrder = orderBy(ports.TagSort, "+name")
	tagTerms = searchTerms("name and description", "c-ray")
	tagName  = parameter.Text("name", "The name, exactly")
)

type tags struct{ service *service.Tags }

func (h tags) resource() resource {
	return resource{
		section:     "tags",
		description: "Words that group results",
		schemas: map[string]string{
			"Tag":       "A word that groups results",
			"Tags":      "A page of tags",
			"CreateTag": "A tag to create",
		},
		operations: h.operations(),
	}
}

func (h tags) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation:   domain.ListTags,
			Method:      http.MethodGet,
			Path:        "/tags",
			Summary:     "List tags",
			Description: "Lists all tags.",
			Parameters:  parameter.Join(paging, tagName, tagOrder),
			Handler:     ok(h.list, toTags),
		},
		{
			Operation:   domain.CreateTag,
			Method:      http.MethodPost,
			Path:        "/tags",
			Summary:     "Create a tag",
			Description: "Creates a tag, which anybody may put on their results at once: tags need no review.",
			Errors:      openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Tag 2026-campaign already submitted/exists")}},
			Handler:     createdFrom(h.create, toTag),
		},
		{
			Operation:   domain.SearchTag,
			Method:      http.MethodGet,
			Path:        "/tags:search",
			Summary:     "Search tags",
			Description: "Finds the tags in which every term occurs.",
			Parameters:  parameter.Join(tagTerms, tagOrder, paging),
			Handler:     ok(h.search, toTags),
		},
		{
			Operation:   domain.GetTag,
			Method:      http.MethodGet,
			Path:        "/tags/{tag_id}",
			PathID:      tagID,
			Summary:     "Get a tag",
			Description: "Shows a tag.",
			Handler:     ok(h.get, toTag),
		},
		{
			Operation:   domain.UpdateTag,
			Method:      http.MethodPut,
			Path:        "/tags/{tag_id}",
			PathID:      tagID,
			Summary:     "Change a tag",
			Description: "Replaces the name of the tag, and its description if one is sent. Results keep the tag.",
			Errors:      openapi.Errors{Conflict: []openapi.Example{openapi.Says("taken", "Changes conflict submitted/existing tag")}},
			Handler:     noContentFrom(h.update),
		},
		{
			Operation:   domain.DeleteTag,
			Method:      http.MethodDelete,
			Path:        "/tags/{tag_id}",
			PathID:      tagID,
			Summary:     "Take a tag from all results and delete it",
			Description: "Takes the tag from all results and deletes it. This cannot be undone.",
			Parameters:  parameter.Join(givenReason),
			Handler:     noContent(h.delete),
		},
	}
}

func (h tags) list(ctx context.Context, r *request) (domain.Page[*domain.Tag], error) {
	return h.service.List(ctx, r.caller, ports.TagQuery{ListOptions: r.listOptions(tagOrder), Name: tagName.Optional(r.query)})
}

func (h tags) search(ctx context.Context, r *request) (domain.Page[*domain.Tag], error) {
	return h.service.Search(ctx, r.caller, ports.TagQuery{ListOptions: r.listOptions(tagOrder), Terms: tagTerms.Of(r.query)})
}

func (h tags) create(ctx context.Context, r *request, in CreateTag) (*domain.Tag, error) {
	return h.service.Create(ctx, r.caller, service.NewTag(in))
}

func (h tags) get(ctx context.Context, r *request) (*domain.Tag, error) {
	return h.service.Get(ctx, r.caller, r.id)
}

func (h tags) update(ctx context.Context, r *request, in Tag) error {
	return h.service.Update(ctx, r.caller, r.id, service.NewTag{Name: in.Name, Description: in.Description})
}

func (h tags) delete(ctx context.Context, r *request) error {
	return h.service.Delete(ctx, r.caller, r.id, givenReason.Of(r.query))
}
