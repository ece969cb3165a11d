package web

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// sendDecision decides about what waits.
func (s *Site) sendDecision(r *Request) (Answer, error) {
	form, err := r.form()
	if err != nil {
		return nil, err
	}
	if !r.Visitor.IsKnown() {
		return s.logInFirst(r, form)
	}
	kind, ok := kindOf(r.PathValue("kind"))
	id, isID := r.ID()
	do := form.Get("do")
	decide, done := s.decision(kind, do)
	if err := r.may(deciding(kind, do)); err != nil {
		return nil, err
	}
	if !ok || !isID {
		return nil, errNoPage
	}
	if do == "correct" {
		if err := s.correct(r, kind, id, form); err != nil {
			return failed(err, correctFaults[kind], func(faults []fieldFault) (Answer, error) { return s.reviewItem(r, form, faults) })
		}
		return Redirect{r.To("review/" + string(kind) + "/" + id.String() + "?done=corrected")}, nil
	}
	if decide == nil {
		return nil, errNoForm
	}
	if do == "reject" && form.Get("reason") == "" {
		return s.reviewItem(r, form, []fieldFault{{"reason", "Give a reason: it is mailed."}})
	}
	err = decide(r.Context(), r.Caller(), id, form.Get("reason"))
	switch domain.KindOf(err) {
	case 0:
	case domain.NotFound, domain.Invalid:
		// Somebody was first, or the reason is too long: the page says which.
		return failed(err, map[string]string{"": "reason"}, func(faults []fieldFault) (Answer, error) { return s.reviewItem(r, form, faults) })
	default:
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return Redirect{r.To("review?done=" + done)}, nil
}

type decider = func(ctx context.Context, caller domain.Caller, id uuid.UUID, reason string) error

// decision is the use case of a button, and the notice afterwards; nil for no button.
func (s *Site) decision(kind domain.Resource, do string) (decider, string) {
	services := s.config.Services
	deciders := map[domain.Resource][2]decider{
		domain.BenchmarkResource: {services.Benchmarks.Approve, services.Benchmarks.Reject},
		domain.SiteResource:      {services.Sites.Approve, services.Sites.Reject},
		domain.FlavorResource:    {services.Flavors.Approve, services.Flavors.Reject},
		domain.ClaimResource:     {services.Claims.Approve, services.Claims.Reject},
	}[kind]
	switch {
	case do == "approve" && kind == domain.ClaimResource:
		return deciders[0], "stands"
	case do == "approve":
		return deciders[0], "approved"
	case do == "reject" && kind == domain.ClaimResource:
		return deciders[1], "back"
	case do == "reject":
		return deciders[1], "rejected"
	}
	return nil, ""
}

// deciding is the operation of a button, ShowDecision for no button.
func deciding(kind domain.Resource, do string) domain.Operation {
	operations := map[domain.Resource][]domain.Operation{
		domain.BenchmarkResource: {domain.ApproveBenchmark, domain.RejectBenchmark, domain.UpdateBenchmark},
		domain.SiteResource:      {domain.ApproveSite, domain.RejectSite, domain.UpdateSite},
		domain.FlavorResource:    {domain.ApproveFlavor, domain.RejectFlavor, domain.UpdateFlavor},
		domain.ClaimResource:     {domain.ApproveClaim, domain.RejectClaim},
	}
	if at := slices.Index([]string{"approve", "reject", "correct"}, do); at >= 0 && at < len(operations[kind]) {
		return operations[kind][at]
	}
	return domain.ShowDecision
}
