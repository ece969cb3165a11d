package web

// itemRoutes are the pages of results, benchmarks, sites and flavors.
func (s *Site) itemRoutes() []route {
	return []route{
		show("/results/{id}", s.showResult),
		send("/results/{id}", s.sendToResult),
		show("/results/{id}/claim", s.showClaimForm),
		send("/results/{id}/claim", s.sendClaim),
		show("/results/{id}/withdraw", s.showWithdrawForm),
		send("/results/{id}/withdraw", s.sendWithdrawal),
		show("/claims/{id}", s.showClaim),
		show("/benchmarks", s.showBenchmarks),
		show("/benchmarks/new", s.showBenchmarkForm),
		send("/benchmarks/new", s.sendBenchmark),
		show("/benchmarks/{id}", s.showBenchmark),
		send("/benchmarks/{id}", s.deleteBenchmark),
		show("/sites", s.showSites),
		show("/sites/new", s.showSiteForm),
		send("/sites/new", s.sendSite),
		show("/sites/{id}", s.showSite),
		send("/sites/{id}", s.deleteSite),
		show("/sites/{id}/flavors/new", s.showFlavorForm),
		send("/sites/{id}/flavors/new", s.sendFlavor),
		show("/flavors/{id}", s.showFlavor),
		send("/flavors/{id}", s.deleteFlavor),
	}
}
