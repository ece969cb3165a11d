package mail_test

import (
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
	"github.com/eosc-perf/backend/tests/smtptest"
)

const publicURL = "https://perf.example.org/api/v1"

// withMail adds the settings for the mail server.
func withMail(settings harness.Settings, post *smtptest.Server) harness.Settings {
	return settings.With(harness.Settings{
		"MAIL_SERVER": post.Host, "MAIL_PORT": strconv.Itoa(post.Port), "MAIL_FROM": "EOSC Perf <perf@example.org>",
		"MAIL_SUPPORT": "support@example.org, office@example.org", "PUBLIC_URL": publicURL,
	})
}

// arrived is a mail as its readers see it.
type arrived struct {
	smtptest.Received
	header     mail.Header
	text, html string
}

// read takes a mail apart.
func read(t *testing.T, received smtptest.Received) arrived {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(received.Data))
	if err != nil {
		t.Fatalf("%v\n%s", err, received.Data)
	}
	a := arrived{Received: received, header: message.Header}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %s, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for _, into := range []*string{&a.text, &a.html} {
		part, err := parts.NextPart() // decodes quoted-printable
		if err != nil {
			t.Fatalf("%v\n%s", err, received.Data)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatalf("%v\n%s", err, received.Data)
		}
		*into = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	return a
}

// mailbox is what arrives at a mail server.
type mailbox struct {
	t    *testing.T
	post *smtptest.Server
	seen int
}

// next waits for so many more mails.
func (m *mailbox) next(count int) []arrived {
	m.t.Helper()
	process.Eventually(m.t, fmt.Sprintf("%d more mails", count), func() bool { return len(m.post.Received()) >= m.seen+count })
	received := m.post.Received()[m.seen:]
	m.seen += len(received)
	var mails []arrived
	for _, r := range received {
		mails = append(mails, read(m.t, r))
	}
	if len(mails) != count {
		m.t.Fatalf("%d mails, want %d", len(mails), count)
	}
	slices.SortFunc(mails, func(a, b arrived) int { return strings.Compare(a.To[0], b.To[0]) })
	return mails
}

// With -v it prints the mails as they arrived.
func TestMailsOfTheLifeOfABenchmark(t *testing.T) {
	for name, settings := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := smtptest.Start(t, smtptest.Options{})
			s := harness.Start(t, withMail(settings(t), post))
			box := &mailbox{t: t, post: post}
			box.next(3) // the development accounts are registered at the first start
			l := &life{Server: s, box: box}
			l.run()
			if testing.Verbose() && name == "sqlite" {
				printMails(t, post.Received()[3:])
			}
			if left, err := s.System.Storage().Repos().Outbox.State(t.Context()); err != nil || left.Parked > 0 {
				t.Errorf("left in the outbox: %+v, %v", left, err)
			}
		})
	}
}

// printMails prints envelopes, headers and plain texts, and of one mail all of it.
func printMails(t *testing.T, mails []smtptest.Received) {
	t.Helper()
	whole := true
	for _, received := range mails {
		header, body, _ := strings.Cut(strings.ReplaceAll(received.Data, "\r\n", "\n"), "\n\n")
		if claim := strings.Contains(header, "\nClaim-ID:"); claim && whole {
			whole = false
		} else {
			body = read(t, received).text
		}
		fmt.Printf(
			"MAIL FROM:<%s>\nRCPT TO:<%s>\n%s\n\n%s\n----\n", received.From, strings.Join(received.To, ">\nRCPT TO:<"),
			header, strings.TrimRight(body, "\n"),
		)
	}
}

// life is the life of a benchmark, which newcomer brings in and bob doubts.
type life struct {
	*harness.Server
	box *mailbox
}

const (
	oddBenchmark = "team/c-ray"
	oddSite      = `Bcc: <b>"Größe"@example.org`
)

func (l *life) run() {
	t := l.T
	nina, bob := "newcomer@example.org", "bob@example.org"
	l.Post("newcomer", "/users:register", "").Want(t, 201)
	l.expect(nina, "Thank you for registering", "", nil, "You are registered")
	l.Post("newcomer", "/users/self:update", "").Want(t, 204)
	l.expect(nina, "Your user information was updated", "", nil, "was changed to this one")

	benchmark := l.Post(
		"newcomer", "/benchmarks",
		fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"https://example.org","json_schema":%s}`, oddBenchmark, harness.ScoreSchema),
	).Want(t, 201).ID(t)
	l.expectThing(
		nina, "New benchmark resource submitted: ", benchmark, "/benchmarks/",
		`Your benchmark "team/c-ray:1" was submitted`,
	)
	site := l.Post("newcomer", "/sites", fmt.Sprintf(`{"name":%q,"address":"a"}`, oddSite)).Want(t, 201).ID(t)
	l.expectThing(nina, "New site resource submitted: ", site, "/sites/", `Your site "`+oddSite+`" was submitted`)
	flavor := l.Post("newcomer", "/sites/"+site+"/flavors", `{"name":"large"}`).Want(t, 201).ID(t)
	l.expectThing(
		nina, "New flavor resource submitted: ", flavor, "/flavors/",
		`Your flavor "large of `+oddSite+`" was submitted`,
	)
	for _, thing := range []struct{ path, id, says string }{
		{"/sites/", site, "Your site"}, {"/flavors/", flavor, "Your flavor"}, {"/benchmarks/", benchmark, "Your benchmark"},
	} {
		l.Post("admin", thing.path+thing.id+":approve", "").Want(t, 204)
		l.expectThing(nina, "Resource approved: ", thing.id, thing.path, thing.says)
	}

	result := l.Post(
		"newcomer", "/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id="+benchmark+"&flavor_id="+flavor,
		`{"score":1}`,
	).Want(t, 201).ID(t)
	name := "team/c-ray:1 on flavor large of site " + oddSite + ", run on 2021-05-21 08:31 UTC"
	claim := l.claim(result, name)
	l.Post("admin", "/reports/claims/"+claim+":reject", "").Want(t, 204)
	both := l.box.next(2)
	l.check(both[0], bob, "Resource rejected: "+claim, "/results/"+result, map[string]string{"Resource-Id": claim}, name)
	l.check(both[1], nina, "Result restored: "+result, "/results/"+result, map[string]string{"Result-Id": result}, name)
	claim = l.claim(result, name)
	l.Post("admin", "/reports/claims/"+claim+":approve", "").Want(t, 204)
	l.expect(bob, "Resource approved: "+claim, "/results/"+result, map[string]string{"Resource-Id": claim}, name)

	second := l.Post(
		"newcomer", "/benchmarks", `{"docker_image":"second","docker_tag":"1","url":"https://example.org","json_schema":{}}`,
	).Want(t, 201).ID(t)
	l.expectThing(nina, "New benchmark resource submitted: ", second, "/benchmarks/", "second:1")
	l.Post("admin", "/benchmarks/"+second+":reject", "").Want(t, 204)
	l.expect(nina, "Resource rejected: "+second, "", map[string]string{"Resource-Id": second}, `Your benchmark "second:1" was rejected`)
	// What is removed is gone, without a mail: the next one is of something else.
	l.Do(harness.Call{Method: "DELETE", Path: "/benchmarks/" + benchmark, As: "admin"}).Want(t, 204)
	l.Post("newcomer", "/users/self:update", "").Want(t, 204)
	l.expect(nina, "Your user information was updated", "", nil, "")
}

func (l *life) claim(result, name string) string {
	l.T.Helper()
	claim := l.Post(
		"bob", "/results/"+result+":claim",
		`{"message":"Too fast.\nTo: everybody@example.org\n<script>alert(1)</script>"}`,
	).Want(l.T, 201).ID(l.T)
	l.expect(
		"newcomer@example.org", "Claim submitted on result: "+result, "/results/"+result,
		map[string]string{"Result-Id": result, "Claim-Id": claim}, name,
	)
	return claim
}

func (l *life) expectThing(to, subject, id, path, says string) {
	l.T.Helper()
	l.expect(to, subject+id, path+id, map[string]string{"Resource-Id": id}, says)
}

// expect is check of the one mail that is next.
func (l *life) expect(to, subject, path string, headers map[string]string, says string) {
	l.T.Helper()
	l.check(l.box.next(1)[0], to, subject, path, headers, says)
}

var messageID = regexp.MustCompile(`^<[0-9a-f-]{36}@example\.org>$`)

// check: the header is exactly this, and both parts say it.
func (l *life) check(a arrived, to, subject, path string, headers map[string]string, says string) {
	l.T.Helper()
	receivers := []string{to}
	want := mail.Header{
		"From": {`"EOSC Perf" <perf@example.org>`}, "To": {"<" + to + ">"}, "Subject": {subject},
		"Mime-Version": {"1.0"}, "Auto-Submitted": {"auto-generated"},
	}
	if headers != nil {
		receivers = append(receivers, "support@example.org", "office@example.org")
		want["Cc"] = []string{"<support@example.org>, <office@example.org>"}
	}
	for name, value := range headers {
		want[name] = []string{value}
	}
	got := maps.Clone(a.header)
	if !messageID.MatchString(got.Get("Message-Id")) {
		l.T.Errorf("Message-ID %q", got.Get("Message-Id"))
	}
	if _, err := got.Date(); err != nil {
		l.T.Errorf("Date: %v", err)
	}
	for _, name := range []string{"Message-Id", "Date", "Content-Type"} {
		delete(got, name)
	}
	if !maps.EqualFunc(got, want, slices.Equal) || a.From != "perf@example.org" || !slices.Equal(a.To, receivers) {
		l.T.Errorf("from %s to %v, header\n%v\nwant to %v\n%v", a.From, a.To, got, receivers, want)
	}
	escaped := strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&#34;")
	inHTML := strings.ReplaceAll(escaped.Replace(says), "&#34;", `"`)
	if !strings.Contains(a.text, says) || !strings.Contains(
		strings.ReplaceAll(a.html, "&#34;", `"`), inHTML,
	) || strings.Contains(a.html, "<script") {
		l.T.Errorf("%s: want %q in\n%s\n%s", subject, says, a.text, a.html)
	}
	if path != "" {
		path = "/ui" + path // the page in the browser
	}
	if !strings.Contains(a.text, "\n"+publicURL+path+"\n") && path != "" || !strings.Contains(a.html, `<a href="`+publicURL+path+`">`) {
		l.T.Errorf("%s: want the link %s in\n%s\n%s", subject, path, a.text, a.html)
	}
}
