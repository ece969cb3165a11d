package web

import (
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// myModel is the view model of a person's own results.
type myModel struct {
	Title        string
	Tabs         []tab
	Results      []myResult
	Range        string
	Newer, Older Link
	Claims       []myClaim
	// MoreClaims says how many claims are not shown; empty for none.
	MoreClaims  string
	Submissions []submissionLine
	Upload      Link
	// IsNew is true for a person without results.
	IsNew bool
}

// myResult is a result with its state and what can be done.
type myResult struct {
	resultLine

	State, Reason string
	IsCounted     bool
	Actions       []anchor
}

// myClaim is a claim of a person, with the result that it is about.
type myClaim struct {
	claimLine

	Result resultLine
	// ResultState is that of the result, IsCounted is true for one that is in lists and comparisons.
	ResultState string
	IsCounted   bool
}

// submissionLine is a benchmark, a site or a flavor that waits for an administrator.
type submissionLine struct {
	anchor

	Kind, Day string
}

// states are those of own results, as the tabs name them.
var states = []struct {
	key, title, text string
	state            domain.ResultState
}{
	{"counted", "Counted", "counted", ""},
	{"claimed", "Claimed", "claimed", domain.ClaimedState},
	{"withdrawn", "Withdrawn", "withdrawn", domain.WithdrawnState},
	{"deleted", "Deleted", "deleted by an administrator", domain.DeletedState},
}

// showMy is the page of a person's own results, claims and submissions.
func (s *Site) showMy(r *Request) (Answer, error) {
	if r.Visitor.IsKnown() && !r.Visitor.Registered {
		return Redirect{s.frame(r, Page{}).Register}, nil
	}
	if err := r.Caller().May(domain.ListUserResults); err != nil {
		return nil, err
	}
	chosen := r.URL.Query().Get("state")
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	const mostPages = 100_000
	if err != nil || number < 1 || number > mostPages {
		number = 1
	}
	q := ports.ResultQuery{}
	q.Page, q.Sort = domain.PageRequest{Number: number, Size: pageRows}, []filter.Key{{Field: "upload_datetime", Descending: true}}
	for _, state := range states {
		if state.key == chosen {
			q.State = &state.state
		}
	}
	own, err := s.config.Services.Results.ListOwnStates(r.Context(), r.Caller(), q)
	if err != nil {
		return nil, err
	}
	m := &myModel{Title: "My results", Upload: r.To("upload")}
	all := 0
	for _, state := range states {
		all += own.Totals[state.state]
	}
	m.IsNew = all == 0
	m.Tabs = []tab{{anchor{"All " + words.Number(all), r.To("my")}, q.State == nil}}
	for _, state := range states {
		if n := own.Totals[state.state]; n > 0 || state.key == chosen {
			m.Tabs = append(m.Tabs, tab{anchor{state.title + " " + words.Number(n), r.To("my?state=" + state.key)}, state.key == chosen})
		}
	}
	for _, result := range own.Items {
		m.Results = append(m.Results, myResultOf(r, result, own.States[result.ID]))
	}
	m.pages(r, q.Page, own.Total, chosen)
	if err := s.addMine(r, m); err != nil {
		return nil, err
	}
	return Page{Template: "my", Title: m.Title, Section: "my", Results: len(m.Results) > 0, Model: m}, nil
}

func (m *myModel) pages(r *Request, page domain.PageRequest, total int, state string) {
	to := func(number int) Link {
		values := url.Values{}
		if state != "" {
			values.Set("state", state)
		}
		if number > 1 {
			values.Set("page", strconv.Itoa(number))
		}
		if len(values) == 0 {
			return r.To("my")
		}
		return r.To("my?" + values.Encode())
	}
	if len(m.Results) == 0 {
		return
	}
	m.Range = words.Number(page.Offset()+1) + "-" + words.Number(page.Offset()+len(m.Results)) + " of " + words.Number(total)
	if page.Number > 1 {
		m.Newer = to(page.Number - 1)
	}
	if page.Number*page.Size < total {
		m.Older = to(page.Number + 1)
	}
}

func myResultOf(r *Request, result *domain.Result, v domain.Visibility) myResult {
	line := myResult{resultLine: resultLineOf(r, result), State: stateText(v.State()), Reason: v.Reason, IsCounted: v.State() == ""}
	id := result.ID.String()
	switch v.State() {
	case "", domain.ClaimedState:
		line.Actions = []anchor{{"Withdraw", r.To("results/" + id + "/withdraw")}, {"Correct", r.To("upload?corrects=" + id)}}
	case domain.WithdrawnState:
		line.Actions = []anchor{{"Bring back or correct", r.To("results/" + id)}}
	case domain.DeletedState:
	}
	return line
}

// stateText is the word for the state of a result.
func stateText(of domain.ResultState) string {
	for _, state := range states {
		if state.state == of {
			return state.text
		}
	}
	return ""
}

// addClaims adds the claims of the visitor: those that wait before those that stand, the newest first.
func (m *myModel) addClaims(r *Request, s *Site) error {
	total := 0
	for _, status := range []domain.Status{domain.OnReview, domain.Approved} {
		q := ports.ClaimQuery{}
		q.Page = domain.PageRequest{Number: 1, Size: max(1, pageRows-len(m.Claims))}
		q.Status, q.Sort = status, []filter.Key{{Field: "upload_datetime", Descending: true}}
		claims, err := s.config.Services.Claims.ListOwn(r.Context(), r.Caller(), q)
		if err != nil {
			return err
		}
		total += claims.Total
		for _, claim := range claims.Items {
			line, err := s.myClaim(r, claim)
			if err != nil {
				return err
			}
			m.Claims = append(m.Claims, line)
		}
	}
	if more := total - len(m.Claims); more > 0 {
		m.MoreClaims = words.Left(more, "claim")
	}
	return nil
}

func (s *Site) myClaim(r *Request, claim *domain.Claim) (myClaim, error) {
	line := myClaim{claimLine: claimLineOf(r, claim)}
	if claim.IsOrphan() {
		return line, nil
	}
	record, err := s.config.Services.Results.Get(r.Context(), r.Caller(), claim.ResultID)
	if err != nil {
		return line, ignoreMissing(err)
	}
	line.Result, line.ResultState, line.IsCounted = resultLineOf(r, record.Result), stateText(record.State()), record.State() == ""
	return line, nil
}

// addMine adds the claims and submissions of the visitor.
func (s *Site) addMine(r *Request, m *myModel) error {
	if err := m.addClaims(r, s); err != nil {
		return err
	}
	submits, err := s.config.Services.Reports.ListOwnSubmits(r.Context(), r.Caller(), ports.SubmitQuery{
		ListOptions: ports.ListOptions{Page: firstPage, Sort: []filter.Key{{Field: "upload_datetime", Descending: true}}},
	})
	if err != nil {
		return err
	}
	for _, submit := range submits.Items {
		if submit.ResourceType == domain.ClaimResource {
			continue
		}
		name, err := s.submittedName(r, submit.ResourceType, submit.ResourceID)
		if err != nil {
			return err
		}
		to := r.To(pathsOfKinds[submit.ResourceType] + submit.ResourceID.String())
		m.Submissions = append(m.Submissions, submissionLine{
			anchor{clipped(name, longestShown), to}, string(submit.ResourceType), dayText(submit.UploadedAt),
		})
	}
	return nil
}

// pathsOfKinds are the pages of what is submitted.
var pathsOfKinds = map[domain.Resource]string{
	domain.BenchmarkResource: "benchmarks/", domain.SiteResource: "sites/", domain.FlavorResource: "flavors/",
	domain.ClaimResource: "claims/",
}

// submittedName is the name of what was submitted; its id if it is gone.
func (s *Site) submittedName(r *Request, kind domain.Resource, id uuid.UUID) (string, error) {
	ctx, caller, services := r.Context(), r.Caller(), s.config.Services
	name, err := id.String(), error(nil)
	switch kind {
	case domain.BenchmarkResource:
		var b *domain.Benchmark
		if b, err = services.Benchmarks.Get(ctx, caller, id); err == nil {
			name = b.Name()
		}
	case domain.SiteResource:
		var site *domain.Site
		if site, err = services.Sites.Get(ctx, caller, id); err == nil {
			name = site.Name
		}
	case domain.FlavorResource:
		var flavor *domain.Flavor
		if flavor, err = services.Flavors.Get(ctx, caller, id); err == nil {
			name = flavor.Name
		}
		if site, siteErr := services.Flavors.GetSite(ctx, caller, id); err == nil && siteErr == nil {
			name = site.Name + " " + name
		}
	default: // the id is all there is to call it by
	}
	if domain.KindOf(err) == domain.NotFound {
		err = nil
	}
	return name, err
}
