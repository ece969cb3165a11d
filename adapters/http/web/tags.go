package web

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// mostTags bounds the tags of a result in a form.
const mostTags = 50

// tagNames are the names in a text, separated by commas, each once.
func tagNames(text string) []string {
	var names []string
	seen := map[string]bool{}
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.Join(strings.Fields(name), " "); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// newTag is a tag that is made when the form is sent.
type newTag struct {
	Name string
	// Alike are the names of tags that look like it.
	Alike []string
}

// newTagsOf looks for tags that look like those of the names.
func (s *Site) newTagsOf(r *Request, names []string) (tags []newTag, err error) {
	for _, name := range names {
		alike, err := s.config.Services.Tags.Alike(r.Context(), r.Caller(), name)
		if err != nil {
			return nil, err
		}
		tags = append(tags, newTag{name, alike})
	}
	return tags, nil
}

// findTags returns the tags of the names, and the names that no tag has.
func (s *Site) findTags(r *Request, names []string) (ids []uuid.UUID, missing []string, err error) {
	if len(names) > mostTags {
		return nil, nil, domain.Invalidf("A result has at most %d tags", mostTags)
	}
	for _, name := range names {
		q := ports.TagQuery{Name: &name}
		q.Page = domain.PageRequest{Number: 1, Size: 1}
		page, err := s.config.Services.Tags.List(r.Context(), r.Caller(), q)
		if err != nil {
			return nil, nil, err
		}
		if len(page.Items) == 0 {
			missing = append(missing, name)
			continue
		}
		ids = append(ids, page.Items[0].ID)
	}
	return ids, missing, nil
}

// tagIDs returns the tags of the names in a text, and makes those that do not exist.
func (s *Site) tagIDs(r *Request, text string) ([]uuid.UUID, error) {
	ids, missing, err := s.findTags(r, tagNames(text))
	if err != nil {
		return nil, err
	}
	if ids == nil {
		ids = []uuid.UUID{} // no tags, and not: leave the tags as they are
	}
	for _, name := range missing {
		tag, err := s.config.Services.Tags.Create(r.Context(), r.Caller(), service.NewTag{Name: name})
		if e, ok := errors.AsType[*domain.Error](err); ok && len(e.Fields["name"]) > 0 {
			return nil, domain.Invalidf("The tag %q cannot be one: %s", name, e.Fields["name"][0])
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, tag.ID)
	}
	return ids, nil
}
