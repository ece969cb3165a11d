package web

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// siteModel is the view model of a site.
type siteModel struct {
	Name, Address, Description string
	OnReview                   bool
	Notice                     string
	Actions                    []anchor
	// Benchmarks head the columns of places.
	Benchmarks []anchor
	Flavors    []flavorLine
	// Places leads to the page that waits for the places of the flavors, and for their values if Without is true;
	// empty if they are there.
	Places  Link
	Without bool
	// More are benchmarks with results, but without a column.
	More []countedLink
	// Before and After are the flavors around those of the page, Range is which of how many it has; empty if it has all.
	Before, After Link
	Range         string
	Newest        []resultLine
	Results       Link
	Count         string
	// Claimed says how many results are under claim; empty for none. Claims are those that the visitor may read.
	Claimed string
	Claims  []myClaim
	History []historyLine
	JSON    Link
	// Files are those of its results; none without results.
	Files   []anchor
	Correct *correction
	Remove  *removal
	Faults  []fieldFault
}

// flavorLine is a flavor in the table of its site.
type flavorLine struct {
	anchor

	Description string
	OnReview    bool
	// Results is their number, empty for none.
	Results string
	// Cells are its values for the benchmarks of the page.
	Cells []placeCell
}

// placeCell is what a flavor has for one benchmark.
type placeCell struct {
	Benchmark, Value, Place string
	Link                    Link
}

// resultLine is a result in a short list.
type resultLine struct {
	anchor

	Day, Benchmark, Place string
}

const (
	// shownFlavors and shownBenchmarks bound the table of a site.
	shownFlavors    = 50
	shownBenchmarks = 4
	shownNewest     = 5
)

// sitePage is the page of a site, with the faults of a form on it.
func (s *Site) sitePage(r *Request, id uuid.UUID, faults []fieldFault) (Answer, error) {
	site, err := s.config.Services.Sites.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return nil, err
	}
	m := &siteModel{
		Name: site.Name, Address: site.Address, Description: textOf(site.Description), OnReview: !site.IsApproved(),
		JSON: r.To("../sites/" + id.String()), Notice: newNotices[r.URL.Query().Get("done")], Faults: faults,
		Correct: correctionOf(r, domain.SiteResource, siteTexts(site), faults),
		Remove:  removalOf(r, domain.DeleteSite, site.Name, "its flavors and results"),
	}
	if site.IsApproved() {
		m.Actions = []anchor{{"Compare with others", r.On("compare", address.Query{By: []string{"site"}})}}
	}
	m.Actions = append(m.Actions, anchor{"Add a flavor", r.To("sites/" + id.String() + "/flavors/new")})
	of := ports.ResultQuery{SiteIDs: []uuid.UUID{id}}
	lines, total, err := s.newest(r, of)
	if err != nil {
		return nil, err
	}
	results := address.Query{Sites: []string{siteInAddress(site)}}
	m.Newest, m.Count, m.Results = lines, words.All(total, "result"), r.On("results", results)
	if total > 0 {
		m.Files = itemFiles(r, results, false)
	}
	if err := s.addFlavors(r, site, total, m); err != nil {
		return nil, err
	}
	if err := s.addSiteClaims(r, id, m); err != nil {
		return nil, err
	}
	page, err := s.config.Services.Sites.History(r.Context(), r.Caller(), id, firstPage)
	if err != nil {
		return nil, err
	}
	m.History = historyLines(page, domain.SiteResource)
	return Page{
		Template: "site", Title: site.Name, Section: "sites", Status: statusOf(faults),
		Alternates: asJSON(m.JSON), Model: m,
	}, nil
}

// statusOf is that of a form with faults.
func statusOf(faults []fieldFault) int {
	const invalid = 422
	if len(faults) > 0 {
		return invalid
	}
	return 0
}

// addFlavors lists the flavors of a site, which has so many results, with their places, those on review last.
func (s *Site) addFlavors(r *Request, site *domain.Site, results int, m *siteModel) error {
	number := listQueryOf(r.URL.Query()).page
	flavors, total, err := s.flavorsOf(r, site.ID, number*shownFlavors)
	if err != nil {
		return err
	}
	m.place(r, site, number, total)
	flavors = flavors[min(len(flavors), (number-1)*shownFlavors):]
	only := ports.ResultQuery{SiteIDs: []uuid.UUID{site.ID}}
	all, err := s.standingsOf(r, only, results)
	if err != nil {
		return err
	}
	m.More = all.moreLinks(r, address.Query{Sites: []string{siteInAddress(site)}})
	if m.Without = all.later && len(flavors) > 0; m.Without {
		m.Places = awaitPlaces
	}
	for i := range all.shown {
		of := &all.shown[i]
		if err := s.rank(r, of, only); err != nil {
			return err
		}
		m.Benchmarks = append(m.Benchmarks, anchor{shortName(of.benchmark), r.On("compare", address.Query{
			Benchmarks: []string{benchmarkInAddress(of.benchmark)}, Sites: []string{siteInAddress(site)},
		})})
		if of.all == nil && of.metric.Better != domain.NoneBetter {
			m.Places = awaitPlaces
		}
	}
	for _, flavor := range flavors {
		line := flavorLine{
			anchor: anchor{clipped(flavor.Name, longestShown), r.To("flavors/" + flavor.ID.String())}, Description: textOf(flavor.Description),
			OnReview: !flavor.IsApproved(),
		}
		if results := all.flavors[flavor.ID]; results > 0 {
			line.Results = words.Number(results)
		}
		for _, of := range all.shown {
			line.Cells = append(line.Cells, of.cell(r, site, flavor))
		}
		m.Flavors = append(m.Flavors, line)
	}
	return nil
}

// place says which of so many flavors the page has, and links to the others.
func (m *siteModel) place(r *Request, site *domain.Site, number, total int) {
	if total <= shownFlavors {
		return
	}
	at := func(number int) Link {
		return r.To("sites/" + site.ID.String() + "?page=" + strconv.Itoa(number) + "#flavors")
	}
	if number > 1 {
		m.Before = at(number - 1)
	}
	if number*shownFlavors < total {
		m.After = at(number + 1)
	}
	first, last := (number-1)*shownFlavors+1, min(number*shownFlavors, total)
	m.Range = fmt.Sprintf("%s-%s of %s", words.Number(first), words.Number(last), words.Number(total))
}

// flavorsOf are the flavors of a site by name, at most so many, and how many there are: those
// that are approved, then those on review.
func (s *Site) flavorsOf(r *Request, siteID uuid.UUID, most int) (flavors []*domain.Flavor, total int, err error) {
	for _, status := range []domain.Status{domain.Approved, domain.OnReview} {
		of := 0
		for number := 1; len(flavors) < most; number++ {
			q := ports.FlavorQuery{SiteID: siteID}
			q.Status, q.Sort, q.Page = status, []filter.Key{{Field: "name"}}, domain.PageRequest{Number: number, Size: firstPage.Size}
			page, err := s.config.Services.Flavors.List(r.Context(), r.Caller(), q)
			if err != nil {
				return nil, 0, err
			}
			flavors, of = append(flavors, page.Items...), page.Total
			if number >= page.Pages() {
				break
			}
		}
		total += of
	}
	return flavors[:min(len(flavors), most)], total, nil
}

func (of standing) cell(r *Request, site *domain.Site, flavor *domain.Flavor) placeCell {
	group := of.group(flavor.ID)
	if group == nil || group.Median == nil {
		return placeCell{}
	}
	q := address.Query{Benchmarks: []string{benchmarkInAddress(of.benchmark)}, Flavors: []string{flavorInAddress(site, flavor)}}
	cell := placeCell{
		Benchmark: shortName(of.benchmark), Value: words.MedianWithUnit(group, of.metric.Unit), Link: r.On("results", q),
	}
	if of.all != nil {
		if text := of.all.place(flavor.ID); text != "" {
			cell.Place = text + " of " + words.Number(of.all.Groups.Total)
		}
	}
	return cell
}

// newest are the results that ran last, and how many there are. An index has this order.
func (s *Site) newest(r *Request, q ports.ResultQuery) ([]resultLine, int, error) {
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: shownNewest}, []filter.Key{{Field: "execution_datetime", Descending: true}}
	page, err := s.config.Services.Results.List(r.Context(), r.Caller(), q)
	lines := make([]resultLine, len(page.Items))
	for i, result := range page.Items {
		lines[i] = resultLineOf(r, result)
	}
	return lines, page.Total, err
}

// resultLineOf is a result with its value.
func resultLineOf(r *Request, result *domain.Result) resultLine {
	text := "result"
	if metric, ok := metrics.Find(result.Benchmark, ""); ok {
		if reading, measured := metrics.Read(metric, result.JSON); measured {
			text = words.WithUnit(reading.Value, metric.Unit)
		}
	}
	return resultLine{
		anchor: anchor{text, r.To("results/" + result.ID.String())}, Day: dayText(result.ExecutedAt),
		Benchmark: shortName(result.Benchmark), Place: placeOf(result.Site.Name, result.Flavor.Name),
	}
}
