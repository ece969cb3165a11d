package web

import (
	"errors"
	"html/template"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// reviewItemModel is the view model of one decision.
type reviewItemModel struct {
	Title  string
	Thing  anchor
	Quote  string
	By     string
	Waits  string
	Facts  []fact
	Checks []checkLine
	// Code is a JSON Schema, Tree the document of a claimed result.
	Code string
	Tree *tree
	// Strip has the value of a claimed result among the medians of all flavors.
	Strip template.HTML
	// Later leads to the page that waits for the ranking; empty if it is there.
	Later Link
	// Decided says who was first; then there is nothing to decide.
	Decided string
	Approve string
	// Effect says what the buttons do, where their names do not.
	Effect string
	Reject string
	Reason string
	Next   Link
	Faults []fieldFault
	// ResultID is that of a claim, by which a second reviewer finds the decision.
	ResultID string
	// Correct is the form that corrects what was submitted; nil for a claim.
	Correct *correction
	Notice  string
}

// checkLine is something that a reviewer should look at.
type checkLine struct {
	Text   string
	IsGood bool
	More   anchor
}

func (m *reviewItemModel) check(good bool, text string, more ...anchor) {
	line := checkLine{Text: text, IsGood: good}
	if len(more) > 0 {
		line.More = more[0]
	}
	m.Checks = append(m.Checks, line)
}

// showReviewItem is the page of one decision.
func (s *Site) showReviewItem(r *Request) (Answer, error) {
	form, _ := s.takeForm(r)
	if form.Values == nil {
		form.Values = r.URL.Query()
	}
	return s.reviewItem(r, form, nil)
}

func (s *Site) reviewItem(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	if err := r.may(domain.ShowDecision); err != nil {
		return nil, err
	}
	kind, ok := kindOf(r.PathValue("kind"))
	id, isID := r.ID()
	if !ok || !isID {
		return nil, errNoPage
	}
	m := &reviewItemModel{
		Title: words.Upper(string(kind)), Reason: form.Get("reason"), Faults: faults, Approve: "Approve", Reject: "Reject",
		Notice: newNotices[r.URL.Query().Get("done")],
	}
	describe := map[domain.Resource]func(*Request, uuid.UUID, *reviewItemModel) error{
		domain.BenchmarkResource: s.reviewBenchmark, domain.SiteResource: s.reviewSite, domain.FlavorResource: s.reviewFlavor,
		domain.ClaimResource: s.reviewClaim,
	}[kind]
	err := describe(r, id, m)
	isGone := domain.KindOf(err) == domain.NotFound
	if err != nil && !isGone {
		return nil, err
	}
	if isGone || m.Decided != "" {
		if err := s.tellDecision(r, kind, id, form, m); err != nil {
			return nil, err
		}
	}
	if m.Next, err = s.nextToReview(r, id); err != nil {
		return nil, err
	}
	title := "Review: " + string(kind)
	if m.Thing.Text != "" {
		title = "Review: " + m.Thing.Text
	}
	status := statusOf(faults)
	if m.Decided != "" {
		m.Faults, m.Correct = nil, nil
		status = 0
	}
	return Page{Template: "reviewitem", Title: title, Section: "review", Status: status, Model: m}, nil
}

// tellDecision says who was first.
func (s *Site) tellDecision(r *Request, kind domain.Resource, id uuid.UUID, form formValues, m *reviewItemModel) error {
	of, at := kind, id
	if resultID, ok := asID(form.Get("result")); ok && kind == domain.ClaimResource {
		of, at = domain.ResultResource, resultID
	}
	if m.ResultID != "" {
		of, at = domain.ResultResource, uuid.MustParse(m.ResultID)
	}
	text, err := s.decisionText(r, of, at)
	if text == "" {
		text = "This does not wait for a decision any more: somebody has decided, or it was removed."
	}
	m.Decided = text
	return err
}

func (m *reviewItemModel) submitted(s *Site, r *Request, kind domain.Resource, id uuid.UUID, review domain.Review, at time.Time) error {
	if review.IsApproved() {
		m.Decided = "approved"
	}
	m.Waits = ageText(time.Since(at))
	q := ports.SubmitQuery{ResourceType: &kind}
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: firstPage.Size}, oldestFirst
	for number := 1; m.By == ""; number++ {
		q.Page.Number = number
		page, err := s.config.Services.Reports.ListSubmits(r.Context(), r.Caller(), q)
		if err != nil {
			return ignoreMissing(err)
		}
		for _, submit := range page.Items {
			if submit.ResourceID == id && submit.Uploader != nil {
				m.By = submit.Uploader.Email
			}
		}
		if number >= page.Pages() {
			break
		}
	}
	return nil
}

func (s *Site) reviewBenchmark(r *Request, id uuid.UUID, m *reviewItemModel) error {
	b, err := s.config.Services.Benchmarks.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return err
	}
	m.Thing, m.Code = benchmarkAnchor(r, b), indented(b.JSONSchema)
	m.Correct = correctionOf(r, domain.BenchmarkResource, benchmarkTexts(b), m.Faults)
	m.Facts = []fact{
		{Name: "Image", Text: b.Name(), Code: true},
		{Name: "Web page", Text: b.URL, Link: Link(safeURL(b.URL))}, //nolint:gosec // checked
	}
	if b.Description != nil {
		m.Facts = append(m.Facts, fact{Name: "Description", Text: *b.Description})
	}
	if err := m.submitted(s, r, domain.BenchmarkResource, id, b.Review, b.UploadedAt); err != nil || m.Decided != "" {
		return err
	}
	switch b.Image.Digest {
	case "":
		m.check(false, "No registry was asked for the image: look whether everybody can pull it.")
	default:
		m.check(true, "The registry has the image: "+b.Image.Digest)
	}
	if b.DockerTag == "latest" {
		m.check(false, "The tag is latest: results of it cannot be compared over time.")
	}
	found, err := s.config.Services.Benchmarks.Check(r.Context(), r.Caller(), service.NewBenchmark{
		DockerImage: b.DockerImage, DockerTag: b.DockerTag, URL: b.URL, JSONSchema: b.JSONSchema,
	}, document.Value{})
	if err != nil {
		if e, ok := errors.AsType[*domain.Error](err); ok && e.Kind == domain.Unavailable {
			m.check(false, "The registry does not answer now.")
			return nil
		}
		return err
	}
	m.checkBenchmark(found, b)
	return nil
}

func (m *reviewItemModel) checkBenchmark(found service.BenchmarkCheck, b *domain.Benchmark) {
	if len(found.Schema) == 0 {
		m.check(true, "The JSON Schema compiles.")
	}
	for _, violation := range found.Schema {
		m.check(false, "The JSON Schema, "+words.Violation(violation))
	}
	for _, text := range found.Fields["docker_image"] {
		m.check(false, text)
	}
	required := 0
	for _, property := range metrics.Properties(b.JSONSchema) {
		if property.Required {
			required++
		}
	}
	m.check(required > 0, words.Requires(required))
	all := metrics.Of(b)
	if len(all) == 0 {
		m.check(false, "It declares no metric: comparisons have to name a path.")
	}
	for _, metric := range all {
		m.check(metric.Better != domain.NoneBetter, "Metric "+metricName(metric)+": "+betterWords(metric.Better)+".")
	}
	for _, name := range found.Alike {
		m.check(false, "The name looks like that of "+name+".")
	}
}

// comparedFlavors is how many flavors of the site the review compares the name of a new one with.
const comparedFlavors = 100

// safeURL is the address of a page elsewhere, empty for what is none.
func safeURL(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	return ""
}

func (s *Site) reviewSite(r *Request, id uuid.UUID, m *reviewItemModel) error {
	site, err := s.config.Services.Sites.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return err
	}
	m.Thing, m.Correct = siteAnchor(r, site), correctionOf(r, domain.SiteResource, siteTexts(site), m.Faults)
	m.Facts = []fact{{Name: "Address", Text: site.Address}}
	if site.Description != nil {
		m.Facts = append(m.Facts, fact{Name: "Description", Text: *site.Description})
	}
	if err := m.submitted(s, r, domain.SiteResource, id, site.Review, site.UploadedAt); err != nil || m.Decided != "" {
		return err
	}
	q := ports.SiteQuery{}
	q.Page, q.Status, q.Sort = firstPage, domain.Approved, []filter.Key{{Field: "name"}}
	page, err := s.config.Services.Sites.List(r.Context(), r.Caller(), q)
	if err != nil {
		return err
	}
	alike := 0
	for _, other := range page.Items {
		if looksLike(other.Name, site.Name) || strings.EqualFold(other.Address, site.Address) {
			alike++
			m.check(false, "Is it like this site?", siteAnchor(r, other))
		}
	}
	if alike == 0 {
		m.check(true, "No site has such a name or address.")
	}
	return nil
}

func (s *Site) reviewFlavor(r *Request, id uuid.UUID, m *reviewItemModel) error {
	flavor, err := s.config.Services.Flavors.Get(r.Context(), r.Caller(), id)
	if err != nil {
		return err
	}
	site, err := s.config.Services.Flavors.GetSite(r.Context(), r.Caller(), id)
	if err != nil {
		return err
	}
	m.Thing, m.Correct = flavorAnchor(r, flavor), correctionOf(r, domain.FlavorResource, flavorTexts(flavor), m.Faults)
	m.Facts = []fact{{Name: "Site", Text: site.Name, Link: siteAnchor(r, site).Link}}
	if flavor.Description != nil {
		m.Facts = append(m.Facts, fact{Name: "Description", Text: *flavor.Description})
	}
	if err := m.submitted(s, r, domain.FlavorResource, id, flavor.Review, flavor.UploadedAt); err != nil || m.Decided != "" {
		return err
	}
	if site.IsApproved() {
		m.check(true, "Its site is approved.")
	} else {
		m.check(false, "Its site is on review: decide about that one first.")
	}
	others, _, err := s.flavorsOf(r, site.ID, comparedFlavors)
	if err != nil {
		return err
	}
	alike := 0
	for _, other := range others {
		if other.ID != id && looksLike(other.Name, flavor.Name) {
			alike++
			m.check(false, "Is it like this flavor?", flavorAnchor(r, other))
		}
	}
	if alike == 0 {
		m.check(true, "No flavor of the site has such a name.")
	}
	return nil
}

// looksLike is true for names that differ in case and punctuation only, or of which one is in the
// other.
func looksLike(a, b string) bool {
	plain := func(text string) string {
		return strings.Map(func(c rune) rune {
			if strings.ContainsRune(" -_./", c) {
				return -1
			}
			return c
		}, strings.ToLower(text))
	}
	const shortest = 4
	x, y := plain(a), plain(b)
	return x == y || len(x) >= shortest && strings.Contains(y, x) || len(y) >= shortest && strings.Contains(x, y)
}
