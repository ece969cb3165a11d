package service_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// TestEveryMail goes through the life of a benchmark, a flavor, a result and its
// claims, with names as odd as another program may have stored them.
func TestEveryMail(t *testing.T) {
	for name, odd := range map[string]string{
		"plain":           "c-ray",
		"line breaks":     "a\r\nBcc: everybody@example.org\r\n\r\nhello\u2028you",
		"markup":          `<script>alert("1")</script>&amp;{{.Link}}'`,
		"non-ASCII":       "Größe 測試 \U0001F600",
		"turned around":   "abc\u202egnp.exe\u0007\u001b[31m",
		"1000 bytes":      strings.Repeat("ü", 500),
		"spaces":          "  a \t b  ",
		"nothing to see":  "\u200b\u0000",
		"not even UTF-8":  "a\xffb",
		"looks like ours": "x\n\nYou get this mail because",
	} {
		t.Run(name, func(t *testing.T) {
			w, result := newWorldWithResult(t)
			everyMail(t, w, result, odd)
			for _, mail := range w.mails {
				checkMail(t, mail, odd)
			}
		})
	}
}

// everyMail makes everything happen that a mail is sent about, with a name that may be odd.
func everyMail(t *testing.T, w *world, resultID uuid.UUID, odd string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	newcomer := domain.Identity{UserID: domain.UserID{Subject: "newcomer", Issuer: "i"}, Email: "new@example.org", HasEmail: true}
	user, err := w.Users.RegisterSelf(t.Context(), domain.Person(newcomer, nil))
	must(err)
	yes := true
	newcomer.EmailVerified = &yes
	must(w.Users.UpdateSelf(t.Context(), domain.Person(newcomer, user)))

	operator := domain.Operator()
	approved := w.submit(w.caller("alice"), "n")
	w.rename(approved, odd)
	must(w.Flavors.Approve(t.Context(), operator, approved.flavor.ID, ""))
	must(w.Sites.Approve(t.Context(), operator, approved.site.ID, ""))
	must(w.Benchmarks.Approve(t.Context(), operator, approved.benchmark.ID, ""))
	// Without a mail: the names are free again.
	must(w.Sites.Delete(t.Context(), operator, approved.site.ID, ""))
	must(w.Benchmarks.Delete(t.Context(), operator, approved.benchmark.ID, ""))
	rejected := w.submit(w.caller("alice"), "n")
	w.rename(rejected, odd)
	must(w.Flavors.Reject(t.Context(), operator, rejected.flavor.ID, ""))
	must(w.Sites.Reject(t.Context(), operator, rejected.site.ID, ""))
	must(w.Benchmarks.Reject(t.Context(), operator, rejected.benchmark.ID, ""))

	result, err := w.Results.Get(t.Context(), operator, resultID)
	must(err)
	w.rename(submission{benchmark: result.Benchmark, site: result.Site, flavor: result.Flavor}, odd)
	for _, settle := range []settlement{w.Claims.Reject, w.Claims.Approve} {
		claim, err := w.Claims.Create(t.Context(), w.caller("bob"), resultID, odd+"\nsecond line")
		must(err)
		must(settle(t.Context(), operator, claim.ID, ""))
	}
	if want := 2 + 12 + 5; len(w.mails) != want {
		t.Fatalf("%d mails, want %d", len(w.mails), want)
	}
}

// rename gives the three an odd name, as another program may.
func (w *world) rename(s submission, odd string) {
	w.t.Helper()
	benchmark, site, flavor := *s.benchmark, *s.site, *s.flavor
	benchmark.DockerImage, site.Name, flavor.Name = odd, odd, odd
	w.write(func(ctx context.Context, r ports.Repos) error {
		return errors.Join(r.Benchmarks.Update(ctx, &benchmark), r.Sites.Update(ctx, &site), r.Flavors.Update(ctx, &flavor))
	})
}

func checkMail(t *testing.T, mail *domain.OutgoingMail, odd string) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s\nsubject %q\n%s\n%s", fmt.Sprintf(format, args...), mail.Subject, mail.Text, mail.HTML)
	}
	if strings.ContainsFunc(mail.Subject, func(r rune) bool { return r < ' ' || r > '~' }) || len(mail.Subject) > 100 {
		fail("a name is in the subject")
	}
	for name, value := range mail.Headers {
		if _, err := uuid.Parse(value); err != nil {
			fail("header %s: %q is no id", name, value)
		}
	}
	if mail.GiveUpAt.Sub(mail.CreatedAt) != 48*time.Hour || !mail.NextAttemptAt.Equal(mail.CreatedAt) {
		fail("it is due at %s and given up at %s, want now and after two days", mail.NextAttemptAt, mail.GiveUpAt)
	}
	for _, body := range []string{mail.Text, mail.HTML} {
		if !utf8.ValidString(body) || strings.ContainsAny(body, "\r\x00\x07\x1b\u202e\u2028") || strings.Contains(body, "no value") {
			fail("something is in the text that should not be")
		}
		if !strings.Contains(body, "https://perf.example.org/api/v1") {
			fail("there is no link")
		}
	}
	if strings.Contains(mail.HTML, "<script") || strings.Count(mail.HTML, "<html") != 1 || !strings.HasPrefix(mail.HTML, "<!DOCTYPE html>") {
		fail("the HTML is not ours alone")
	}
	if !strings.HasPrefix(mail.Text, "Dear user,\n") || strings.Contains(mail.Text, "\nBcc:") ||
		strings.Count(mail.Text, "\nYou get this mail") != 1 {
		fail("a name made lines of its own")
	}
	if mail.Headers == nil {
		return // about a person: no names
	}
	if strings.HasPrefix(mail.Subject, "New ") {
		odd = "n" // new names are not odd
	}
	shown := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == '\u0000' || r == '\u200b' || r == '\u202e' || r == '\u2028' || r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(odd, "\uFFFD"))), " ")
	if !strings.Contains(mail.Text, shown) || !strings.Contains(html.UnescapeString(mail.HTML), shown) {
		fail("the name %q is not shown", shown)
	}
	if strings.Contains(mail.Subject, "Claim") && !strings.Contains(mail.Text, "\n> second line\n") {
		fail("the claim's words are not quoted")
	}
}

func TestMailsWithoutPublicURLHaveNoLinks(t *testing.T) {
	w := newWorld(t)
	dependencies := w.dependencies()
	dependencies.PublicURL = ""
	if _, err := service.New(dependencies).Sites.Create(t.Context(), w.person("alice"), service.NewSite{Name: "n"}); err != nil {
		t.Fatal(err)
	}
	if m := w.mails[0]; strings.Contains(m.Text+m.HTML, "http") || strings.Contains(m.HTML, "<a ") {
		t.Errorf("links to nowhere:\n%s\n%s", m.Text, m.HTML)
	}
}

func TestLinksAndReceiversOfMails(t *testing.T) {
	w, result := newWorldWithResult(t)
	everyMail(t, w, result, "n")
	const base = "https://perf.example.org/api/v1"
	for _, tt := range []struct {
		subject, to string
		copied      bool
		path        string
		says        string
	}{
		{"Thank you for registering", "new@example.org", false, "", "submit benchmarks"},
		{"Your user information was updated", "new@example.org", false, "", "changed to this one"},
		{"New site resource submitted: ", "alice@example.org", true, "/sites/ID", `site "n" was submitted`},
		{"New flavor resource submitted: ", "alice@example.org", true, "/flavors/ID", `flavor "n of n" was submitted`},
		{"New benchmark resource submitted: ", "alice@example.org", true, "/benchmarks/ID", `benchmark "n:n" was submitted`},
		{"Resource approved: ", "alice@example.org", true, "/flavors/ID", `flavor "n of n" was approved`},
		{"Resource approved: ", "alice@example.org", true, "/sites/ID", `site "n" was approved`},
		{"Resource approved: ", "alice@example.org", true, "/benchmarks/ID", `benchmark "n:n" was approved`},
		{"New site resource submitted: ", "alice@example.org", true, "/sites/ID", ""},
		{"New flavor resource submitted: ", "alice@example.org", true, "/flavors/ID", ""},
		{"New benchmark resource submitted: ", "alice@example.org", true, "/benchmarks/ID", ""},
		{"Resource rejected: ", "alice@example.org", true, "", `flavor "n of n" was rejected`},
		{"Resource rejected: ", "alice@example.org", true, "", `site "n" was rejected`},
		{"Resource rejected: ", "alice@example.org", true, "", `benchmark "n:n" was rejected`},
		{"Claim submitted on result: ", "alice@example.org", true, "/results/ID",
			"result of n:1 on flavor n of site n, run on 2026-11-23 12:00 UTC"},
		{"Result restored: ", "alice@example.org", true, "/results/ID", "again"},
		{"Resource rejected: ", "bob@example.org", true, "/results/" + result.String(), "Your claim"},
		{"Claim submitted on result: ", "alice@example.org", true, "/results/ID", "> second line"},
		{"Resource approved: ", "bob@example.org", true, "/results/" + result.String(), "stays hidden"},
	} {
		mail := w.mails[0]
		w.mails = w.mails[1:]
		id, ok := strings.CutPrefix(mail.Subject, tt.subject)
		if !ok || (id != "") != tt.copied || mail.To != tt.to || mail.CopySupport != tt.copied {
			t.Errorf("mail %q to %s, copied %t; want %q to %s, %t", mail.Subject, mail.To, mail.CopySupport, tt.subject, tt.to, tt.copied)
		}
		link := "\n" + base + "/ui" + strings.ReplaceAll(tt.path, "ID", id) + "\n"
		isWaiting := strings.Contains(tt.subject, "submitted")
		if got := strings.Contains(mail.Text, "Administrators decide here: "+base+"/ui/review/"); got != isWaiting {
			t.Errorf("%s: leads to the review: %v\n%s", mail.Subject, got, mail.Text)
		}
		if (tt.path == "") == strings.Contains(mail.Text, link) ||
			!strings.Contains(mail.Text, tt.says) || !strings.Contains(mail.Text, base+".\n") {
			t.Errorf("%s: want a line %q and %q in\n%s", mail.Subject, link, tt.says, mail.Text)
		}
		if tt.path == "" && strings.Contains(mail.Text, base+"/") {
			t.Errorf("%s: a link to what is not there:\n%s", mail.Subject, mail.Text)
		}
		if id != "" && mail.Headers["Resource-ID"] != id && mail.Headers["Result-ID"] != id {
			t.Errorf("%s: headers %v", mail.Subject, mail.Headers)
		}
		if got := mail.Headers["Claim-ID"]; (got != "") != strings.HasPrefix(tt.subject, "Claim") {
			t.Errorf("%s: Claim-ID %q", mail.Subject, got)
		}
	}
}

func TestLongClaimsAreCut(t *testing.T) {
	w, result := newWorldWithResult(t)
	if _, err := w.Claims.Create(t.Context(), w.caller("bob"), result, strings.Repeat("ü", 500_000)); err != nil {
		t.Fatal(err)
	}
	if m := w.mails[0]; len(m.Text) > 12_000 || !strings.Contains(m.Text, "\n> [...]\n") || !utf8.ValidString(m.Text) {
		t.Errorf("%d bytes, ends %q", len(m.Text), m.Text[max(0, len(m.Text)-500):])
	}
}
