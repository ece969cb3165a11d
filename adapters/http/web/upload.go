package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// uploadModel is the view model of the form that uploads results.
type uploadModel struct {
	Title              string
	Faults             []fieldFault
	Before             loginHint
	Benchmarks, Sites  []listOption
	Flavors, Zones     []listOption
	HasSite            bool
	Day, Time, Tags    string
	KnownTags          []string
	NewTags            []string
	Files              []fileLine
	Good, Bad          int
	Checked            bool
	Nonce              string
	NewSite, NewFlavor Link
	// Corrects is the result that the upload takes the place of.
	Corrects   anchor
	CorrectsID string
	Reason     string
	Send       string
}

// fileLine is a file of the form, and what its check has found.
type fileLine struct {
	Index      int
	Name, Text string
	// Value is that of the metric, for a good one.
	Value  string
	Faults []string
	// Warnings do not keep a file from being sent; Same is a result of the same content.
	Warnings []string
	Same     anchor
	IsGood   bool
}

// uploading is an upload that is being made.
type uploading struct {
	*Site

	r         *Request
	form      uploadForm
	benchmark *domain.Benchmark
	site      *domain.Site
	flavors   []*domain.Flavor
	flavor    *domain.Flavor
	at        *service.ExecutionTime
	corrected *domain.ResultRecord
	faults    []fieldFault
	checked   []checkedFile
	tags      []uuid.UUID
	newTags   []string
}

type checkedFile struct {
	sentFile

	line  fileLine
	value document.Value
}

// showUpload is the page to upload results.
func (s *Site) showUpload(r *Request) (Answer, error) {
	query := r.URL.Query()
	if sent := query.Get("sent"); sent != "" {
		return s.showSent(r, sent)
	}
	u := &uploading{Site: s, r: r, form: uploadForm{formValues: formValues{query}}}
	if kept, ok := s.takeForm(r); ok {
		u.form = uploadForm{formValues: kept}
		if err := u.form.takeKept(); err != nil {
			return nil, err
		}
	}
	if err := u.choose(); err != nil {
		return nil, err
	}
	if len(u.form.files) > 0 {
		if err := u.check(); err != nil {
			return nil, err
		}
	}
	u.faults = nil // nobody has sent anything yet
	return u.page(len(u.form.files) > 0)
}

// sendUpload answers what the buttons of the form ask for.
func (s *Site) sendUpload(r *Request) (Answer, error) {
	form, err := r.readUpload()
	if err != nil {
		return nil, err
	}
	release, err := s.admitWrite(r, form)
	if err != nil {
		return nil, err
	}
	defer release()
	u := &uploading{Site: s, r: r, form: form}
	if err := u.choose(); err != nil {
		return nil, err
	}
	do := form.Get("do")
	if do == "site" || form.Values.Has("remove") {
		u.faults = nil
		if len(form.files) > 0 && u.benchmark != nil {
			err = u.check()
		}
		u.faults = nil
		if err != nil {
			return nil, err
		}
		return u.page(len(form.files) > 0)
	}
	if err := u.check(); err != nil {
		return nil, err
	}
	if do != "send" || len(u.faults) > 0 || u.good() == 0 || u.bad() > agreed(form) {
		return u.page(true)
	}
	if s.loginHint(r, domain.CreateResult).Text != "" {
		return s.logInFirst(r, form.kept())
	}
	if u.corrected != nil {
		return u.correct()
	}
	return u.send()
}

// agreed is how many bad files the sender knows of, and leaves out.
func agreed(form uploadForm) int {
	n := 0
	_, _ = fmt.Sscan(form.Get("bad"), &n) // no number agrees to nothing
	return n
}

// admitWrite waits until there is memory for the files.
func (s *Site) admitWrite(r *Request, form uploadForm) (release func(), err error) {
	if s.config.Shares == nil {
		return func() {}, nil
	}
	size := 0
	for _, file := range form.files {
		size = max(size, len(file.text))
	}
	share, err := s.config.Shares.Write(r.Context(), middleware.RecordOf(r.Context()).Client, document.MemoryPerByte*size)
	return share.Release, err
}

func (u *uploading) fault(field, text string) { u.faults = append(u.faults, fieldFault{field, text}) }

// choose looks up what the form names: benchmark, site, one of the site's flavors, time, tags.
func (u *uploading) choose() error {
	for _, step := range []func() error{u.chooseCorrected, u.chooseBenchmark, u.chooseSite, u.chooseFlavor, u.chooseTags} {
		if err := step(); err != nil {
			return err
		}
	}
	u.chooseTime()
	return nil
}

// chooseCorrected takes over what the corrected result has, unless the form says something else.
func (u *uploading) chooseCorrected() error {
	id, ok := asID(u.form.Get("corrects"))
	if !ok {
		return nil
	}
	record, err := u.config.Services.Results.Get(u.r.Context(), u.r.Caller(), id)
	if err != nil {
		return err
	}
	u.corrected = record
	if u.form.Values.Has("nonce") {
		if u.form.Get("reason") == "" {
			u.fault("reason", "Say why the result is corrected.")
		}
		return nil
	}
	names := make([]string, len(record.Tags))
	for i, tag := range record.Tags {
		names[i] = tag.Name
	}
	at := record.ExecutedAt.UTC()
	for name, text := range map[string]string{
		"benchmark": record.Benchmark.ID.String(), "site": record.Site.ID.String(), "flavor": record.Flavor.ID.String(),
		"day": at.Format(time.DateOnly), "time": at.Format(time.TimeOnly), "zone": "Z", "tags": strings.Join(names, ", "),
	} {
		if !u.form.Values.Has(name) {
			u.form.Values.Set(name, text)
		}
	}
	return nil
}

func (u *uploading) chooseBenchmark() error {
	text := u.form.Get("benchmark")
	if text == "" {
		u.fault("benchmark", "Choose a benchmark.")
		return nil
	}
	l := lookup{site: u.Site, ctx: u.r.Context(), caller: u.r.Caller()}
	benchmark, err := l.benchmark(text)
	switch {
	case err != nil:
		return err
	case benchmark == nil:
		u.fault("benchmark", "There is no such benchmark: choose another.")
	case !benchmark.IsApproved():
		u.fault("benchmark", "The benchmark is on review: it takes no results yet.")
	default:
		u.benchmark = benchmark
	}
	return nil
}

func (u *uploading) chooseSite() error {
	text := u.form.Get("site")
	if text == "" {
		u.fault("site", "Choose a site.")
		return nil
	}
	l := lookup{site: u.Site, ctx: u.r.Context(), caller: u.r.Caller()}
	id, err := l.siteID(text)
	if err != nil {
		return err
	}
	if id == uuid.Nil {
		u.fault("site", "There is no such site: choose another.")
		return nil
	}
	site, err := u.config.Services.Sites.Get(u.r.Context(), u.r.Caller(), id)
	if err != nil {
		return err
	}
	if !site.IsApproved() {
		u.fault("site", "The site is on review: it takes no results yet.")
		return nil
	}
	u.site = site
	flavors, _, err := u.flavorsOf(u.r, id, mostUploadFlavors)
	u.flavors = slices.DeleteFunc(flavors, func(f *domain.Flavor) bool { return !f.IsApproved() })
	return err
}

// mostUploadFlavors bounds the flavors that the form offers.
const mostUploadFlavors = 1000

// chooseFlavor takes a flavor of the chosen site only: with another site, the one of before is
// none of its flavors.
func (u *uploading) chooseFlavor() error {
	text := u.form.Get("flavor")
	for _, flavor := range u.flavors {
		if text == flavor.ID.String() || text == flavor.Name {
			u.flavor = flavor
			return nil
		}
	}
	switch {
	case u.site == nil:
		u.fault("flavor", "Choose a site, then one of its flavors.")
	default:
		u.fault("flavor", "Choose a flavor of "+u.site.Name+".")
	}
	return nil
}

func (u *uploading) chooseTime() {
	day, clock, zone := u.form.Get("day"), u.form.Get("time"), u.form.Get("zone")
	if day == "" {
		u.fault("day", "Say on which day it ran.")
		return
	}
	if clock == "" {
		u.fault("time", "Say at which time it ran.")
		return
	}
	if !slices.ContainsFunc(zones, func(z listOption) bool { return z.Value == zone }) {
		u.fault("zone", "Choose a time zone.")
		return
	}
	at, hasZone, ok := filter.ParseTime(day + "T" + clock + zone)
	switch {
	case !ok:
		u.fault("day", "A day looks like 2026-11-27, and a time like 10:00.")
	case at.After(time.Now()):
		u.fault("day", "The run lies in the future: look at the day, the time and the zone.")
	default:
		u.at = &service.ExecutionTime{Time: at, HasZone: hasZone}
	}
}

func (u *uploading) chooseTags() (err error) {
	u.tags, u.newTags, err = u.findTags(u.r, tagNames(u.form.Get("tags")))
	if faults, ok := faultsOf(err, map[string]string{"": "tags"}); ok {
		u.faults = append(u.faults, faults...)
		return nil
	}
	return err
}

// check lets the server's own validator look at all files.
func (u *uploading) check() error {
	if len(u.form.files) == 0 {
		u.fault("file", "Choose a file.")
		return nil
	}
	if u.corrected != nil && len(u.form.files) > 1 {
		u.fault("file", "A correction is one file: remove the others.")
	}
	u.checked = nil
	for i, file := range u.form.files {
		checked := checkedFile{sentFile: file, line: fileLine{Index: i, Name: file.name, Text: file.text}}
		if err := u.checkFile(&checked); err != nil {
			return err
		}
		u.checked = append(u.checked, checked)
	}
	return nil
}

func (u *uploading) checkFile(f *checkedFile) error {
	value, err := document.Parse(u.r.Context(), []byte(f.text), u.config.documents())
	switch {
	case u.r.Context().Err() != nil:
		return u.r.Context().Err()
	case err != nil:
		f.line.Faults = []string{"Not JSON: " + jsonFault([]byte(f.text), err)}
		return nil
	case value.Kind() != document.Object:
		f.line.Faults = []string{"A result is a JSON object, in braces."}
		return nil
	case u.benchmark == nil:
		return nil
	}
	f.value = value
	draft := service.Draft{BenchmarkID: u.benchmark.ID, Document: value}
	if u.at != nil && u.flavor != nil {
		draft.ExecutedAt, draft.FlavorID = &service.ExecutionTime{Time: u.at.Time, HasZone: true}, &u.flavor.ID
	}
	found, err := u.config.Services.Results.Validate(u.r.Context(), u.r.Caller(), draft)
	if faults, ok := faultsOf(err, nil); ok {
		f.line.Faults = []string{faults[0].Text}
		return nil
	}
	if err != nil {
		return err
	}
	f.take(u, found)
	return nil
}

// take notes what the validator has found.
func (f *checkedFile) take(u *uploading, found service.Validation) {
	for _, violation := range found.Violations {
		f.line.Faults = append(f.line.Faults, pointerText(violation))
	}
	for _, warning := range found.Warnings {
		if warning.ResultID != uuid.Nil {
			f.line.Same = anchor{"result " + warning.ResultID.String(), u.r.To("results/" + warning.ResultID.String())}
			continue
		}
		f.line.Warnings = append(f.line.Warnings, warning.Message)
	}
	f.line.IsGood = len(f.line.Faults) == 0
	if metric, ok := metrics.Find(u.benchmark, ""); ok && f.line.IsGood {
		if reading, measured := metrics.Read(metric, f.value.Append(nil)); measured {
			f.line.Value = words.WithUnit(reading.Value, metric.Unit)
		}
	}
}

func (u *uploading) good() int {
	n := 0
	for _, f := range u.checked {
		if f.line.IsGood {
			n++
		}
	}
	return n
}

func (u *uploading) bad() int { return len(u.checked) - u.good() }

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
	q := ports.BenchmarkQuery{}
	q.Status, q.Page, q.Sort = domain.Approved, firstPage, []filter.Key{{Field: "docker_image"}, {Field: "docker_tag"}}
	page, err := u.config.Services.Benchmarks.List(u.r.Context(), u.r.Caller(), q)
	if b := u.benchmark; b != nil && !slices.ContainsFunc(page.Items, func(o *domain.Benchmark) bool { return o.ID == b.ID }) {
		page.Items = append(page.Items, b)
	}
	return page.Items, err
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
