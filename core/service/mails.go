package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// mailer writes the mails of the contract's section 4 and adds them to the outbox.
type mailer struct {
	clock ports.Clock
	// publicURL is the public address of the API without a slash at the end, empty if it is
	// not configured.
	publicURL string
}

func newMailer(d Dependencies) *mailer { return &mailer{clock: d.Clock, publicURL: d.PublicURL} }

// notify adds a mail to a user to the outbox. Users who do not exist any more, or have no
// address, get none.
func (m *mailer) notify(ctx context.Context, r ports.Repos, to domain.UserID, l letter) error {
	user, err := r.Users.Get(ctx, to)
	if errors.Is(err, ports.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if user.Email == "" {
		return nil
	}
	mail, err := m.write(user, l)
	if err != nil {
		return err
	}
	return r.Outbox.Enqueue(ctx, mail)
}

// write makes a mail to a user of a letter.
func (m *mailer) write(user *domain.User, l letter) (*domain.OutgoingMail, error) {
	l.Service = m.publicURL
	mail, err := l.render()
	if err != nil {
		return nil, err
	}
	mail.To = user.Email
	// Ids of version 7 sort by time: mails of one unit of work are sent in their order.
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make the id of a mail: %w", err)
	}
	now := m.clock.Now()
	return &domain.OutgoingMail{
		ID: id, Mail: mail, CreatedAt: now, NextAttemptAt: now, GiveUpAt: now.Add(domain.MailPatience),
	}, nil
}

// notifyUploader sends a mail about a result to the uploader of the result, to nobody if the result
// refers to what is gone.
func (m *mailer) notifyUploader(ctx context.Context, r ports.Repos, resultID uuid.UUID, l func(*domain.Result) letter) error {
	result, err := r.Results.Get(ctx, resultID)
	if errors.Is(err, ports.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return m.notify(ctx, r, result.Uploader, l(result))
}

// takenBack says how a result was taken back.
type takenBack struct {
	reason string
	// correction is the result that takes its place, nil for none.
	correction *uuid.UUID
	// before is when the result was withdrawn the last time before, the zero time for never.
	before time.Time
}

// toldAgain is after what time claimants learn again that a result was withdrawn: an uploader who withdraws and restores
// it again and again does not send them a mail each time.
const toldAgain = 24 * time.Hour

// notifyClaimants sends a mail to everybody whose claim on a result is open, for the result
// was withdrawn.
func (m *mailer) notifyClaimants(ctx context.Context, r ports.Repos, result *domain.Result, how takenBack) error {
	claims, err := r.Claims.ActiveOf(ctx, result.ID)
	if err != nil {
		return err
	}
	isToldAgain := m.clock.Now().Sub(how.before) >= toldAgain
	for _, claim := range claims {
		isTold := claim.UploadedAt.Before(how.before) && !isToldAgain
		if isTold || claim.IsApproved() || claim.Uploader.UserID == result.Uploader {
			continue
		}
		l := m.aboutClaim("claim-withdrawn", "Claimed result withdrawn: "+result.ID.String(), claim, result).because(how.reason)
		l.Message, l.copySupport = "", false
		if how.correction != nil {
			l.Correction, l.IDs = true, append(l.IDs, letterID{"New result", *how.correction})
		}
		if err := m.notify(ctx, r, claim.Uploader.UserID, l); err != nil {
			return err
		}
	}
	return nil
}

// notifyRestored sends the mail that a result is in the lists again to the uploader of each
// of the results.
func (m *mailer) notifyRestored(ctx context.Context, r ports.Repos, resultIDs []uuid.UUID) error {
	results, err := r.Results.Described(ctx, resultIDs)
	if err != nil {
		return err
	}
	var mails []*domain.OutgoingMail
	uploaders := map[domain.UserID]*domain.User{}
	for _, result := range results {
		user, known := uploaders[result.Uploader]
		if !known {
			user, err = r.Users.Get(ctx, result.Uploader)
			if err != nil && !errors.Is(err, ports.ErrNotFound) {
				return err
			}
			uploaders[result.Uploader] = user
		}
		if user == nil || user.Email == "" {
			continue
		}
		mail, err := m.write(user, m.restored(result))
		if err != nil {
			return err
		}
		mails = append(mails, mail)
	}
	return r.Outbox.EnqueueAll(ctx, mails)
}

// notifyClaimant sends a mail about a claim that was settled to the uploader of the claim.
// The letter is about no result if the claim is an orphan, or its result refers to what is gone.
func (m *mailer) notifyClaimant(
	ctx context.Context, r ports.Repos, claim *domain.Claim, reason string, l func(*domain.Claim, *domain.Result) letter,
) error {
	var result *domain.Result
	if !claim.IsOrphan() {
		var err error
		if result, err = r.Results.Get(ctx, claim.ResultID); err != nil && !errors.Is(err, ports.ErrNotFound) {
			return err
		}
	}
	return m.notify(ctx, r, claim.Uploader.UserID, l(claim, result).because(reason))
}

// link returns the public address of an entity, empty if the public URL is not configured.
func (m *mailer) link(collection string, id uuid.UUID) string {
	if m.publicURL == "" {
		return ""
	}
	return m.publicURL + "/ui/" + collection + "/" + id.String()
}

func (m *mailer) registered() letter {
	return letter{kind: "registered", Subject: "Thank you for registering"}
}

func (m *mailer) updated() letter {
	return letter{kind: "updated", Subject: "Your user information was updated"}
}

func (m *mailer) submitted(s submission) letter {
	l := m.aboutSubmission("submitted", fmt.Sprintf("New %s resource submitted: %s", s.resource, s.id), s)
	l.Review = m.link("review/"+string(s.resource), s.id)
	return l
}

func (m *mailer) approved(s submission) letter {
	return m.aboutSubmission("approved", approvedSubject(s.id), s)
}

// rejected has no link: the entity was removed.
func (m *mailer) rejected(s submission) letter {
	l := m.aboutSubmission("rejected", rejectedSubject(s.id), s)
	l.Link = ""
	return l
}

func (m *mailer) claimed(c *domain.Claim) func(*domain.Result) letter {
	return func(r *domain.Result) letter {
		headers := map[string]string{"Result-ID": r.ID.String(), "Claim-ID": c.ID.String()}
		l := m.aboutResult("claimed", "Claim submitted on result: "+r.ID.String(), r, headers)
		l.Message, l.IDs = paragraphs(c.Message), append(l.IDs, letterID{"Claim", c.ID})
		l.Review = m.link("review/"+string(domain.ClaimResource), c.ID)
		return l
	}
}

func (m *mailer) restored(r *domain.Result) letter {
	return m.aboutResult("restored", "Result restored: "+r.ID.String(), r, map[string]string{"Result-ID": r.ID.String()})
}

// returned tells that an administrator has restored a result.
func (m *mailer) returned(r *domain.Result) letter {
	l := m.restored(r)
	l.kind = "returned"
	return l
}

func (m *mailer) withdrawn(r *domain.Result, reason string) letter {
	headers := map[string]string{"Result-ID": r.ID.String()}
	return m.aboutResult("withdrawn", "Result withdrawn: "+r.ID.String(), r, headers).because(reason)
}

func (m *mailer) resultDeleted(r *domain.Result, reason string) letter {
	headers := map[string]string{"Result-ID": r.ID.String()}
	return m.aboutResult("result-deleted", "Result deleted: "+r.ID.String(), r, headers).because(reason)
}

func (m *mailer) deleted(s submission) letter {
	l := m.aboutSubmission("deleted", "Resource deleted: "+s.id.String(), s)
	l.Link = ""
	return l
}

func (m *mailer) claimApproved(c *domain.Claim, r *domain.Result) letter {
	return m.aboutClaim("claim-approved", approvedSubject(c.ID), c, r)
}

func (m *mailer) claimRejected(c *domain.Claim, r *domain.Result) letter {
	return m.aboutClaim("claim-rejected", rejectedSubject(c.ID), c, r)
}

func approvedSubject(id uuid.UUID) string { return "Resource approved: " + id.String() }

func rejectedSubject(id uuid.UUID) string { return "Resource rejected: " + id.String() }

// submission is the benchmark, site or flavor that a mail is about.
type submission struct {
	resource domain.Resource
	id       uuid.UUID
	name     string
}

func (m *mailer) aboutSubmission(kind, title string, s submission) letter {
	return letter{
		kind: kind, copySupport: true, headers: map[string]string{"Resource-ID": s.id.String()}, Subject: title,
		Type: s.resource, Name: line(s.name), IDs: []letterID{{"ID", s.id}}, Link: m.link(string(s.resource)+"s", s.id),
	}
}

func (m *mailer) aboutResult(kind, title string, r *domain.Result, headers map[string]string) letter {
	return letter{
		kind: kind, copySupport: true, headers: headers, Subject: title,
		Name: line(resultName(r)), IDs: []letterID{{"Result", r.ID}}, Link: m.link("results", r.ID),
	}
}

// aboutClaim leaves the name empty if the result, nil then, is gone.
func (m *mailer) aboutClaim(kind, title string, c *domain.Claim, r *domain.Result) letter {
	headers := map[string]string{"Resource-ID": c.ID.String()}
	l := letter{kind: kind, copySupport: true, headers: headers, Subject: title}
	if r != nil {
		l = m.aboutResult(kind, title, r, headers)
	}
	l.Message, l.IDs = paragraphs(c.Message), append(l.IDs, letterID{"Claim", c.ID})
	return l
}

// resultName describes a result, which has no name, in words that its uploader recognizes.
func resultName(r *domain.Result) string {
	return fmt.Sprintf("%s on flavor %s of site %s, run on %s UTC",
		r.Benchmark.Name(), r.Flavor.Name, r.Site.Name, r.ExecutedAt.UTC().Format("2006-01-02 15:04"))
}
