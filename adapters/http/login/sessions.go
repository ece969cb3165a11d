package login

import (
	"net/http"

	"github.com/eosc-perf/backend/adapters/http/session"
	"github.com/eosc-perf/backend/core/domain"
)

// listSessions shows the visitor's own sessions.
func (l *Login) listSessions(w http.ResponseWriter, r *http.Request) {
	visitor := session.FromContext(r.Context())
	if !visitor.LoggedIn() {
		l.show(w, r, http.StatusUnauthorized, "logInFirst", view{Again: l.again("/ui/sessions")})
		return
	}
	sessions, err := l.config.Own.ListOwn(r.Context(), visitor.Caller)
	if err != nil {
		l.failed(w, r, err, "/ui/sessions")
		return
	}
	v := view{}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, row{
			ID: s.ID.String(), Begun: s.CreatedAt.Format("2006-01-02 15:04 UTC"), Used: s.SeenAt.Format("2006-01-02 15:04 UTC"),
			This: s.ID == visitor.ID,
		})
	}
	l.show(w, r, http.StatusOK, "sessions", v)
}

// endSessions ends one of the visitor's sessions, or all but this one.
func (l *Login) endSessions(w http.ResponseWriter, r *http.Request) {
	form, ok := l.form(w, r)
	if !ok {
		return
	}
	visitor := session.FromContext(r.Context())
	if !visitor.LoggedIn() {
		l.show(w, r, http.StatusUnauthorized, "logInFirst", view{Again: l.again("/ui/sessions")})
		return
	}
	chosen := form.Get("session")
	_, err := l.config.Own.EndOwn(r.Context(), visitor.Caller, func(s *domain.Session) bool {
		return s.ID != visitor.ID && (chosen == "others" || s.ID.String() == chosen)
	})
	if err != nil {
		l.failed(w, r, err, "/ui/sessions")
		return
	}
	l.redirect(w, r, "/ui/sessions")
}
