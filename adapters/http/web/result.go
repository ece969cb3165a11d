package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// resultModel is the view model of a result.
type resultModel struct {
	ID                                string
	Name, Value, Unit, Better, Metric string
	Benchmark, Site, Flavor           anchor
	// Facts are cores, processor and day of the run.
	Facts []string
	// Place is that of its flavor; nil for none.
	Place   *place
	Banners []banner
	Repeats *repeats
	Tree    tree
	// Provenance has what is known of the origin.
	Provenance []fact
	History    []historyLine
	Claims     []claimLine
	Tags       []anchor
	// TagNames are those of the form, Tagging is true for who may change them.
	TagNames string
	Tagging  bool
	Notice   string
	Cite     string
	Curl     string
	JSON     Link
	Files    []anchor
	Actions  []anchor
	// Restore is true for who may bring the result back.
	Restore bool
}

// banner is a sentence about the state of what the page shows.
type banner struct {
	Text string
	// More leads to what the sentence is about; empty for nothing.
	More anchor
}

// fact is a name with a text.
type fact struct {
	Name, Text string
	Link       Link
	// Code is true for a text of machines.
	Code bool
	// Instant is the same time for machines; empty for what is none.
	Instant string
}

// timeFact is an instant as a fact: in UTC, with the title of a script in the time of the reader.
func timeFact(name string, at time.Time) fact {
	return fact{Name: name, Text: instantText(at), Instant: at.UTC().Format(time.RFC3339)}
}

// repeats are those of one run.
type repeats struct {
	Picture, Axis, Grid template.HTML
	Text                string
}

// showResult is the page of a result.
func (s *Site) showResult(r *Request) (Answer, error) {
	record, err := s.resultOf(r)
	if err != nil {
		return nil, err
	}
	if r.Format != "" {
		return s.downloaded(r, s.resultDownload(r, record))
	}
	m, err := s.resultModel(r, record)
	if err != nil {
		return nil, err
	}
	title := m.Name + " " + m.Value + " " + m.Unit + ", " + record.Site.Name + " " + record.Flavor.Name
	return Page{
		Template: "result", Title: strings.Join(strings.Fields(title), " "), Section: "results",
		Alternates: asJSON(m.JSON), Model: m,
	}, nil
}

func (s *Site) resultOf(r *Request) (*domain.ResultRecord, error) {
	id, ok := r.ID()
	if !ok {
		return nil, errNoPage
	}
	return s.config.Services.Results.Get(r.Context(), r.Caller(), id)
}

func (s *Site) resultModel(r *Request, record *domain.ResultRecord) (*resultModel, error) {
	ctx := r.Context()
	m := &resultModel{
		ID: record.ID.String(), Name: shortName(record.Benchmark), Benchmark: benchmarkAnchor(r, record.Benchmark),
		Site: siteAnchor(r, record.Site), Flavor: flavorAnchor(r, record.Flavor),
		JSON: r.To("../results/" + record.ID.String()), Files: resultFiles(r, record),
		Curl: "curl '" + r.API("/results/"+record.ID.String()) + "'",
	}
	m.measure(r, record)
	value, err := document.Parse(ctx, record.JSON, document.StoredLimits)
	if err != nil {
		return nil, fmt.Errorf("read result %s: %w", record.ID, err)
	}
	m.Tree = treeOf(value)
	if picked := r.URL.Query().Get("pick"); picked != "" {
		m.Tree.pick(picked, func(node treeNode) []anchor { return valueMenu(r, record.Benchmark, node) })
	}
	m.provenance(r, record)
	if err := s.addHistory(r, m, record); err != nil {
		return nil, err
	}
	if err := s.addPlace(r, m, record); err != nil {
		return nil, err
	}
	if err := s.addClaims(r, m, record); err != nil {
		return nil, err
	}
	m.banners(r, record)
	m.act(r, record)
	m.Notice = resultNotices[r.URL.Query().Get("done")]
	m.Cite = m.cite(r, record)
	return m, nil
}

// resultNotices say what was done, after a form.
var resultNotices = map[string]string{
	"tags": "The tags are changed.", "withdrawn": "The result is withdrawn: it is in no list.", "restored": "The result is back.",
	"claimed": "Thank you. The result is in no list until an administrator has decided. You and its uploader get a mail. " +
		"My results shows what becomes of your claim.",
	"corrected": "This is the corrected result. The one before is withdrawn.",
}

// measure sets the value of the default metric, and what belongs to it.
func (m *resultModel) measure(r *Request, record *domain.ResultRecord) {
	metric, ok := metrics.Find(record.Benchmark, "")
	reading, measured := metrics.Read(metric, record.JSON)
	if ok && measured {
		m.Value, m.Unit, m.Metric = words.Value(reading.Value), metric.Unit, words.Upper(metricName(metric))
		m.Better = betterWords(metric.Better)
		if reading.Resource != nil {
			m.Facts = append(m.Facts, coresWords(metric, *reading.Resource))
		}
		if reading.Label != "" {
			m.Facts = append(m.Facts, clipped(reading.Label, longestText))
		}
		m.Repeats = repeatsOf(reading.Samples, metric.Unit)
		if own, ok := metrics.Number(document.Find(record.JSON, metrics.Path(metric.Path))); ok && m.Repeats != nil {
			m.Repeats.Text += words.OwnValue(reading.Value, own, metric.Unit)
		}
	}
	m.Facts = append(m.Facts, "run "+record.ExecutedAt.UTC().Format(time.DateOnly))
	for _, tag := range record.Tags {
		m.Tags = append(m.Tags, anchor{tag.Name, r.On("results", address.Query{Tags: []string{tag.Name}})})
		m.TagNames = strings.TrimPrefix(m.TagNames+", "+tag.Name, ", ")
	}
}

// repeatsOf is the lane of the repeats of one run; nil for fewer than two.
func repeatsOf(samples []float64, unit string) *repeats {
	const mostShown = 20
	if len(samples) < 2 {
		return nil
	}
	texts := make([]string, 0, mostShown)
	for _, v := range samples {
		if len(texts) < mostShown {
			texts = append(texts, plainNumber(v))
		}
	}
	text := strings.Join(texts, ", ")
	if len(samples) > mostShown {
		text += fmt.Sprintf(" and %d more", len(samples)-mostShown)
	}
	lanes := repeatLanes(samples)
	return &repeats{Picture: lanes.Lane(0), Axis: lanes.Axis(), Grid: lanes.Grid(), Text: strings.TrimSpace(text + " " + unit)}
}

// provenance lists what is known of the origin.
func (m *resultModel) provenance(r *Request, record *domain.ResultRecord) {
	add := func(name, text string, code bool) {
		if text != "" {
			m.Provenance = append(m.Provenance, fact{Name: name, Text: text, Code: code})
		}
	}
	m.Provenance = []fact{timeFact("Run", record.ExecutedAt), timeFact("Uploaded", record.UploadedAt)}
	add("Checked", "by the JSON Schema of the benchmark, when it was uploaded", false)
	add("Image", record.Benchmark.Name(), true)
	add("Digest of the image", record.ImageDigest, true)
	add("Digest of the content", record.Digest, true)
	add("Result", m.ID, true)
	link := func(name string, id *uuid.UUID) {
		if id != nil {
			m.Provenance = append(m.Provenance, fact{Name: name, Text: id.String(), Link: r.To("results/" + id.String()), Code: true})
		}
	}
	link("Corrects", record.Supersedes)
	link("Corrected by", record.SupersededBy)
}

func (s *Site) addHistory(r *Request, m *resultModel, record *domain.ResultRecord) error {
	page, err := s.config.Services.Results.History(r.Context(), r.Caller(), record.ID, firstPage)
	if err != nil {
		return err
	}
	m.History = historyLines(page, domain.ResultResource)
	return nil
}

// banners say why a result is in no list.
func (m *resultModel) banners(r *Request, record *domain.ResultRecord) {
	because := func(text string) string {
		if record.Reason != "" {
			text += ": " + strings.TrimSuffix(record.Reason, ".")
		}
		return text + "."
	}
	switch record.State() {
	case domain.ClaimedState:
		text := "Under claim"
		for _, line := range m.History {
			if line.Word == "claimed" {
				text = "Under claim since " + line.Day
			}
		}
		m.Banners = append(m.Banners, banner{Text: text + ": in no list or comparison."})
	case domain.WithdrawnState:
		by := "its uploader"
		if record.Withdrawn.By == domain.AdministratorRole {
			by = "an administrator"
		}
		m.Banners = append(m.Banners, banner{Text: because("Withdrawn by " + by)})
	case domain.DeletedState:
		m.Banners = append(m.Banners, banner{Text: because("Deleted by an administrator")})
	}
	if record.SupersededBy != nil {
		m.Banners = append(m.Banners, banner{
			"It was corrected.", anchor{"The corrected result", r.To("results/" + record.SupersededBy.String())},
		})
	}
}

// act offers what the visitor may do.
func (m *resultModel) act(r *Request, record *domain.ResultRecord) {
	caller, state := r.Caller(), record.State()
	mine := caller.MayOn(domain.CorrectResult, record.Uploader) == nil
	if state != domain.DeletedState && state != domain.WithdrawnState {
		if !mine {
			m.Actions = append(m.Actions, anchor{"Report", r.To("results/" + m.ID + "/claim")})
		}
		if caller.MayOn(domain.WithdrawResult, record.Uploader) == nil {
			m.Actions = append(m.Actions, anchor{"Withdraw", r.To("results/" + m.ID + "/withdraw")})
		}
	}
	if mine && record.SupersededBy == nil && state != domain.DeletedState {
		m.Actions = append(m.Actions, anchor{"Correct", r.To("upload?corrects=" + m.ID)})
	}
	hidden := state == domain.WithdrawnState || state == domain.DeletedState
	m.Restore = hidden && record.SupersededBy == nil && caller.MayOn(domain.RestoreResult, record.Uploader) == nil &&
		(caller.IsAdministrator() || state == domain.WithdrawnState && record.Withdrawn.By == domain.UploaderRole)
	m.Tagging = caller.MayOn(domain.UpdateResult, record.Uploader) == nil
}

// addPlace sets the place of the result's flavor among all that ran the benchmark.
func (s *Site) addPlace(r *Request, m *resultModel, record *domain.ResultRecord) error {
	if record.Hidden || m.Value == "" {
		return nil
	}
	ranking, err := s.placed(r, record.Benchmark)
	if err == nil {
		compare := r.On("compare", address.Query{Benchmarks: []string{benchmarkInAddress(record.Benchmark)}})
		m.Place = placeIn(ranking, record.Benchmark, record.Flavor.ID, compare)
	}
	return err
}

func (m *resultModel) cite(r *Request, record *domain.ResultRecord) string {
	value := strings.TrimSpace(m.Metric + " " + m.Value + " " + m.Unit)
	return fmt.Sprintf("%s on %s of %s: %s. Run on %s. EOSC Perf, result %s, SHA-256 %s, %s",
		record.Benchmark.Name(), record.Flavor.Name, record.Site.Name, value, record.ExecutedAt.UTC().Format(time.DateOnly),
		m.ID, record.Digest, r.Public("results/"+m.ID))
}
