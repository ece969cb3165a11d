package service

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
)

// mailFiles has a template for each kind of mail, with the words of both forms (plain text
// and HTML), and a layout for each form.
//
//go:embed mails
var mailFiles embed.FS

// letter is what the templates show of a mail.
type letter struct {
	kind        string
	copySupport bool
	headers     map[string]string
	Subject     string
	// Type and Name describe the entity that the mail is about. Name is one line.
	Type domain.Resource
	Name string
	IDs  []letterID
	// Alike are entities whose names look like that of a submission, and Written is the name
	// of the submission in the same form.
	Alike   []lookalike
	Written string
	// Message is the text of a claim, which may have several lines.
	Message string
	// Reason is what somebody gave as a reason, which may have several lines, too.
	Reason string
	// Correction is true if the result was withdrawn by a correction.
	Correction bool
	// Link is the address of the entity and Service that of the API. Both are empty if the
	// public URL is not configured.
	Link, Service string
	// Review is the address of the page where an administrator decides; empty if nobody has to.
	Review string
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
	"withdrawn", "result-deleted", "returned", "deleted", "claim-withdrawn",
)

func parseMails(kinds ...string) map[string]mailTemplates {
	functions := texttemplate.FuncMap{"quote": quote}
	parsed := map[string]mailTemplates{}
	for _, kind := range kinds {
		words := "mails/" + kind + ".tmpl"
		text := texttemplate.New("layout.txt").Funcs(functions)
		parsed[kind] = mailTemplates{
			text: texttemplate.Must(text.ParseFS(mailFiles, "mails/layout.txt", words)),
			html: htmltemplate.Must(htmltemplate.ParseFS(mailFiles, "mails/layout.html", words)),
		}
	}
	return parsed
}

// quote marks each line as a quotation.
func quote(text string) string { return "> " + strings.ReplaceAll(text, "\n", "\n> ") }

// because returns the letter with a reason; the empty one is none.
func (l letter) because(reason string) letter {
	l.Reason = paragraphs(reason)
	return l
}

// render returns the mail in both forms.
func (l letter) render() (domain.Mail, error) {
	var text, html strings.Builder
	err := errors.Join(mailKinds[l.kind].text.Execute(&text, l), mailKinds[l.kind].html.Execute(&html, l))
	if err != nil {
		return domain.Mail{}, fmt.Errorf("write the mail %q: %w", l.Subject, err)
	}
	return domain.Mail{
		Subject: l.Subject, CopySupport: l.copySupport, Headers: l.headers, Text: text.String(), HTML: html.String(),
	}, nil
}

// line returns a text that users wrote as one line of visible characters: a name must not
// look like text of the mail itself.
func line(text string) string {
	return strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(text, "\uFFFD"))), " ")
}

// paragraphs returns a text that users wrote as lines of visible characters, at most 10,000
// bytes.
func paragraphs(text string) string {
	const maxSize = 10_000 // bytes
	omission := ""
	if len(text) > maxSize {
		text, omission = text[:maxSize], "\n[...]"
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "")), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(strings.Map(visible, lines[i]), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n") + omission
}

// visible replaces characters that are invisible, or that change the direction of the
// characters after them, with a space.
func visible(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}
