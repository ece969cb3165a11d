package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// reviewModel is the view model of the list of what waits for a decision.
type reviewModel struct {
	Title  string
	Tabs   []tab
	Items  []waitingLine
	Older  Link
	Notice string
}

// waitingLine is something that waits, and for how long.
type waitingLine struct {
	anchor

	Age, Kind, Quote string
}

// kinds are what is reviewed, as addresses and tabs name them.
var kinds = []struct {
	resource domain.Resource
	title    string
}{
	{domain.BenchmarkResource, "Benchmarks"}, {domain.SiteResource, "Sites"}, {domain.FlavorResource, "Flavors"},
	{domain.ClaimResource, "Claims"},
}

func kindOf(text string) (domain.Resource, bool) {
	for _, kind := range kinds {
		if string(kind.resource) == text {
			return kind.resource, true
		}
	}
	return "", false
}

// oldestFirst is the order of the review.
var oldestFirst = []filter.Key{{Field: "upload_datetime"}}

// showReview is the list of what waits for a decision, the oldest first.
func (s *Site) showReview(r *Request) (Answer, error) {
	if err := r.may(domain.ListSubmits); err != nil {
		return nil, err
	}
	q := ports.SubmitQuery{}
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: pageRows}, oldestFirst
	chosen, isKind := kindOf(r.URL.Query().Get("kind"))
	if isKind {
		q.ResourceType = &chosen
	}
	page, err := s.config.Services.Reports.ListSubmits(r.Context(), r.Caller(), q)
	if err != nil {
		return nil, err
	}
	m := &reviewModel{Title: fmt.Sprintf("Review (%s)", words.Number(page.Total)), Notice: decidedNotices[r.URL.Query().Get("done")]}
	m.Tabs = []tab{{anchor{"All", r.To("review")}, !isKind}}
	for _, kind := range kinds {
		m.Tabs = append(m.Tabs, tab{anchor{kind.title, r.To("review?kind=" + string(kind.resource))}, isKind && kind.resource == chosen})
	}
	for _, submit := range page.Items {
		line, err := s.waitingLine(r, submit)
		if err != nil {
			return nil, err
		}
		m.Items = append(m.Items, line)
	}
	return Page{Template: "review", Title: m.Title, Section: "review", Results: len(m.Items) > 0, Model: m}, nil
}

func (s *Site) waitingLine(r *Request, submit *domain.Submit) (waitingLine, error) {
	line := waitingLine{Age: ageText(time.Since(submit.UploadedAt)), Kind: string(submit.ResourceType)}
	line.Link = r.To("review/" + string(submit.ResourceType) + "/" + submit.ResourceID.String())
	var err error
	if submit.ResourceType != domain.ClaimResource {
		line.Text, err = s.submittedName(r, submit.ResourceType, submit.ResourceID)
		return line, err
	}
	claim, err := s.config.Services.Claims.Get(r.Context(), r.Caller(), submit.ResourceID)
	if err != nil {
		line.Text = "claim"
		return line, ignoreMissing(err)
	}
	const longest = 120
	line.Quote, line.Text = clipped(claim.Message, longest), "on a result that is gone"
	if !claim.IsOrphan() {
		record, err := s.config.Services.Results.Get(r.Context(), r.Caller(), claim.ResultID)
		if err != nil {
			return line, ignoreMissing(err)
		}
		line.Text = resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name
	}
	return line, nil
}

func ignoreMissing(err error) error {
	if domain.KindOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// ageText is how long something waits.
func ageText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return fmt.Sprintf("%d d", int(d/day))
	case d >= time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	if d < time.Minute {
		return "< 1 min"
	}
	return fmt.Sprintf("%d min", int(d/time.Minute))
}

// agoText is how long ago something was done.
func agoText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return words.Plural(int(d/day), "day") + " ago"
	case d >= time.Hour:
		return words.Plural(int(d/time.Hour), "hour") + " ago"
	case d >= time.Minute:
		return words.Plural(int(d/time.Minute), "minute") + " ago"
	}
	return "a moment ago"
}

var decidedNotices = map[string]string{
	"approved": "Approved. Its submitter gets a mail.", "rejected": "Rejected. Its submitter gets a mail.",
	"stands": "The claim stands: the result stays hidden. The claimant gets a mail.",
	"back":   "The result is back, unless something else hides it. The claimant gets a mail.",
}

// nextToReview is what waits longest besides this; empty if nothing does.
func (s *Site) nextToReview(r *Request, but uuid.UUID) (Link, error) {
	q := ports.SubmitQuery{}
	q.Page, q.Sort = firstPage, oldestFirst
	page, err := s.config.Services.Reports.ListSubmits(r.Context(), r.Caller(), q)
	if err != nil {
		return "", err
	}
	// Behind the thing itself, else from the beginning.
	at := slices.IndexFunc(page.Items, func(s *domain.Submit) bool { return s.ResourceID == but })
	for _, submit := range slices.Concat(page.Items[at+1:], page.Items[:max(0, at)]) {
		return r.To("review/" + string(submit.ResourceType) + "/" + submit.ResourceID.String()), nil
	}
	return "", nil
}

// decisionText says who decided, when and what.
func (s *Site) decisionText(r *Request, of domain.Resource, id uuid.UUID) (string, error) {
	decision, err := s.config.Services.Reports.LastDecision(r.Context(), r.Caller(), of, id)
	if err != nil || decision == nil {
		return "", err
	}
	who := "The operator"
	switch {
	case decision.By != nil && r.Caller().User() != nil && decision.By.UserID == r.Caller().User().UserID:
		who = "You"
	case decision.By != nil:
		who = decision.By.Email
	case decision.Actor != nil:
		who = "Somebody who was removed since"
	}
	what := decision.Word()
	switch decision.Action {
	case domain.ApproveClaim.ID:
		what = "the claim stands"
	case domain.RejectClaim.ID:
		what = "the result is back"
	}
	text := fmt.Sprintf("%s decided this %s: %s.", who, agoText(time.Since(decision.At)), what)
	if decision.Reason != "" {
		text += " Reason: " + strings.TrimSuffix(decision.Reason, ".") + "."
	}
	return text, nil
}
