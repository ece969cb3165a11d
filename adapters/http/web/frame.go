package web

import (
	"context"
	"html/template"
	"net/http"
	"net/url"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// frame is the view model of what all pages have around their content. The content gets it,
// too: its own view model is Page.
type frame struct {
	// Root leads to the front door: see Request.Root.
	Root                      Link
	Style, Script, Icon       Link
	Title, Version, RequestID string
	// Section is the part of the pages that this one belongs to.
	Section                 string
	IsFrontDoor, HasResults bool
	Navigation              []navigationEntry
	Alternates              []Alternate
	Visitor                 Visitor
	IsAdministrator         bool
	// Review is how many things wait for an administrator.
	Review int
	// LogIn, LogOut and Register lead to those pages, and back here afterwards.
	LogIn, LogOut, Register Link
	// Unknown are keys of the address that the page does not know.
	Unknown []address.Ignored
	// Signs are the shapes that pictures refer to.
	Signs template.HTML
	Page  any
}

type navigationEntry struct {
	Name            string
	Link            Link
	Current, IsWide bool
}

// navigation are the sections, as Page.Section names them.
var navigation = []struct {
	section, name, page string
	isWide              bool
}{
	{"compare", "Compare", "compare", false},
	{"results", "Results", "results", false},
	{"benchmarks", "Benchmarks", "benchmarks", false},
	{"sites", "Sites", "sites", false},
	{"upload", "Upload", "upload", false},
	{"api", "API", "api", true},
	{"docs", "Docs", "../docs/", true},
}

func (s *Site) frame(r *Request, p Page) frame {
	f := frame{
		Root: r.To(""), Style: r.To(s.assets.Style), Script: r.To(s.assets.Script), Icon: r.To(s.assets.Icon),
		Title: p.Title, Section: p.Section, Version: s.config.Version, RequestID: middleware.RecordOf(r.Context()).RequestID,
		IsFrontDoor: r.path == "/", HasResults: p.Results, Alternates: p.Alternates,
		Visitor: r.Visitor, IsAdministrator: r.Visitor.IsAdministrator(), Page: p.Model, Signs: draw.Signs, Unknown: r.unknown,
	}
	for _, entry := range navigation {
		f.Navigation = append(f.Navigation, navigationEntry{
			Name: entry.name, Link: r.To(entry.page), Current: entry.section == p.Section, IsWide: entry.isWide,
		})
	}
	back := "?return_to=" + url.QueryEscape(r.returnPath())
	f.LogIn, f.LogOut, f.Register = r.To("login"+back), r.To("logout"), r.To("register"+back)
	if f.IsAdministrator {
		f.Review = s.waiting(r.Context(), r.Caller())
	}
	return f
}

// returnPath is the path of this page with its query, below the public prefix.
func (r *Request) returnPath() string {
	path := Path + r.path
	if r.Format != "" {
		path += "." + r.Format
	}
	if r.URL.RawQuery != "" && r.Method != http.MethodPost {
		path += "?" + r.URL.RawQuery
	}
	return path
}

// waiting is the number of things that wait for a decision. Without the database the frame of
// the page that says so has none.
func (s *Site) waiting(ctx context.Context, caller domain.Caller) int {
	submits, err := s.config.Services.Reports.ListSubmits(ctx, caller, ports.SubmitQuery{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}, Sort: []filter.Key{{Field: "id"}}},
	})
	if err != nil {
		return 0
	}
	return submits.Total
}
