package web

import (
	"net/url"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func userQuery(id domain.UserID) string {
	return url.Values{"sub": {id.Subject}, "iss": {id.Issuer}}.Encode()
}

type auditModel struct {
	Action       string
	Lines        []auditLine
	Newer, Older Link
}

type auditLine struct {
	At, Who, Action, Resource, Why string
	Link                           Link
}

// auditPage is how many changes a page lists.
const auditPage = 50

// showAudit is the list of changes, the newest first.
func (s *Site) showAudit(r *Request) (Answer, error) {
	m, err := s.admin(r, "admin/audit")
	if err != nil {
		return nil, err
	}
	q := listQueryOf(r.URL.Query())
	query := ports.AuditQuery{ListOptions: ports.ListOptions{
		Page: domain.PageRequest{Number: q.page, Size: auditPage}, Sort: []filter.Key{{Field: "id", Descending: true}},
	}}
	if q.terms != "" {
		query.Action = &q.terms
	}
	page, err := s.config.Services.Audit.List(r.Context(), r.Caller(), query)
	if err != nil {
		return nil, err
	}
	m.Audit = &auditModel{Action: q.terms}
	for _, entry := range page.Items {
		m.Audit.Lines = append(m.Audit.Lines, auditLineOf(r, entry))
	}
	newer, older := q, q
	newer.page, older.page = q.page-1, q.page+1
	if q.page > 1 {
		m.Audit.Newer = r.To(newer.on("admin/audit"))
	}
	if q.page < page.Pages() {
		m.Audit.Older = r.To(older.on("admin/audit"))
	}
	return m.page()
}

func auditLineOf(r *Request, entry ports.ListedEntry) auditLine {
	line := auditLine{
		At: instantText(entry.At), Action: entry.Action, Resource: string(entry.Resource), Why: entry.Reason, Who: string(entry.Role),
	}
	switch {
	case entry.Person != nil:
		line.Who = entry.Person.Email
	case entry.Actor != nil:
		line.Who = "a person who is not registered, or was removed since"
	}
	path, ok := pathsOfKinds[entry.Resource]
	if entry.Resource == domain.ResultResource {
		path, ok = "results/", true
	}
	if ok && entry.ResourceID != uuid.Nil {
		line.Link = r.To(path + entry.ResourceID.String())
	}
	return line
}
