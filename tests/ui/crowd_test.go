package ui_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/docs"
	"github.com/eosc-perf/backend/tests/harness"
)

// crowd is a server with many sites, flavors, tags and benchmarks, and a result on each flavor.
type crowd struct {
	s  *harness.Server
	db *sql.DB
	// The first benchmark has three of four results, the first site every other flavor.
	benchmarks, sites, flavors, tags []thing
}

// thing is a benchmark, a site, a flavor or a tag. Site is that of a flavor.
type thing struct{ ID, Name, Site string }

// newCrowd makes a crowd on an embedded database, with one of each kind.
func newCrowd(t *testing.T) *crowd {
	t.Helper()
	s := harness.Start(t, harness.SQLite(t))
	f := s.NewFixtureWith("crowd", docs.CRaySchema)
	c := &crowd{
		s: s, db: harness.OpenSQL(t, s.Settings),
		benchmarks: []thing{{ID: f.Benchmark}}, sites: []thing{{ID: f.Site}}, flavors: []thing{{ID: f.Flavor}}, tags: []thing{{ID: f.Tag}},
	}
	c.exec(t, `UPDATE benchmark SET docker_image = 'thechristophe/openbench-c-ray', docker_tag = 'latest'`)
	c.upload(t, 0, 1)
	return c
}

// Words of names, and such as are difficult to show: long, from right to left, with characters that are several in an address.
var (
	places = strings.Fields("CESNET IFCA KIT INFN CSC SURF PSNC GRNET LIP TUBITAK IISAS NCG CESGA DESY JSC BSC CINECA RAL")
	kinds  = strings.Fields("hpc svc2 m1 cm4 gpu standard large tiny")
	odd    = []string{
		"A-name-of-200-characters-", "مركز الحوسبة العلمية في الجامعة ", "מרכז מחשוב 12 (ניסוי) ", "🚀 Rocket ☁️ Cloud 👩‍🔬 ",
		"The Computing Centre of a Place with a Name of Many Words ",
	}
)

// crowdBenchmark is the name of the first benchmark.
const crowdBenchmark = "thechristophe/openbench-c-ray:latest"

func usualName(i int) string {
	return fmt.Sprintf("%s-%s%d", places[i%len(places)], places[i*7%len(places)], i)
}

// oddName is a name of 200 characters.
func oddName(i int) string {
	text := []rune(fmt.Sprint(i, " ", strings.Repeat(odd[i%len(odd)], 20)))
	return string(text[:199]) + "."
}

// copies make things like the first one of their kind.
var copies = map[string]string{
	"benchmark": `INSERT INTO benchmark (id, docker_image, docker_tag, url, json_schema, uploader_sub, uploader_iss, upload_datetime, status)
		SELECT value ->> 'ID', value ->> 'Name', docker_tag, url, json_schema, uploader_sub, uploader_iss, upload_datetime, status`,
	"site": `INSERT INTO site (id, name, address, description, uploader_sub, uploader_iss, upload_datetime, status)
		SELECT value ->> 'ID', value ->> 'Name', address, 'Of the crowd', uploader_sub, uploader_iss, upload_datetime, status`,
	"flavor": `INSERT INTO flavor (id, name, site_id, description, uploader_sub, uploader_iss, upload_datetime, status)
		SELECT value ->> 'ID', value ->> 'Name', value ->> 'Site', 'Of the crowd', uploader_sub, uploader_iss, upload_datetime, status`,
	"tag": `INSERT INTO tag (id, name, uploader_sub, uploader_iss) SELECT value ->> 'ID', value ->> 'Name', uploader_sub, uploader_iss`,
}

// grow makes what the crowd lacks: as many tags as sites, and a benchmark for five sites.
func (c *crowd) grow(t *testing.T, sites, flavors int) {
	t.Helper()
	add := func(table string, all *[]thing, n int, name func(i int) thing) {
		t.Helper()
		old := len(*all)
		for i := old; i < n; i++ {
			one := name(i)
			one.ID = uuid.NewString()
			*all = append(*all, one)
		}
		c.exec(t, copies[table]+" FROM json_each(?), "+table+" AS first WHERE first.id = ?", harness.AsJSON(t, (*all)[old:]), (*all)[0].ID)
	}
	add("benchmark", &c.benchmarks, sites/5, func(i int) thing {
		return thing{Name: fmt.Sprintf("%s/bench-%s-%d", strings.ToLower(places[i%len(places)]), kinds[i%len(kinds)], i)}
	})
	add("site", &c.sites, sites, func(i int) thing { return thing{Name: usualName(i)} })
	add("tag", &c.tags, sites, func(i int) thing { return thing{Name: fmt.Sprintf("%s-campaign-%d", places[i%len(places)], i)} })
	first := len(c.flavors)
	add("flavor", &c.flavors, flavors, func(i int) thing {
		return thing{Name: fmt.Sprintf("%s.%dcore-%dram", kinds[i%len(kinds)], 1+i%64, i), Site: c.sites[i%2*(1+i/2%(sites-1))].ID}
	})
	c.upload(t, first, min(1000, flavors))
	c.exec(t, `INSERT INTO "user" (sub, iss, email, registration_datetime)
		SELECT value ->> 'ID', iss, value ->> 'Name' || '@example.org', registration_datetime
		FROM json_each(?), "user" WHERE sub = (SELECT min(sub) FROM "user") ON CONFLICT DO NOTHING`, harness.AsJSON(t, c.sites))
}

// submit lets things wait for a decision.
func (c *crowd) submit(t *testing.T, sites int) {
	t.Helper()
	for i := range sites {
		c.s.Post("alice", "/sites", fmt.Sprintf(`{"name": %q, "address": "a"}`, oddName(1000+i))).Want(t, http.StatusCreated)
	}
}

// rename gives all sites, flavors and tags other names.
func (c *crowd) rename(t *testing.T, name func(i int) string) {
	t.Helper()
	for table, all := range map[string][]thing{"site": c.sites, "flavor": c.flavors, "tag": c.tags} {
		for i := range all {
			all[i].Name = name(i)
		}
		c.exec(t, `UPDATE `+table+` SET name = value ->> 'Name' FROM json_each(?) WHERE `+table+`.id = value ->> 'ID'`, harness.AsJSON(t, all))
	}
}

// upload makes results on the flavors of these numbers. Every fourth is of another benchmark than the first one.
func (c *crowd) upload(t *testing.T, first, end int) {
	t.Helper()
	var items []string
	for i := first; i < end; i++ {
		benchmark := c.benchmarks[0]
		if i%4 == 3 {
			benchmark = c.benchmarks[i/4%len(c.benchmarks)]
		}
		items = append(items, c.item(i, benchmark, 20+float64(i*7919%5000)))
	}
	c.send(t, items)
}

// repeat makes many results on a page of flavors, which become the best.
func (c *crowd) repeat(t *testing.T) {
	t.Helper()
	var items []string
	for i := range 50 {
		for n := range 29 {
			items = append(items, c.item(i, c.benchmarks[0], 2+float64(n)/3+float64(i)/10))
		}
	}
	c.send(t, items[:1000])
	c.send(t, items[1000:])
}

// item is a result for a batch.
func (c *crowd) item(flavor int, benchmark thing, score float64) string {
	return fmt.Sprintf(`{"execution_datetime": "2024-%02d-%02dT10:00:00Z", "benchmark_id": %q, "flavor_id": %q, "json": {
		"arguments": "Total Time - 4K, 16 Rays Per Pixel", "test": "pts/c-ray-1.2.0", "units": "Seconds", "machine": {"cpu": {
			"arch": "X86_64", "bits": 64, "brand_raw": "Intel(R) Xeon(R) CPU E5-%d v4", "count": %d, "hz_actual_friendly": "2.2937 GHz"}},
		"result": {"all_results": "%g:%g:%g", "score": %g}}}`,
		1+flavor%12, 1+flavor%28, benchmark.ID, c.flavors[flavor].ID, 1000+flavor/3, 1+flavor%60, score*.99, score, score*1.01, score)
}

func (c *crowd) send(t *testing.T, items []string) {
	t.Helper()
	answer := c.s.Post("alice", "/results:batch", "["+strings.Join(items, ",")+"]").Want(t, http.StatusOK)
	if !strings.Contains(answer.Body, fmt.Sprintf(`"created":%d,`, len(items))) {
		t.Fatalf("%.600s", answer.Body)
	}
}

func (c *crowd) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := c.db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%.60s: %v", statement, err)
	}
}
