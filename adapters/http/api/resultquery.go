package api

import (
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// The parameters of lists of results.
var (
	resultOrder = orderBy(ports.ResultSort, "+execution_datetime").WithInvalid("bad sort", "score")

	resultTerms = searchTerms("the names of benchmark (`IMAGE:TAG`), site, flavor and tags, and the site's address", "c-ray", "cesnet")

	executed = window{before: before("execution", "Executed"), after: after("execution", "Executed")}

	ofBenchmark = parameter.AnyID("benchmark_id", "Results of the benchmark of this id; repeated: of any of them")
	ofSite      = parameter.AnyID("site_id", "Results from the site of this id; repeated: from any of them")
	ofFlavor    = parameter.AnyID("flavor_id", "Results on the flavor of this id; repeated: on any of them")
	withTags    = parameter.IDs("tags_ids", "Results that bear all the tags of these ids")

	resultFilters = parameter.Filters("filters",
		"Conditions on the JSON of results, all of which must hold: `PATH OP VALUE` each, with single spaces between. "+
			"PATH is dotted (`machine.cpu.count`; an integer as a part is an index into an array, or a name); "+
			"OP is `==`, `>`, `<`, `>=` or `<=`; VALUE is a number, `true`, `false` or a text, spaces included. "+
			"Results without the path, or with a value of another type there, do not match.",
	).WithExample([]string{"machine.cpu.count >= 2"}).WithInvalid("bad filter", "result.score")

	resultWhere = parameter.Where("where",
		"Conditions in the form of SQL, all of which must hold, with `filters` together: `json.result.score > 4.5 AND site_name = \"CESNET\"`. "+
			"Comparisons `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` (contains), `!~`, `IN`, `NOT IN`, `BETWEEN`, `EXISTS` and `MISSING` of named fields, "+
			"`tag` and `json.PATH`, joined by `AND`, `OR`, `NOT` and parentheses. Texts stand in quotes; a number may have a unit (`4 GHz`).",
		ports.ResultFields,
	).WithInvalid("bad condition", "json.cpu = Intel")

	asOf = parameter.DateTime("as_of", "Results uploaded at this time or before: ISO 8601, in UTC unless it has an offset")

	resultParameters = parameter.Join(
		uploaded, paging, executed, ofBenchmark, ofSite, ofFlavor, withTags, resultFilters, resultOrder, resultWhere, asOf, atCursor, withCount)
)

// resultQuery returns which results the query of a list chooses.
func (r *request) resultQuery() ports.ResultQuery {
	query := r.chosenResults()
	query.ListOptions = r.listOptions(resultOrder)
	return query
}

// chosenResults returns what lists and exports have in common: which results the query chooses.
func (r *request) chosenResults() ports.ResultQuery {
	return ports.ResultQuery{
		Uploaded:     uploaded.of(r),
		Executed:     executed.of(r),
		BenchmarkIDs: ofBenchmark.Of(r.query),
		SiteIDs:      ofSite.Of(r.query),
		FlavorIDs:    ofFlavor.Of(r.query),
		Where:        filter.All(resultWhere.Of(r.query)),
		AsOf:         asOf.Optional(r.query).Instant(),
		TagIDs:       withTags.Of(r.query),
		Filters:      resultFilters.Of(r.query),
	}
}
