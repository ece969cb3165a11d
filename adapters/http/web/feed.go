package web

import (
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/core/filter"
)

// feedLength is the number of results in the feed.
const feedLength = 50

// fileRoutes are what has no page of its own.
func (s *Site) fileRoutes() []route {
	return []route{
		read("/feed.atom", s.feed),
	}
}

// feed has the newest results that an address chooses. It names no uploader.
func (s *Site) feed(r *Request) (Answer, error) {
	chosen, err := s.selection(r)
	if err != nil {
		return nil, err
	}
	if len(chosen.Ignored) > 0 {
		return nil, refusal(chosen.Ignored)
	}
	q := chosen.Results
	q.ListOptions = one()
	q.Page.Size = feedLength
	q.Sort = []filter.Key{{Field: "upload_datetime", Descending: true}, {Field: "id"}}
	page, err := s.config.Services.Results.List(r.Context(), r.Caller(), q)
	if err != nil {
		return nil, err
	}
	feed := files.Feed{
		Title: "New results of EOSC Perf", ID: r.Public("feed.atom"), Address: r.Public(r.Query.On("results")),
		Self: r.Public(r.Query.On("feed.atom")),
	}
	for _, result := range page.Items {
		feed.Entries = append(feed.Entries, files.Entry{
			Title:   resultTitle(result) + ", " + result.Site.Name + " " + result.Flavor.Name,
			Summary: "Run at " + result.ExecutedAt.UTC().Format("2006-01-02 15:04 UTC"),
			Address: r.Public("results/" + result.ID.String()), Uploaded: result.UploadedAt,
		})
	}
	body, err := feed.Atom()
	return File{Type: "application/atom+xml; charset=utf-8", Body: body}, err
}
