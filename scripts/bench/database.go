package main

import (
	"context"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

// database is a database that the server runs on.
type database interface {
	name() string
	// programs returns the programs with the settings for this database.
	programs() programs
	// fill loads the data set into the tables.
	fill(ctx context.Context, size int) error
	// results returns the number of results.
	results(ctx context.Context) (int, error)
	// describe returns the version, and the settings that influence the figures.
	describe(ctx context.Context) (version string, settings []string, err error)
	sizeMB(ctx context.Context) (float64, error)
	// settled tells whether the server has derived all values of metrics and all digests.
	settled(ctx context.Context) (bool, error)
	// processorTime returns the processor time of the database processes, 0 if there are
	// none.
	processorTime() (time.Duration, error)
	// statement runs a file of the folder statements with the number of clients, and
	// returns the rate per second, 0 if the database is not PostgreSQL.
	statement(ctx context.Context, name string, clients int, seconds float64, variables map[string]int) (float64, error)
	// bare returns the rate of a program that runs only the statement of the request and
	// sends answers of the size, 0 if the database is not PostgreSQL.
	bare(ctx context.Context, r request, seconds, bytesEach float64) (float64, error)
	// dropEvents lets the database drop the events of the audit trail, or keep them again. The
	// server itself has no such setting.
	dropEvents(ctx context.Context, drop bool) error
	// touch counts a change of the results of the benchmark: what the server keeps about them is old.
	touch(ctx context.Context, benchmark string) error
	// clean removes the uploads that are not part of the data set.
	clean(ctx context.Context) error
}

// The columns of each table, and functions for the values of a row in the same order.
var (
	benchmarkColumns = []string{
		"id", "uploader_sub", "uploader_iss", "upload_datetime", "status", "docker_image", "docker_tag", "json_schema", "description", "url",
	}
	siteColumns   = []string{"id", "uploader_sub", "uploader_iss", "upload_datetime", "status", "name", "address", "description"}
	flavorColumns = []string{"id", "uploader_sub", "uploader_iss", "upload_datetime", "status", "name", "description", "site_id"}
	tagColumns    = []string{"id", "name", "description"}
	resultColumns = []string{
		"id", "uploader_sub", "uploader_iss", "upload_datetime", "json", "execution_datetime", "benchmark_id", "flavor_id", "site_id",
		"deleted", "digest",
	}
	tieColumns = []string{"result_id", "tag_id"}
)

// countChange is the statement of touch, for the id of a benchmark.
const countChange = "UPDATE result_count SET changes = changes + 1 WHERE benchmark_id = '%s'"

// countResults is the statement of results.
const countResults = "SELECT count(*) FROM result"

// isSettled is the statement of settled.
const isSettled = "SELECT EXISTS (SELECT 1 FROM metric_path) AND NOT EXISTS (SELECT 1 FROM metric_path WHERE NOT filled) " +
	"AND NOT EXISTS (SELECT 1 FROM result WHERE digest IS NULL)"

// timeForm is the form of times for both databases, of fixed width.
const timeForm = "2006-01-02 15:04:05.000000"

// table is a small table that results refer to.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

// parents returns the rows that results refer to. All values are texts. Both databases
// convert them to the types of the columns.
func parents() []table {
	uploaded := dataset.Begin.Format(timeForm)
	upload := func(kind string, n int) []any {
		return []any{dataset.IDOf(kind, n).String(), dataset.UploaderSubject, dataset.UploaderIssuer, uploaded, "approved"}
	}
	users := table{`"user"`, []string{"sub", "iss", "email", "registration_datetime"},
		[][]any{{dataset.UploaderSubject, dataset.UploaderIssuer, "bench@bench.invalid", uploaded}}}
	benchmarks, sites := table{name: "benchmark", columns: benchmarkColumns}, table{name: "site", columns: siteColumns}
	flavors, tags := table{name: "flavor", columns: flavorColumns}, table{name: "tag", columns: tagColumns}
	for n := range dataset.Benchmarks {
		benchmarks.rows = append(benchmarks.rows, append(upload("benchmark", n),
			dataset.Image(n), "1.0", string(dataset.Schema(n)), "Invented for the benchmark", "https://bench.invalid/"+dataset.Image(n)))
	}
	for n := range dataset.Sites {
		sites.rows = append(
			sites.rows,
			append(upload("site", n), dataset.SiteName(n), "Street 1, "+dataset.City(n), "Invented for the benchmark"),
		)
	}
	for n := range dataset.Flavors {
		flavors.rows = append(flavors.rows, append(upload("flavor", n),
			dataset.FlavorName(n), "Invented for the benchmark", dataset.IDOf("site", dataset.SiteOf(n)).String()))
	}
	for n := range dataset.Tags {
		tags.rows = append(tags.rows, []any{dataset.IDOf("tag", n).String(), dataset.TagName(n), "Invented for the benchmark"})
	}
	return []table{users, benchmarks, sites, flavors, tags}
}
