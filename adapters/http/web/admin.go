package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// Operation is what the administration page shows of the running server.
type Operation struct {
	// Doctor examines the parts of the server; nil for none.
	Doctor func(context.Context) []Diagnosis
	Outbox maintenance.Outbox
	// Settings are those of the server, without secrets.
	Settings []SettingLine
}

// Diagnosis is the state of one part of the server.
type Diagnosis struct {
	Name string
	// Problem is empty for a part that works; Remedy says what to do.
	Problem, Remedy string
	Detail          string
}

// SettingLine is a setting with its value.
type SettingLine struct{ Name, Value, Help string }

// adminModel is the view model of the pages of the administration.
type adminModel struct {
	Title  string
	Tabs   []tab
	Notice string
	Faults []fieldFault
	Doctor []Diagnosis
	// State sums up Doctor.
	State string
	// Twins are tags that look alike.
	Twins    []service.Twins
	Users    *usersModel
	Removal  *userRemoval
	Outbox   *outboxModel
	Settings []SettingLine
	// Audit is what was done.
	Audit *auditModel
}

// usersModel are the users that a search finds.
type usersModel struct {
	Search       string
	Users        []userLine
	Total        string
	Newer, Older Link
}

type userLine struct {
	Email, Subject, Issuer, Since string
	Blocked                       bool
	Remove                        Link
}

// userRemoval is the form that removes a user.
type userRemoval struct {
	Email, Subject, Issuer string
	// Go and Stay say what becomes of what the user has uploaded.
	Go, Stay string
}

type outboxModel struct {
	Mails []mailLine
	// Count says how many mails wait, and how many are parked.
	Count string
}

type mailLine struct {
	ID, To, Subject, Age, State, Error string
	Parked                             bool
}

func (s *Site) admin(r *Request, tabPath string) (*adminModel, error) {
	if err := r.may(domain.ListUsers); err != nil {
		return nil, err
	}
	m := &adminModel{Title: "Administration", Notice: adminNotices[r.URL.Query().Get("done")]}
	for _, view := range []struct{ text, path string }{
		{"State", "admin"}, {"Users", "admin/users"}, {"Outbox", "admin/outbox"}, {"Audit", "admin/audit"}, {"Settings", "admin/settings"},
	} {
		m.Tabs = append(m.Tabs, tab{anchor{view.text, r.To(view.path)}, view.path == tabPath})
	}
	return m, nil
}

var adminNotices = map[string]string{
	"removed": "The user is removed.", "removing": "The removal has begun: what is left is removed in the background.",
	"retried": "The mails are due now.", "deleted": "It is deleted.",
}

func (m *adminModel) page() (Answer, error) {
	return Page{Template: "admin", Title: m.Title, Section: "admin", Status: statusOf(m.Faults), Model: m}, nil
}

// showAdmin is the page with the state of the server.
func (s *Site) showAdmin(r *Request) (Answer, error) {
	m, err := s.admin(r, "admin")
	if err != nil {
		return nil, err
	}
	if s.config.Operation.Doctor != nil {
		m.Doctor = s.config.Operation.Doctor(r.Context())
	}
	report, err := s.config.Operation.Outbox.Report(r.Context(), r.Caller())
	if err != nil {
		return nil, err
	}
	mail := Diagnosis{Name: "mail", Detail: words.Mails(report.Waiting, report.Parked)}
	if report.Parked > 0 {
		mail.Problem, mail.Remedy = mail.Detail, "Look into the outbox: why, and try them again."
	}
	if late := report.Late; late != nil {
		mail.Problem = fmt.Sprintf("%s, the oldest since %s: %s", mail.Detail, instantText(late.CreatedAt), late.LastError)
		mail.Remedy = "They leave once the mail server accepts them: look whether it is up."
	}
	m.Doctor = append(m.Doctor, mail)
	if m.Twins, err = s.config.Services.Tags.Twins(r.Context(), r.Caller()); err != nil {
		return nil, err
	}
	problems := 0
	for _, part := range m.Doctor {
		if part.Problem != "" {
			problems++
		}
	}
	m.State = words.Doctor(problems, len(m.Doctor))
	return m.page()
}

// userPage is how many users a page lists.
const userPage = 50

// showUsers is the list of users.
func (s *Site) showUsers(r *Request) (Answer, error) {
	return s.usersPage(r, formValues{r.URL.Query()}, nil)
}

func (s *Site) usersPage(r *Request, form formValues, faults []fieldFault) (Answer, error) {
	m, err := s.admin(r, "admin/users")
	if err != nil {
		return nil, err
	}
	m.Faults = faults
	q := listQueryOf(r.URL.Query())
	page, err := s.config.Services.Users.Search(r.Context(), r.Caller(), ports.UserQuery{
		ListOptions: ports.ListOptions{Page: domain.PageRequest{Number: q.page, Size: userPage}, Sort: []filter.Key{{Field: "email"}}},
		Terms:       strings.Fields(q.terms),
	})
	if err != nil {
		return nil, err
	}
	m.Users = &usersModel{Search: q.terms, Total: words.Plural(page.Total, "user")}
	for _, user := range page.Items {
		m.Users.Users = append(m.Users.Users, userLine{
			Email: user.Email, Subject: user.Subject, Issuer: user.Issuer, Since: dayText(user.RegisteredAt), Blocked: user.Blocked,
			Remove: r.To("admin/users?" + userQuery(user.UserID) + "#remove"),
		})
	}
	newer, older := q, q
	newer.page, older.page = q.page-1, q.page+1
	if q.page > 1 {
		m.Users.Newer = r.To(newer.on("admin/users"))
	}
	if q.page < page.Pages() {
		m.Users.Older = r.To(older.on("admin/users"))
	}
	if form.Get("sub") != "" {
		if m.Removal, err = s.userRemoval(r, form); err != nil {
			return nil, err
		}
	}
	return m.page()
}

func (s *Site) userRemoval(r *Request, form formValues) (*userRemoval, error) {
	user, holdings, err := s.config.Services.Users.PreviewRemoval(r.Context(), r.Caller(), domain.UserID{
		Subject: form.Get("sub"), Issuer: form.Get("iss"),
	})
	if err != nil {
		return nil, ignoreMissing(err)
	}
	count := func(parts ...string) string {
		parts = slices.DeleteFunc(parts, func(text string) bool { return strings.HasPrefix(text, "0") })
		if len(parts) == 0 {
			return "nothing"
		}
		return words.List(parts)
	}
	return &userRemoval{
		Email: user.Email, Subject: user.Subject, Issuer: user.Issuer,
		Go: count(words.Plural(int(holdings.Results), "result"), words.Plural(int(holdings.Claims), "claim"),
			words.Plural(int(holdings.Submissions), "submission")),
		Stay: count(words.Plural(int(holdings.Benchmarks), "benchmark"), words.Plural(int(holdings.Sites), "site"),
			words.Plural(int(holdings.Flavors), "flavor"), words.Plural(int(holdings.Tags), "tag"),
			words.Plural(int(holdings.DecidedClaims), "approved claim")),
	}, nil
}

// removeUser removes a user whose e-mail address was typed.
func (s *Site) removeUser(r *Request) (Answer, error) {
	form, err := r.form()
	if err != nil {
		return nil, err
	}
	if err := r.may(domain.RemoveUsers); err != nil {
		return nil, err
	}
	id := domain.UserID{Subject: form.Get("sub"), Issuer: form.Get("iss")}
	user, _, err := s.config.Services.Users.PreviewRemoval(r.Context(), r.Caller(), id)
	if err != nil {
		return nil, err
	}
	if form.Get("confirm") != user.Email {
		return s.usersPage(r, form, []fieldFault{{"confirm", "What you typed is not the e-mail address of this user: nobody is removed."}})
	}
	match := ports.UserMatch{Subject: &id.Subject, Issuer: &id.Issuer}
	if err := s.config.Services.Users.Remove(r.Context(), r.Caller(), match); err != nil {
		return nil, err
	}
	left, err := s.config.Services.Users.Removals(r.Context(), r.Caller(), match)
	done := "removed"
	if err != nil || len(left) > 0 {
		done = "removing"
	}
	return Redirect{r.To("admin/users?done=" + done)}, nil
}

// showOutbox is the list of mails that are not sent yet.
func (s *Site) showOutbox(r *Request) (Answer, error) {
	m, err := s.admin(r, "admin/outbox")
	if err != nil {
		return nil, err
	}
	mails, err := s.config.Operation.Outbox.List(r.Context(), r.Caller())
	if err != nil {
		return nil, err
	}
	m.Outbox = &outboxModel{}
	const mostMails = 200
	waiting, parked := 0, 0
	for _, mail := range mails {
		line := mailLine{
			ID: mail.ID.String(), To: mail.To, Subject: mail.Subject, Age: ageText(time.Since(mail.CreatedAt)), Error: mail.LastError,
			State: "waits", Parked: mail.ParkedAt != nil,
		}
		if line.Parked {
			parked++
			line.State = "parked: nobody tries any more"
		} else {
			waiting++
		}
		if len(m.Outbox.Mails) < mostMails {
			m.Outbox.Mails = append(m.Outbox.Mails, line)
		}
	}
	m.Outbox.Count = words.Mails(waiting, parked)
	return m.page()
}

// retryMails makes mails due now.
func (s *Site) retryMails(r *Request) (Answer, error) {
	form, err := r.form()
	if err != nil {
		return nil, err
	}
	if err := r.may(domain.RetryMails); err != nil {
		return nil, err
	}
	in := maintenance.RetryMails{All: form.Get("mail") == "all"}
	if !in.All {
		id, err := uuid.Parse(form.Get("mail"))
		if err != nil {
			return nil, errNoForm
		}
		in.IDs = []uuid.UUID{id}
	}
	if _, err := s.config.Operation.Outbox.Retry(r.Context(), r.Caller(), in); err != nil {
		return nil, err
	}
	return Redirect{r.To("admin/outbox?done=retried")}, nil
}

// showSettings is the list of settings.
func (s *Site) showSettings(r *Request) (Answer, error) {
	m, err := s.admin(r, "admin/settings")
	if err != nil {
		return nil, err
	}
	m.Settings = s.config.Operation.Settings
	return m.page()
}
