package web

import (
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// claimLine is a claim in a list.
type claimLine struct {
	Link                Link
	Day, State, Message string
}

func claimLineOf(r *Request, claim *domain.Claim) claimLine {
	state := "waits for a decision"
	if claim.IsApproved() {
		state = "stands"
	}
	return claimLine{r.To("claims/" + claim.ID.String()), dayText(claim.UploadedAt), state, claim.Message}
}

// addClaims lists the claims on a result for its uploader and for administrators.
func (s *Site) addClaims(r *Request, m *resultModel, record *domain.ResultRecord) error {
	if r.Caller().MayOn(domain.ListResultClaims, record.Uploader) != nil {
		return nil //nolint:nilerr // who may not see them sees the page without them
	}
	q := ports.ClaimQuery{}
	q.Sort = []filter.Key{{Field: "upload_datetime", Descending: true}}
	for _, status := range []domain.Status{domain.OnReview, domain.Approved} {
		q.Page, q.Status = firstPage, status
		page, err := s.config.Services.Claims.ListOfResult(r.Context(), r.Caller(), record.ID, q)
		if err != nil {
			return err
		}
		for _, claim := range page.Items {
			m.Claims = append(m.Claims, claimLineOf(r, claim))
		}
	}
	return nil
}

// addSiteClaims adds the claims on results of a site that wait for a decision.
func (s *Site) addSiteClaims(r *Request, site uuid.UUID, m *siteModel) error {
	claims, err := s.config.Services.Claims.OfSite(r.Context(), r.Caller(), site)
	if err != nil || claims.Results == 0 {
		return err
	}
	m.Claimed = words.UnderClaim(claims.Results, claims.AreMore)
	for _, claim := range claims.Shown {
		line := myClaim{claimLine: claimLineOf(r, claim.Claim), Result: resultLineOf(r, claim.Record.Result)}
		if r.Visitor.IsAdministrator() {
			line.Link = r.To("review/claim/" + claim.ID.String())
		}
		m.Claims = append(m.Claims, line)
	}
	return nil
}

// decideModel is the view model of the pages that report and withdraw a result.
type decideModel struct {
	Title string
	// Name and Place say which result it is about.
	Name, Place string
	Result      Link
	// Reasons are those to choose from; none for a page that wants words only.
	Reasons []reasonChoice
	Words   string
	// Label is that of the words.
	Label, Effect, Button string
	Faults                []fieldFault
	// Allowed is false for a visitor who has to log in or register first.
	Allowed bool
	Before  loginHint
}

type reasonChoice struct {
	Text   string
	Chosen bool
}

var claimReasons = []string{"Wrong flavor", "Broken run", "Not this benchmark", "Other"}

// showClaimForm is the page to report a result.
func (s *Site) showClaimForm(r *Request) (Answer, error) {
	form, _ := s.takeForm(r)
	return s.claimForm(r, form, nil)
}

func (s *Site) claimForm(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	record, err := s.resultOf(r)
	if err != nil {
		return nil, err
	}
	m := s.decide(r, record, domain.ClaimReport, faults)
	m.Title, m.Button = "Report", "Report"
	m.Label, m.Words = "What is wrong? An administrator and the uploader read it.", form.Get("words")
	m.Effect = "It leaves all lists and comparisons at once, until an administrator has decided. " +
		"You and the uploader get a mail: the uploader now, you when it is decided."
	if record.State() == domain.ClaimedState {
		m.Effect = "It is under claim already: it stays in no list or comparison until an administrator has decided about every claim."
	}
	for _, reason := range claimReasons {
		m.Reasons = append(m.Reasons, reasonChoice{reason, reason == form.Get("reason")})
	}
	return Page{Template: "decide", Title: "Report " + m.Name, Section: "results", Status: statusOf(faults), Model: m}, nil
}

func (s *Site) decide(r *Request, record *domain.ResultRecord, operation domain.Operation, faults []fieldFault) *decideModel {
	return &decideModel{
		Name: resultTitle(record.Result), Place: record.Site.Name + " " + record.Flavor.Name,
		Result: r.To("results/" + record.ID.String()), Faults: faults,
		Allowed: r.Caller().May(operation) == nil, Before: s.loginHint(r, operation),
	}
}

// resultTitle names a result by its benchmark and value.
func resultTitle(result *domain.Result) string {
	name := shortName(result.Benchmark)
	if metric, ok := metrics.Find(result.Benchmark, ""); ok {
		if reading, measured := metrics.Read(metric, result.JSON); measured {
			name += " " + words.WithUnit(reading.Value, metric.Unit)
		}
	}
	return name
}

// longestWords bounds the words of a claim in characters, as the API's message.
const longestWords = 5000

// sendClaim reports a result.
func (s *Site) sendClaim(r *Request, id uuid.UUID, form formValues) (Answer, error) {
	reason, words := form.Get("reason"), form.Get("words")
	var faults []fieldFault
	if !slices.Contains(claimReasons, reason) {
		faults = append(faults, fieldFault{"reason0", "Choose a reason."})
	}
	if words == "" && (reason == "" || reason == claimReasons[len(claimReasons)-1]) {
		faults = append(faults, fieldFault{"words", "Say in words what is wrong."})
	}
	if len([]rune(words)) > longestWords {
		faults = append(faults, fieldFault{"words", "The words have more than 5,000 characters."})
	}
	if len(faults) > 0 {
		return s.claimForm(r, form, faults)
	}
	message := reason
	if words != "" {
		message += ": " + words
	}
	if _, err := s.config.Services.Claims.Create(r.Context(), r.Caller(), id, message); err != nil {
		return failed(err, nil, func(faults []fieldFault) (Answer, error) { return s.claimForm(r, form, faults) })
	}
	return Redirect{r.To("results/" + id.String() + "?done=claimed")}, nil
}

// showWithdrawForm is the page to take a result back.
func (s *Site) showWithdrawForm(r *Request) (Answer, error) {
	return s.withdrawForm(r, formValues{}, nil)
}

func (s *Site) withdrawForm(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	record, err := s.resultOf(r)
	if err != nil {
		return nil, err
	}
	if r.Caller().May(domain.WithdrawResult) == nil {
		if err := r.Caller().MayOn(domain.WithdrawResult, record.Uploader); err != nil {
			return nil, err
		}
	}
	m := s.decide(r, record, domain.WithdrawResult, faults)
	m.Title, m.Button, m.Words = "Withdraw", "Withdraw", form.Get("words")
	m.Label = "Why? Everybody can read it on the page of the result."
	m.Effect = "It leaves all lists and comparisons. Its page stays, with your reason. You can bring it back."
	return Page{Template: "decide", Title: "Withdraw " + m.Name, Section: "results", Status: statusOf(faults), Model: m}, nil
}

// sendWithdrawal takes a result back.
func (s *Site) sendWithdrawal(r *Request, id uuid.UUID, form formValues) (Answer, error) {
	if err := s.config.Services.Results.Withdraw(r.Context(), r.Caller(), id, form.Get("words")); err != nil {
		return failed(err, map[string]string{"": "words"}, func(faults []fieldFault) (Answer, error) {
			if form.Get("words") == "" {
				faults = []fieldFault{{"words", "Say why the result is withdrawn."}}
			}
			return s.withdrawForm(r, form, faults)
		})
	}
	return Redirect{r.To("results/" + id.String() + "?done=withdrawn")}, nil
}

// sendToResult changes the tags of a result, or brings it back.
func (s *Site) sendToResult(r *Request, id uuid.UUID, form formValues) (Answer, error) {
	back := func(done string) Answer { return Redirect{r.To("results/" + id.String() + "?done=" + done)} }
	switch form.Get("do") {
	case "restore":
		return back("restored"), s.config.Services.Results.Restore(r.Context(), r.Caller(), id)
	case "tags":
		ids, err := s.tagIDs(r, form.Get("tags"))
		if err != nil {
			return nil, err
		}
		return back("tags"), s.config.Services.Results.SetTags(r.Context(), r.Caller(), id, ids)
	}
	return nil, errNoForm
}

// showClaim is the page of a claim, for who made it, for the uploader of its result, and for
// administrators.
func (s *Site) showClaim(r *Request, id uuid.UUID) (Answer, error) {
	claim, err := s.config.Services.Claims.Show(r.Context(), r.Caller(), id)
	if err != nil {
		return nil, err
	}
	m := &claimModel{claimLine: claimLineOf(r, claim), Mine: r.Caller().User() != nil && claim.Uploader.UserID == r.Caller().User().UserID}
	if r.Visitor.IsAdministrator() && !claim.IsApproved() {
		m.Review = r.To("review/claim/" + id.String())
	}
	if claim.ResultID != uuid.Nil {
		record, err := s.config.Services.Results.Get(r.Context(), r.Caller(), claim.ResultID)
		if err != nil {
			return nil, err
		}
		m.Result = anchor{resultTitle(record.Result) + ", " + record.Site.Name + " " + record.Flavor.Name, r.To("results/" + record.ID.String())}
	}
	return Page{Template: "claim", Title: "Claim", Model: m}, nil
}

// claimModel is the view model of a claim.
type claimModel struct {
	claimLine

	Mine   bool
	Result anchor
	Review Link
}
