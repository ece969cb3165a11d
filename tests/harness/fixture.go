package harness

import (
	"fmt"
	"net/http"
	"strings"
)

// Fixture is an approved benchmark, site and flavor, and a tag, for results: their ids. A
// full one has also a result of alice's, bob's claim on it, which hides it, another result
// of alice's, which she has withdrawn, and a benchmark, a site and a flavor on review.
type Fixture struct {
	// Name is the name of all of them, in lower case that of the benchmark's image.
	Name                                      string
	Benchmark, Site, Flavor, Tag              string
	Result, Claim, Withdrawn                  string
	ReviewBenchmark, ReviewSite, ReviewFlavor string
}

// ScoreSchema is the JSON Schema of a fixture's benchmark.
const ScoreSchema = `{"type":"object","properties":{"score":{"type":"number"}}}`

// NewFixture submits and approves what results need; name makes it unique.
func (s *Server) NewFixture(name string) Fixture {
	s.T.Helper()
	return s.NewFixtureWith(name, ScoreSchema)
}

// NewFixtureWith is NewFixture with another JSON Schema of the benchmark.
func (s *Server) NewFixtureWith(name, schema string) Fixture {
	s.T.Helper()
	f := Fixture{
		Name: name,
		Benchmark: s.created("/benchmarks",
			fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"https://example.org","json_schema":%s}`, strings.ToLower(name), schema)),
		Site: s.created("/sites", fmt.Sprintf(`{"name":%q,"address":"a"}`, name)),
		Tag:  s.created("/tags", fmt.Sprintf(`{"name":%q}`, name)),
	}
	f.Flavor = s.created("/sites/"+f.Site+"/flavors", fmt.Sprintf(`{"name":%q}`, name))
	for _, path := range []string{"/benchmarks/" + f.Benchmark, "/sites/" + f.Site, "/flavors/" + f.Flavor} {
		s.Post("admin", path+":approve", "").Want(s.T, http.StatusNoContent)
	}
	return f
}

// FullFixture is NewFixture with everything else that operations are about.
func (s *Server) FullFixture(name string) Fixture {
	s.T.Helper()
	f := s.NewFixture(name)
	f.Result = s.created(f.UploadPath(""), `{"score":1}`)
	f.Claim = s.Post("bob", "/results/"+f.Result+":claim", `{"message":"odd"}`).Want(s.T, http.StatusCreated).ID(s.T)
	f.Withdrawn = s.created(f.UploadPath(""), `{"score":1,"withdrawn":true}`)
	s.Post("alice", "/results/"+f.Withdrawn+":withdraw", `{"reason":"odd"}`).Want(s.T, http.StatusNoContent)
	f.ReviewBenchmark = s.created("/benchmarks",
		fmt.Sprintf(`{"docker_image":"review-%s","docker_tag":"1","url":"https://example.org","json_schema":{}}`, name))
	f.ReviewSite = s.created("/sites", fmt.Sprintf(`{"name":"review-%s","address":"a"}`, name))
	f.ReviewFlavor = s.created("/sites/"+f.Site+"/flavors", fmt.Sprintf(`{"name":"review-%s"}`, name))
	return f
}

// created returns the id of what alice makes.
func (s *Server) created(path, body string) string {
	s.T.Helper()
	return s.Post("alice", path, body).Want(s.T, http.StatusCreated).ID(s.T)
}

// Fill replaces the words in braces by ids: {benchmark_id}, {site_id}, {flavor_id},
// {tag_id}, {result_id}, {withdrawn:result_id}, {report_id}, {review:benchmark_id}, {review:site_id},
// {review:flavor_id}; and {new} by a name that nothing has.
func (f Fixture) Fill(text string) string {
	return strings.NewReplacer(
		"{new}", "new-"+f.Name, "{benchmark_id}", f.Benchmark, "{site_id}", f.Site, "{flavor_id}", f.Flavor, "{tag_id}", f.Tag,
		"{result_id}", f.Result, "{withdrawn:result_id}", f.Withdrawn, "{report_id}", f.Claim, "{review:benchmark_id}", f.ReviewBenchmark,
		"{review:site_id}", f.ReviewSite, "{review:flavor_id}", f.ReviewFlavor,
	).Replace(text)
}

// UploadPath is the path, with the query, at which a result is uploaded; more is added to
// the query.
func (f Fixture) UploadPath(more string) string {
	return "/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id=" + f.Benchmark + "&flavor_id=" + f.Flavor + more
}
