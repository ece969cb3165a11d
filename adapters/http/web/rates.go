package web

import (
	"net/http"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/domain"
)

// count counts a request of the visitor, who is told what is left. Error: Limited.
func (s *Site) count(w http.ResponseWriter, r *Request, route route) error {
	return middleware.Count(w.Header(), s.config.Rates, middleware.RecordOf(r.Context()).Client, route.classes(r)...)
}

// classes are those in which a request for the page counts. Files read as many results as the
// API's exports and comparisons do, and figures are drawn. So does a page that says whether the
// results are still those that were cited, and one that waits for the places of flavors; the citation of one
// thing reads this thing only.
func (route route) classes(r *Request) []fair.Class {
	const citation, cited = "bib", "set"
	ofOne := r.Format == citation && !route.vocabulary
	switch {
	case r.Method == http.MethodOptions:
		return nil // as everywhere
	case !isReading(r.Method):
		return []fair.Class{fair.Writes}
	case route.heavy, r.awaitsPlaces(), r.Format != "" && !ofOne, route.vocabulary && r.URL.Query().Has(cited):
		return []fair.Class{fair.Reads, fair.HeavyReads}
	}
	return []fair.Class{fair.Reads}
}

// counted counts a request for what is no page of this package.
func (s *Site) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := s.request(hr)
		err := s.count(w, r, route{})
		if err == nil && r.Format != "" {
			err = errNoPage
		}
		if err != nil {
			s.problem(w, r, err)
			return
		}
		next.ServeHTTP(w, hr)
	})
}

// noteRefusal notes in the audit trail that administration was refused to the visitor.
func (s *Site) noteRefusal(r *Request, err error) {
	if domain.KindOf(err) != domain.Forbidden || r.refused.ID == "" {
		return
	}
	if err := s.config.Services.Refusals.Administration(r.Context(), r.Caller(), r.refused); err != nil {
		s.config.Log.WarnContext(r.Context(), "a refused request is not in the audit trail", "error", err)
	}
}
