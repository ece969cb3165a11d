package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// entitiesModel is the view model of the lists of benchmarks and sites.
type entitiesModel struct {
	Title, Lead string
	Notice      string
	// Search is the text that is searched for.
	Search string
	Tabs   []tab
	// Status is that of the form.
	Status       string
	Items        []entityLine
	Total        string
	Newer, Older Link
	Add          anchor
}

// tab is a link to another view of the same.
type tab struct {
	anchor

	Current bool
}

// entityLine is a benchmark or a site in a list.
type entityLine struct {
	anchor

	Sub, Description, Count string
	Results                 Link
}

const entityPage = 20

// listQuery is the query of a list of benchmarks or sites.
type listQuery struct {
	terms  string
	status domain.Status
	page   int
}

// longestTerms bounds a search in characters.
const longestTerms = 200

func listQueryOf(values url.Values) listQuery {
	q := listQuery{terms: strings.TrimSpace(clipped(values.Get("terms"), longestTerms)), status: domain.Approved, page: 1}
	if values.Get("status") == string(domain.OnReview) {
		q.status = domain.OnReview
	}
	const mostPages = 100_000
	if n, err := strconv.Atoi(values.Get("page")); err == nil && n > 1 && n <= mostPages {
		q.page = n
	}
	return q
}

func (q listQuery) on(page string) string {
	values := url.Values{}
	if q.terms != "" {
		values.Set("terms", q.terms)
	}
	if q.status == domain.OnReview {
		values.Set("status", string(q.status))
	}
	if q.page > 1 {
		values.Set("page", strconv.Itoa(q.page))
	}
	if len(values) == 0 {
		return page
	}
	return page + "?" + values.Encode()
}

func (q listQuery) options(sort string) ports.ReviewedOptions {
	return ports.ReviewedOptions{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: q.page, Size: entityPage}, Sort: []filter.Key{{Field: sort}}},
		Status:      q.status,
	}
}

// model is that of a list with so many items on all pages.
func (q listQuery) model(r *Request, page string, total int, one, several string) *entitiesModel {
	m := &entitiesModel{Notice: adminNotices[r.URL.Query().Get("done")], Search: q.terms, Total: countOf(total, one, several)}
	for _, view := range []struct {
		text   string
		status domain.Status
	}{{"Approved", domain.Approved}, {"On review", domain.OnReview}} {
		to := listQuery{terms: q.terms, status: view.status, page: 1}
		m.Tabs = append(m.Tabs, tab{anchor{view.text, r.To(to.on(page))}, q.status == view.status})
	}
	if q.status == domain.OnReview {
		m.Status = string(q.status)
	}
	newer, older := q, q
	newer.page, older.page = q.page-1, q.page+1
	if q.page > 1 {
		m.Newer = r.To(newer.on(page))
	}
	if q.page*entityPage < total {
		m.Older = r.To(older.on(page))
	}
	return m
}

// showBenchmarks is the list of benchmarks.
func (s *Site) showBenchmarks(r *Request) (Answer, error) {
	q := listQueryOf(r.URL.Query())
	page, err := s.config.Services.Benchmarks.Search(r.Context(), r.Caller(), ports.BenchmarkQuery{
		ReviewedOptions: q.options("docker_image"), Terms: strings.Fields(q.terms),
	})
	if err != nil {
		return nil, err
	}
	m := q.model(r, "benchmarks", page.Total, "benchmark", "benchmarks")
	m.Title, m.Lead = "Benchmarks", "Containers that measure, and the form of their results."
	m.Add = anchor{"Bring a benchmark", r.To("benchmarks/new")}
	for _, b := range page.Items {
		line := entityLine{anchor: anchor{shortName(b), r.To("benchmarks/" + b.ID.String())}, Sub: b.Name(), Description: textOf(b.Description)}
		if all := metrics.Of(b); len(all) > 0 {
			line.Sub += " · " + strings.TrimSuffix(metricName(all[0])+", "+all[0].Unit, ", ")
		}
		results, err := s.countResults(r, ports.ResultQuery{BenchmarkIDs: []uuid.UUID{b.ID}})
		if err != nil {
			return nil, err
		}
		if results > 0 {
			line.Count = countOf(results, "result", "results")
			line.Results = r.On("results", address.Query{Benchmarks: []string{benchmarkInAddress(b)}})
		}
		m.Items = append(m.Items, line)
	}
	return Page{Template: "entities", Title: m.Title, Section: "benchmarks", Model: m}, nil
}

// showSites is the list of sites.
func (s *Site) showSites(r *Request) (Answer, error) {
	q := listQueryOf(r.URL.Query())
	page, err := s.config.Services.Sites.Search(r.Context(), r.Caller(), ports.SiteQuery{
		ReviewedOptions: q.options("name"), Terms: strings.Fields(q.terms),
	})
	if err != nil {
		return nil, err
	}
	m := q.model(r, "sites", page.Total, "site", "sites")
	m.Title, m.Lead = "Sites", "Computing centres, and their machine types."
	m.Add = anchor{"Add a site", r.To("sites/new")}
	ids := make([]uuid.UUID, len(page.Items))
	for i, site := range page.Items {
		ids[i] = site.ID
	}
	results, err := s.config.Services.Results.CountBySite(r.Context(), r.Caller(), ids)
	if err != nil {
		return nil, err
	}
	for _, site := range page.Items {
		line := entityLine{anchor: anchor{site.Name, r.To("sites/" + site.ID.String())}, Sub: site.Address, Description: textOf(site.Description)}
		if n := results[site.ID]; n > 0 {
			line.Count = countOf(n, "result", "results")
			line.Results = r.On("results", address.Query{Sites: []string{siteInAddress(site)}})
		}
		m.Items = append(m.Items, line)
	}
	return Page{Template: "entities", Title: m.Title, Section: "sites", Model: m}, nil
}
