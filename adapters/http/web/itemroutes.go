package web

import (
	"slices"

	"github.com/eosc-perf/backend/core/domain"
)

// itemRoutes are the pages of results, benchmarks, sites and flavors.
func (s *Site) itemRoutes() []route {
	return []route{
		cached(read("/results", s.showResults, formats...)),
		item("results", s.showResult, resultFormats...),
		s.receiving(formBytes, send("/results/{id}", s.formAbout(domain.UpdateResult, s.sendToResult))),
		show("/results/{id}/claim", s.showClaimForm),
		s.receiving(formBytes, send("/results/{id}/claim", s.formAbout(domain.ClaimReport, s.sendClaim))),
		show("/results/{id}/withdraw", s.showWithdrawForm),
		s.receiving(formBytes, send("/results/{id}/withdraw", s.formAbout(domain.WithdrawResult, s.sendWithdrawal))),
		show("/claims/{id}", about(s.showClaim)),
		cached(knows(show("/benchmarks", s.showBenchmarks), listKeys...)),
		show("/benchmarks/new", s.showBenchmarkForm),
		s.receiving(schemaBytes, send("/benchmarks/new", s.formOf(domain.CreateBenchmark, s.sendBenchmark))),
		cached(item("benchmarks", ofResults(about(withoutFaults(s.benchmarkPage)), ofBenchmark), itemFormats...)),
		s.receiving(formBytes, send("/benchmarks/{id}",
			s.sendToEntity(domain.BenchmarkResource, "benchmarks/", s.deleteBenchmark, s.benchmarkPage))),
		cached(knows(show("/sites", s.showSites), listKeys...)),
		show("/sites/new", s.showSiteForm),
		s.receiving(formBytes, send("/sites/new", s.formOf(domain.CreateSite, s.sendSite))),
		cached(item("sites", ofResults(about(withoutFaults(s.sitePage)), ofSite), itemFormats...)),
		s.receiving(formBytes, send("/sites/{id}", s.sendToEntity(domain.SiteResource, "sites/", s.deleteSite, s.sitePage))),
		show("/sites/{id}/flavors/new", s.showFlavorForm),
		s.receiving(formBytes, send("/sites/{id}/flavors/new", s.formAbout(domain.AddFlavor, s.sendFlavor))),
		cached(item("flavors", ofResults(about(withoutFaults(s.flavorPage)), ofFlavor), itemFormats...)),
		s.receiving(formBytes, send("/flavors/{id}", s.sendToEntity(domain.FlavorResource, "flavors/", s.deleteFlavor, s.flavorPage))),
	}
}

// listKeys are those of the lists of benchmarks and sites, itemKeys those of the pages of one thing.
var (
	listKeys = []string{"terms", "status", "page", "done"}
	itemKeys = []string{"pick", "done", "page", withPlaces}
)

// item is the page of one thing. Its suffix .json leads to the thing in the API.
func item(kind string, page Handler, formats ...string) route {
	formats = slices.Concat(formats, []string{"json"})
	pattern := "GET " + Path + "/" + kind + "/{id}"
	return route{pattern: pattern, formats: formats, keys: itemKeys, handler: func(r *Request) (Answer, error) {
		if r.Format != "json" {
			return page(r)
		}
		id, ok := r.ID()
		if !ok {
			return nil, errNoPage
		}
		return Redirect{r.To("../" + kind + "/" + id.String())}, nil
	}}
}

// workRoutes are the pages of those who send, decide and operate.
func (s *Site) workRoutes() []route {
	return []route{
		show("/upload", s.showUpload),
		s.receiving(uploadBytes, send("/upload", s.sendUpload)),
		show("/my", s.showMy),
		show("/review", s.showReview),
		show("/review/{kind}/{id}", s.showReviewItem),
		s.receiving(formBytes, send("/review/{kind}/{id}", s.sendDecision)),
		show("/admin", s.showAdmin),
		show("/admin/users", s.showUsers),
		s.receiving(formBytes, send("/admin/users", s.removeUser)),
		show("/admin/outbox", s.showOutbox),
		s.receiving(formBytes, send("/admin/outbox", s.retryMails)),
		show("/admin/audit", s.showAudit),
		show("/admin/settings", s.showSettings),
	}
}
