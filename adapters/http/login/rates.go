package login

import (
	"net/http"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
)

// count counts a request for a page of the package. A login that ends here stores a session, and
// counts as a write. Error: Limited.
func (l *Login) count(w http.ResponseWriter, r *http.Request) error {
	record := middleware.RecordOf(r.Context())
	class := fair.Reads
	if r.Method == http.MethodPost || r.URL.Path == callbackPath {
		class = fair.Writes
	}
	err := middleware.Count(w.Header(), l.config.Rates, record.Client, class)
	if err == nil && r.Method == http.MethodPost && r.URL.Path == registerPath {
		err = middleware.Count(w.Header(), l.config.Rates, record.Address, fair.Registrations)
	}
	if err == nil && r.URL.Path == callbackPath {
		err = middleware.Refusing(w.Header(), l.config.Rates, record)
	}
	return err
}

// refused counts a login that was refused, for the audit trail, and against the address.
func (l *Login) refused(r *http.Request) {
	l.config.Refusals.Login(r.Context())
	middleware.CountRefusal(l.config.Rates, middleware.RecordOf(r.Context()))
}

// Lost counts a cookie that opens no session. Error: Limited if the address has sent too many.
func (l *Login) Lost(w http.ResponseWriter, r *http.Request) error {
	err := middleware.Refusing(w.Header(), l.config.Rates, middleware.RecordOf(r.Context()))
	if err == nil {
		l.refused(r)
	}
	return err
}
