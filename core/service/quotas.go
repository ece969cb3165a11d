package service

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/ports"
)

// Quotas bound what one person may have waiting, and do on a day (UTC). 0 is no bound.
// Administrators have no quotas.
type Quotas struct {
	// OpenSubmissions are benchmarks, sites and flavors on review; OpenClaims claims that wait
	// for a decision.
	OpenSubmissions, OpenClaims int
	// Tags and Uploads are those of a day.
	Tags, Uploads int
}

// The names of the quotas of a day in the storage.
const (
	tagsKind    = "tags"
	uploadsKind = "uploads"
)

// openRetry is when a person whose open submissions or claims are too many should try again.
const openRetry = time.Hour

// quotas count what people do.
type quotas struct {
	Quotas

	clock ports.Clock
}

// submission returns a Limited error if the person has too many submissions on review. It
// locks the person: of two concurrent submissions the second counts the first.
func (q quotas) submission(ctx context.Context, r ports.Repos, caller domain.Caller) error {
	if q.OpenSubmissions == 0 || caller.IsAdministrator() {
		return nil
	}
	id := caller.User().UserID
	all, claims, err := open(ctx, r, id)
	if err != nil || all-claims < q.OpenSubmissions {
		return err
	}
	names, err := oldest(ctx, r, ports.SubmitQuery{Uploader: &id}, claims, func(s *domain.Submit) bool {
		return s.ResourceType != domain.ClaimResource
	})
	if err != nil {
		return err
	}
	return domain.LimitedFor(openRetry, fmt.Sprintf("%d benchmarks, sites and flavors of yours wait for a review, and %d may: %s. "+
		"When administrators have approved or rejected one of them, you can submit the next", all-claims, q.OpenSubmissions, names), nil)
}

// claim returns a Limited error if the person has too many open claims.
func (q quotas) claim(ctx context.Context, r ports.Repos, caller domain.Caller) error {
	if q.OpenClaims == 0 || caller.IsAdministrator() {
		return nil
	}
	id := caller.User().UserID
	_, claims, err := open(ctx, r, id)
	if err != nil || claims < q.OpenClaims {
		return err
	}
	resource := domain.ClaimResource
	names, err := oldest(ctx, r, ports.SubmitQuery{Uploader: &id, ResourceType: &resource}, 0, func(*domain.Submit) bool { return true })
	if err != nil {
		return err
	}
	return domain.LimitedFor(openRetry, fmt.Sprintf("%s for a decision, and %d may: %s. When administrators have decided about one of them, "+
		"you can make the next", plural.Count(claims, "claim of yours waits", "claims of yours wait"), q.OpenClaims, names), nil)
}

// open locks the person, and returns the number of the person's reports, and of those that are
// about claims.
func open(ctx context.Context, r ports.Repos, id domain.UserID) (all, claims int, err error) {
	if _, err := r.Users.Lock(ctx, ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer}, 1); err != nil {
		return 0, 0, err
	}
	q := ports.SubmitQuery{Uploader: &id, ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: 1, Size: 1}}}
	every, err := r.Submits.List(ctx, q)
	if err != nil {
		return 0, 0, err
	}
	resource := domain.ClaimResource
	q.ResourceType = &resource
	some, err := r.Submits.List(ctx, q)
	return every.Total, some.Total, err
}

// mostNamed is how many reports an answer names.
const mostNamed = 3

// oldest names the reports among those of the query that wait for the longest time. Others is how many of them are not
// chosen at most.
func oldest(ctx context.Context, r ports.Repos, q ports.SubmitQuery, others int, isChosen func(*domain.Submit) bool) (string, error) {
	q.Page, q.Sort = domain.PageRequest{Number: 1, Size: mostNamed + others + 1}, []filter.Key{{Field: "upload_datetime"}}
	page, err := r.Submits.List(ctx, q)
	if err != nil {
		return "", err
	}
	var names []string
	for _, report := range page.Items {
		switch {
		case !isChosen(report):
		case len(names) == mostNamed:
			return strings.Join(names, ", ") + " and others", nil
		default:
			names = append(names, fmt.Sprintf("%s %s", report.ResourceType, report.ResourceID))
		}
	}
	return strings.Join(names, ", "), nil
}

// tag counts a tag. Error: Limited.
func (q quotas) tag(ctx context.Context, r ports.Repos, caller domain.Caller) error {
	if q.Tags == 0 || caller.IsAdministrator() {
		return nil
	}
	return q.count(ctx, r, ports.Use{By: caller.User().UserID, Kind: tagsKind, Day: q.today(), N: 1, Limit: q.Tags})
}

func (q quotas) count(ctx context.Context, r ports.Repos, use ports.Use) error {
	ok, err := r.DailyUse.Add(ctx, use)
	if err == nil && !ok {
		err = ports.ErrUsedUp
	}
	return q.translated(err, use)
}

// uploads returns the use of so many uploads, nil if they are not counted.
func (q quotas) uploads(caller domain.Caller, n int) *ports.Use {
	if q.Uploads == 0 || caller.IsAdministrator() {
		return nil
	}
	return &ports.Use{By: caller.User().UserID, Kind: uploadsKind, Day: q.today(), N: n, Limit: q.Uploads}
}

func (q quotas) today() string { return q.clock.Now().UTC().Format(time.DateOnly) }

// translated replaces ports.ErrUsedUp by a Limited error until the end of the day.
func (q quotas) translated(err error, use ports.Use) error {
	if err != ports.ErrUsedUp { //nolint:errorlint // the storage returns it as it is
		return err
	}
	now := q.clock.Now().UTC()
	tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
	what := map[string]string{
		tagsKind: "make " + plural.Count(use.Limit, "tag", "tags"), uploadsKind: "upload " + plural.Count(use.Limit, "result", "results"),
	}[use.Kind]
	return domain.LimitedFor(tomorrow.Sub(now), fmt.Sprintf(
		"You may %s on a day, and have done so today: the next day begins at 00:00 UTC, in %s. Ask the support if you need more",
		what, tomorrow.Sub(now).Truncate(time.Minute)), nil)
}
