package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// page is the form with what was entered.
func (u *uploading) page(checked bool) (Answer, error) {
	m := &uploadModel{
		Title: "Upload results", Faults: u.faults, Before: u.loginHint(u.r, domain.CreateResult), HasSite: u.site != nil, Checked: checked,
		Day: u.form.Get("day"), Time: u.form.Get("time"), Tags: u.form.Get("tags"), NewTags: u.newTags, Nonce: u.form.Get("nonce"),
		Good: u.good(), Bad: u.bad(), NewSite: u.r.To("sites/new"), Reason: u.form.Get("reason"), Send: "Send",
	}
	if m.Nonce == "" || len(m.Nonce) > len(uuid.Nil.String()) {
		m.Nonce = uuid.NewString()
	}
	if m.Bad > 0 && m.Good > 0 {
		m.Send = fmt.Sprintf("Send %d of %d", m.Good, m.Good+m.Bad)
	}
	if u.corrected != nil {
		m.Title = "Correct a result"
		m.Corrects = anchor{resultTitle(u.corrected.Result), u.r.To("results/" + u.corrected.ID.String())}
		m.CorrectsID = u.corrected.ID.String()
	}
	for i, file := range u.form.files {
		line := fileLine{Index: i, Name: file.name, Text: file.text}
		if i < len(u.checked) {
			line = u.checked[i].line
		}
		m.Files = append(m.Files, line)
	}
	if err := u.offer(m); err != nil {
		return nil, err
	}
	return Page{Template: "upload", Title: m.Title, Section: "upload", Status: statusOf(u.faults), Model: m}, nil
}

// offer fills the lists to choose from.
func (u *uploading) offer(m *uploadModel) error {
	var benchmarks []*domain.Benchmark
	if u.benchmark != nil {
		benchmarks = append(benchmarks, u.benchmark)
	}
	var err error
	if m.Benchmarks, m.MoreBenchmarks, err = u.benchmarkOptions(u.r, benchmarks, mostOffered); err != nil {
		return err
	}
	if err := u.offerSites(m); err != nil {
		return err
	}
	if err := u.offerFlavors(m); err != nil {
		return err
	}
	if u.site != nil {
		m.NewFlavor = u.r.To("sites/" + u.site.ID.String() + "/flavors/new")
	}
	chosen := u.form.Get("zone")
	for _, zone := range zones {
		zone.Chosen = zone.Value == chosen || chosen == "" && zone.Value == "Z"
		m.Zones = append(m.Zones, zone)
	}
	return u.offerTags(m)
}

// mostOffered is how many benchmarks, sites, flavors and tags the form offers of each. A search finds the other ones.
const mostOffered = 50

func searched() ports.ReviewedOptions {
	q := ports.ReviewedOptions{Status: domain.Approved}
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: mostOffered}, []filter.Key{{Field: "name"}}
	return q
}

// offerSites offers approved sites by name: those that are searched for, and the chosen one.
func (u *uploading) offerSites(m *uploadModel) error {
	m.FindSite = clipped(u.form.Get("find-site"), longestTerms)
	page, err := u.config.Services.Sites.Search(u.r.Context(), u.r.Caller(), ports.SiteQuery{
		ReviewedOptions: searched(), Terms: strings.Fields(m.FindSite),
	})
	if page.Total > len(page.Items) || m.FindSite != "" {
		m.ManySites = words.Number(page.Total)
	}
	sites := page.Items
	if u.site != nil && !slices.ContainsFunc(sites, func(s *domain.Site) bool { return s.ID == u.site.ID }) {
		sites = append([]*domain.Site{u.site}, sites...)
	}
	for _, site := range sites {
		m.Sites = append(m.Sites, listOption{
			Value: site.ID.String(), Text: clipped(site.Name, longestShown), Chosen: u.site != nil && u.site.ID == site.ID,
		})
	}
	return err
}

// offerFlavors offers approved flavors of the chosen site.
func (u *uploading) offerFlavors(m *uploadModel) error {
	if u.site == nil {
		return nil
	}
	m.FindFlavor = clipped(u.form.Get("find-flavor"), longestTerms)
	page, err := u.config.Services.Flavors.Search(u.r.Context(), u.r.Caller(), ports.FlavorQuery{
		ReviewedOptions: searched(), SiteID: u.site.ID, Terms: strings.Fields(m.FindFlavor),
	})
	if page.Total > len(page.Items) || m.FindFlavor != "" {
		m.ManyFlavors = words.Number(page.Total)
	}
	flavors := page.Items
	if u.flavor != nil && !slices.ContainsFunc(flavors, func(f *domain.Flavor) bool { return f.ID == u.flavor.ID }) {
		flavors = append([]*domain.Flavor{u.flavor}, flavors...)
	}
	for _, flavor := range flavors {
		m.Flavors = append(m.Flavors, listOption{
			Value: flavor.ID.String(), Text: clipped(flavor.Name, longestShown), Chosen: u.flavor != nil && u.flavor.ID == flavor.ID,
		})
	}
	return err
}

func (u *uploading) offerTags(m *uploadModel) error {
	q := ports.TagQuery{}
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: mostOffered}, []filter.Key{{Field: "name"}}
	page, err := u.config.Services.Tags.List(u.r.Context(), u.r.Caller(), q)
	for _, tag := range page.Items {
		if len(tag.Name) <= longestOffer {
			m.KnownTags = append(m.KnownTags, tag.Name)
		}
	}
	return err
}

// zones are the offsets that are in use.
var zones = []listOption{
	{Value: "Z", Text: "UTC"}, {Value: "-10:00", Text: "UTC-10:00 (Honolulu)"}, {Value: "-09:00", Text: "UTC-09:00"},
	{Value: "-08:00", Text: "UTC-08:00 (Los Angeles, winter)"}, {Value: "-07:00", Text: "UTC-07:00"}, {Value: "-06:00", Text: "UTC-06:00"},
	{Value: "-05:00", Text: "UTC-05:00 (New York, winter)"}, {Value: "-04:00", Text: "UTC-04:00"}, {Value: "-03:30", Text: "UTC-03:30"},
	{Value: "-03:00", Text: "UTC-03:00"}, {Value: "-02:00", Text: "UTC-02:00"}, {Value: "-01:00", Text: "UTC-01:00"},
	{Value: "+00:00", Text: "UTC+00:00 (Lisbon, winter)"}, {Value: "+01:00", Text: "UTC+01:00 (Berlin, winter)"},
	{Value: "+02:00", Text: "UTC+02:00 (Berlin, summer; Athens, winter)"}, {Value: "+03:00", Text: "UTC+03:00 (Athens, summer)"},
	{Value: "+03:30", Text: "UTC+03:30"}, {Value: "+04:00", Text: "UTC+04:00"}, {Value: "+05:00", Text: "UTC+05:00"},
	{Value: "+05:30", Text: "UTC+05:30 (Delhi)"}, {Value: "+06:00", Text: "UTC+06:00"}, {Value: "+07:00", Text: "UTC+07:00"},
	{Value: "+08:00", Text: "UTC+08:00 (Beijing)"}, {Value: "+09:00", Text: "UTC+09:00 (Tokyo)"}, {Value: "+09:30", Text: "UTC+09:30"},
	{Value: "+10:00", Text: "UTC+10:00 (Sydney, winter)"}, {Value: "+11:00", Text: "UTC+11:00"}, {Value: "+12:00", Text: "UTC+12:00"},
	{Value: "+13:00", Text: "UTC+13:00"},
}
