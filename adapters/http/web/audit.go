package web

import (
	"context"
	"net/url"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

func userQuery(id domain.UserID) string {
	return url.Values{"sub": {id.Subject}, "iss": {id.Issuer}}.Encode()
}

// AuditLine is something that was done.
type AuditLine struct {
	At                                     time.Time
	Who, Action, Resource, ResourceID, Why string
}

// AuditQuery asks for a part of what was done, the newest first.
type AuditQuery struct {
	Action string
	Page   int
}

// Audit returns a part of what was done, and whether there is more.
type Audit func(ctx context.Context, caller domain.Caller, q AuditQuery) (lines []AuditLine, more bool, err error)

type auditModel struct {
	Action       string
	Lines        []auditLine
	Newer, Older Link
}

type auditLine struct {
	At, Who, Action, Resource, Why string
	Link                           Link
}

// showAudit is the list of what was done.
func (s *Site) showAudit(r *Request) (Answer, error) {
	m, err := s.admin(r, "admin/audit")
	if err != nil {
		return nil, err
	}
	if s.config.Audit == nil {
		return nil, errNoPage
	}
	q := listQueryOf(r.URL.Query())
	lines, more, err := s.config.Audit(r.Context(), r.Caller(), AuditQuery{Action: q.terms, Page: q.page})
	if err != nil {
		return nil, err
	}
	m.Audit = &auditModel{Action: q.terms}
	for _, line := range lines {
		shown := auditLine{At: instantText(line.At), Who: line.Who, Action: line.Action, Resource: line.Resource, Why: line.Why}
		if path, ok := pathsOfKinds[domain.Resource(line.Resource)]; ok && path != "claims/" {
			shown.Link = r.To(path + line.ResourceID)
		} else if line.Resource == string(domain.ResultResource) {
			shown.Link = r.To("results/" + line.ResourceID)
		}
		m.Audit.Lines = append(m.Audit.Lines, shown)
	}
	newer, older := q, q
	newer.page, older.page = q.page-1, q.page+1
	if q.page > 1 {
		m.Audit.Newer = r.To(newer.on("admin/audit"))
	}
	if more {
		m.Audit.Older = r.To(older.on("admin/audit"))
	}
	return m.page()
}
