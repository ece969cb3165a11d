package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// uploadModel is the view model of the form that uploads results.
type uploadModel struct {
	Title      string
	Faults     []fieldFault
	Before     loginHint
	Benchmarks []option
	// MoreBenchmarks is true if there are more than the form offers.
	MoreBenchmarks bool
	Sites          []listOption
	Flavors, Zones []listOption
	HasSite        bool
	// FindSite and FindFlavor are what is searched for. ManySites and ManyFlavors are how many there are, empty if the form
	// offers all.
	FindSite, FindFlavor   string
	ManySites, ManyFlavors string
	Day, Time, Tags        string
	KnownTags              []string
	NewTags                []newTag
	Files                  []fileLine
	Good, Bad              int
	Checked                bool
	Nonce                  string
	NewSite, NewFlavor     Link
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
	// Twin is an earlier file of the form with the same content.
	Twin   string
	IsGood bool
}

// uploading is an upload that is being made.
type uploading struct {
	*Site

	r         *Request
	form      uploadForm
	benchmark *domain.Benchmark
	site      *domain.Site
	flavor    *domain.Flavor
	at        *service.ExecutionTime
	corrected *domain.ResultRecord
	faults    []fieldFault
	checked   []checkedFile
	tags      []uuid.UUID
	newTags   []newTag
}

// checkedFile is a file with what its check has found. Of its document the digest is kept, no more: one
// document is in memory at a time.
type checkedFile struct {
	sentFile

	digest string
	line   fileLine
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
	u := &uploading{Site: s, r: r, form: form}
	if err := u.choose(); err != nil {
		return nil, err
	}
	do := form.Get("do")
	if do == "site" || form.Has("remove") {
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
	if do == "login" && s.loginHint(r, domain.CreateResult).Text != "" {
		return s.logInFirst(r, form.kept())
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
	if u.form.Has("nonce") {
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
	u.form.files = []sentFile{{"result.json", string(record.JSON)}}
	for name, text := range map[string]string{
		"benchmark": record.Benchmark.ID.String(), "site": record.Site.ID.String(), "flavor": record.Flavor.ID.String(),
		"day": at.Format(time.DateOnly), "time": at.Format(time.TimeOnly), "zone": "Z", "tags": strings.Join(names, ", "),
	} {
		if !u.form.Has(name) {
			u.form.Set(name, text)
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
	l := lookup{pages: u.Site, ctx: u.r.Context(), caller: u.r.Caller()}
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
	l := lookup{pages: u.Site, ctx: u.r.Context(), caller: u.r.Caller()}
	found, err := l.site(text)
	if err != nil {
		return err
	}
	if found == nil {
		u.fault("site", "There is no such site: choose another.")
		return nil
	}
	site, err := u.config.Services.Sites.Get(u.r.Context(), u.r.Caller(), found.ID)
	if err != nil {
		return err
	}
	if !site.IsApproved() {
		u.fault("site", "The site is on review: it takes no results yet.")
		return nil
	}
	u.site = site
	return nil
}

// chooseFlavor takes a flavor of the chosen site only: with another site, the one of before is
// none of its flavors.
func (u *uploading) chooseFlavor() error {
	if u.site == nil {
		u.fault("flavor", "Choose a site, then one of its flavors.")
		return nil
	}
	flavor, err := u.flavorNamed(u.form.Get("flavor"))
	switch {
	case err != nil:
		return err
	case flavor == nil || flavor.SiteID != u.site.ID || !flavor.IsApproved():
		u.fault("flavor", "Choose a flavor of "+u.site.Name+".")
	default:
		u.flavor = flavor
	}
	return nil
}

// flavorNamed is the flavor of this name at the chosen site, or of this id; nil if there is none.
func (u *uploading) flavorNamed(text string) (*domain.Flavor, error) {
	flavors := u.config.Services.Flavors
	if id, ok := asID(text); ok {
		return absent(flavors.Get(u.r.Context(), u.r.Caller(), id))
	}
	return first(flavors.List(u.r.Context(), u.r.Caller(), ports.FlavorQuery{ReviewedOptions: approvedOne(), SiteID: u.site.ID, Name: &text}))
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
	var missing []string
	u.tags, missing, err = u.findTags(u.r, tagNames(u.form.Get("tags")))
	if err == nil {
		u.newTags, err = u.newTagsOf(u.r, missing)
	}
	if faults, ok := faultsOf(err, map[string]string{"": "tags"}); ok {
		u.faults = append(u.faults, faults...)
		return nil
	}
	return err
}
