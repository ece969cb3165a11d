package web

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

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
	benchmarks, err := u.offeredBenchmarks()
	if err != nil {
		return err
	}
	for _, b := range benchmarks {
		m.Benchmarks = append(m.Benchmarks, listOption{
			Value: b.ID.String(), Text: shortName(b) + " (" + b.Name() + ")", Chosen: u.benchmark != nil && u.benchmark.ID == b.ID,
		})
	}
	sites, err := u.offeredSites()
	if err != nil {
		return err
	}
	for _, site := range sites {
		m.Sites = append(m.Sites, listOption{Value: site.ID.String(), Text: site.Name, Chosen: u.site != nil && u.site.ID == site.ID})
	}
	for _, flavor := range u.flavors {
		m.Flavors = append(m.Flavors, listOption{
			Value: flavor.ID.String(), Text: flavor.Name, Chosen: u.flavor != nil && u.flavor.ID == flavor.ID,
		})
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

func (u *uploading) offerTags(m *uploadModel) error {
	q := ports.TagQuery{}
	q.Page, q.Sort = firstPage, []filter.Key{{Field: "name"}}
	page, err := u.config.Services.Tags.List(u.r.Context(), u.r.Caller(), q)
	for _, tag := range page.Items {
		m.KnownTags = append(m.KnownTags, tag.Name)
	}
	return err
}

func (u *uploading) offeredBenchmarks() ([]*domain.Benchmark, error) {
	offered, err := u.Site.offeredBenchmarks(u.r)
	if b := u.benchmark; b != nil && !slices.ContainsFunc(offered, func(o *domain.Benchmark) bool { return o.ID == b.ID }) {
		offered = append(offered, b)
	}
	return offered, err
}

// offeredSites are the approved sites by name.
func (u *uploading) offeredSites() (sites []*domain.Site, err error) {
	const mostPages = 10
	for number := 1; number <= mostPages; number++ {
		q := ports.SiteQuery{}
		q.Status, q.Page, q.Sort = domain.Approved, domain.PageRequest{Number: number, Size: firstPage.Size}, []filter.Key{{Field: "name"}}
		page, err := u.config.Services.Sites.List(u.r.Context(), u.r.Caller(), q)
		if err != nil {
			return nil, err
		}
		sites = append(sites, page.Items...)
		if number >= page.Pages() {
			break
		}
	}
	return sites, nil
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
