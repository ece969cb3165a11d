package service

import (
	"context"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Each kind of mail has a file with its words, which are the same in plain text
// and in HTML; the layouts are around them.
//
//go:embed mails
var mailFiles embed.FS

// letter is what the templates know of a mail.
type letter struct {
	kind        string
	copySupport bool
	headers     map[string]string
	Subject     string
	// Type and Name are what the mail is about. Name is one line.
	Type domain.Resource
	Name string
	IDs  []letterID
	// Message is what somebody wrote in a claim, several lines perhaps.
	Message string
	// Link leads to what the mail is about, Service to the service; both are empty
	// if we do not know where people reach us.
	Link, Service string
}

type letterID struct {
	Name string
	ID   uuid.UUID
}

// mailTemplates are the two forms of a kind of mail.
type mailTemplates struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

var mailKinds = parseMails(
	"registered", "updated", "submitted", "approved", "rejected", "claimed", "restored", "claim-approved", "claim-rejected",
)

func parseMails(kinds ...string) map[string]mailTemplates {
	parsed := map[string]mailTemplates{}
	for _, kind := range kinds {
		words := "mails/" + kind + ".tmpl"
		parsed[kind] = mailTemplates{
			text: texttemplate.Must(texttemplate.New("layout.txt").Funcs(texttemplate.FuncMap{"quote": quote}).ParseFS(mailFiles, "mails/layout.txt", words)),
			html: htmltemplate.Must(htmltemplate.ParseFS(mailFiles, "mails/layout.html", words)),
		}
	}
	return parsed
}

// quote marks each line as somebody else's.
func quote(text string) string { return "> " + strings.ReplaceAll(text, "\n", "\n> ") }

// render writes the mail in both forms.
func (l letter) render() (domain.Mail, error) {
	var text, html strings.Builder
	err := errors.Join(mailKinds[l.kind].text.Execute(&text, l), mailKinds[l.kind].html.Execute(&html, l))
	if err != nil {
		return domain.Mail{}, fmt.Errorf("write the mail %q: %w", l.Subject, err)
	}
	return domain.Mail{Subject: l.Subject, CopySupport: l.copySupport, Headers: l.headers, Text: text.String(), HTML: html.String()}, nil
}

// mailer writes the mails of the contract's section 4, and puts them into the
// outbox.
type mailer struct {
	clock ports.Clock
	// publicURL is where people reach the service, without a slash at the end;
	// empty if we do not know.
	publicURL string
}

// notify sends a mail to a person, if there is still somebody to read it.
func (m *mailer) notify(ctx context.Context, r ports.Repos, to domain.UserID, l letter) error {
	user, err := r.Users.Get(ctx, to)
	if errors.Is(err, ports.ErrNotFound) || err == nil && user.Email == "" {
		return nil
	}
	if err != nil {
		return err
	}
	l.Service = m.publicURL
	mail, err := l.render()
	if err != nil {
		return err
	}
	mail.To = user.Email
	// By time, so that those of one unit of work are sent in their order.
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make the id of a mail: %w", err)
	}
	now := m.clock.Now()
	return r.Outbox.Enqueue(ctx, &domain.OutgoingMail{
		ID: id, Mail: mail, CreatedAt: now, NextAttemptAt: now, GiveUpAt: now.Add(domain.MailPatience),
	})
}

// notifyUploader sends a mail about a result to its uploader.
func (m *mailer) notifyUploader(ctx context.Context, r ports.Repos, resultID uuid.UUID, l func(*domain.Result) letter) error {
	result, err := r.Results.Get(ctx, resultID)
	if err != nil {
		return err
	}
	return m.notify(ctx, r, result.Uploader, l(result))
}

// notifyClaimant sends a mail about a claim, which is settled, to who made it.
func (m *mailer) notifyClaimant(ctx context.Context, r ports.Repos, claim *domain.Claim, l func(*domain.Claim, *domain.Result) letter) error {
	result, err := r.Results.Get(ctx, claim.ResultID)
	if err != nil {
		return err
	}
	return m.notify(ctx, r, claim.Uploader.UserID, l(claim, result))
}

// link leads to a thing, if we know how people reach us.
func (m *mailer) link(collection string, id uuid.UUID) string {
	if m.publicURL == "" {
		return ""
	}
	return m.publicURL + "/" + collection + "/" + id.String()
}

func (m *mailer) registered() letter {
	return letter{kind: "registered", Subject: "Thank you for registering"}
}

func (m *mailer) updated() letter {
	return letter{kind: "updated", Subject: "Your user information was updated"}
}

func (m *mailer) submitted(s submission) letter {
	return m.aboutSubmission("submitted", fmt.Sprintf("New %s resource submitted: %s", s.resource, s.id), s)
}

func (m *mailer) approved(s submission) letter {
	return m.aboutSubmission("approved", approvedSubject(s.id), s)
}

// rejected has no link: there is nothing left to see.
func (m *mailer) rejected(s submission) letter {
	l := m.aboutSubmission("rejected", rejectedSubject(s.id), s)
	l.Link = ""
	return l
}

func (m *mailer) claimed(c *domain.Claim) func(*domain.Result) letter {
	return func(r *domain.Result) letter {
		l := m.aboutResult("claimed", "Claim submitted on result: "+r.ID.String(), r, map[string]string{"Result-ID": r.ID.String(), "Claim-ID": c.ID.String()})
		l.Message, l.IDs = paragraphs(c.Message), append(l.IDs, letterID{"Claim", c.ID})
		return l
	}
}

func (m *mailer) restored(r *domain.Result) letter {
	return m.aboutResult("restored", "Result restored: "+r.ID.String(), r, map[string]string{"Result-ID": r.ID.String()})
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

func (m *mailer) aboutClaim(kind, title string, c *domain.Claim, r *domain.Result) letter {
	l := m.aboutResult(kind, title, r, map[string]string{"Resource-ID": c.ID.String()})
	l.Message, l.IDs = paragraphs(c.Message), append(l.IDs, letterID{"Claim", c.ID})
	return l
}

// resultName is how people recognize a result, which has no name.
func resultName(r *domain.Result) string {
	return fmt.Sprintf("%s on flavor %s of site %s, run on %s UTC",
		r.Benchmark.Name(), r.Flavor.Name, r.Site.Name, r.ExecutedAt.UTC().Format("2006-01-02 15:04"))
}

// line is a text on one line, without anything that is not seen: a name must not
// look like something of ours.
func line(text string) string {
	return strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}

// paragraphs is a text as line makes it, but with its lines.
func paragraphs(text string) string {
	const longest = 10_000 // bytes
	cut := ""
	if len(text) > longest {
		text, cut = text[:longest], "\n[...]"
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "")), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(strings.Map(visible, lines[i]), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + cut
}

// visible makes a space of what cannot be seen or turns the direction of others.
func visible(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}
