// Package dataset makes the rows of the benchmark's database. The same number gives the
// same row. So answers can be checked, and an SQL statement can name a row by
// md5('result:17').
//
// It imports the standard library only.
package dataset

import (
	"crypto/md5" //nolint:gosec // a name that SQL can compute too, not a secret
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// The numbers of rows that results refer to.
const (
	Benchmarks = 20
	// Compared is the benchmark whose results are compared. It has half of the first
	// 2*ComparedResults results, and no others.
	Compared        = 0
	ComparedResults = 50_000
	// Usual is the number of benchmarks, from 1, that have a twentieth of the results each.
	Usual          = 10
	Sites          = 50
	FlavorsPerSite = 10
	Flavors        = Sites * FlavorsPerSite
	Tags           = 40
)

const (
	seed = 20_240_229
	// hiddenShare is the share of results that are deleted or claimed.
	hiddenShare = 0.02
	mostTags    = 3
	mostCores   = 64
	// Scores are between 10 and 10,000 seconds. Each order of magnitude is equally
	// frequent.
	leastScore, magnitudes = 10, 3
)

// The uploader of all rows.
const (
	UploaderSubject = "bench"
	UploaderIssuer  = "https://bench.invalid"
)

// The times of all runs are within three years after Begin. Rows that were uploaded before
// End belong to the data set.
var (
	Begin = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	End   = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
)

const span = 3 * 365 * 24 * time.Hour

// ID is a UUID.
type ID [16]byte

// String returns the form with 36 characters.
func (id ID) String() string {
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// IDOf returns the id of a row. In SQL it is md5('KIND:N').
func IDOf(kind string, n int) ID {
	return md5.Sum(fmt.Appendf(nil, "%s:%d", kind, n)) //nolint:gosec // see above
}

// Image returns the container image of a benchmark. Searches find the benchmark by it.
func Image(benchmark int) string { return fmt.Sprintf("eosc-perf/app-%02d", benchmark) }

// SiteTerm returns the part of a site's name that no other site has.
func SiteTerm(site int) string { return fmt.Sprintf("centre-%02d", site) }

// Cities are parts of the names and addresses of sites. All are equally frequent.
var Cities = []string{"Lyon", "Bologna", "Lisboa", "Praha", "Bratislava", "Santander", "Karlsruhe", "Uppsala", "Athina", "Krakow"}

// City returns the city of a site.
func City(site int) string { return Cities[site%len(Cities)] }

// SiteName returns the unique name of a site.
func SiteName(site int) string { return SiteTerm(site) + " " + City(site) }

// SiteOf returns the site of a flavor.
func SiteOf(flavor int) int { return flavor / FlavorsPerSite }

// Result is a result, with the values of its document for filters and sorts.
type Result struct {
	N                  int
	ID                 ID
	Executed, Uploaded time.Time
	Benchmark, Flavor  int
	Tags               []int
	Hidden             bool
	Cores              int
	Score              float64
	JSON               []byte
	// Digest stands for that of the content, which the server would else compute in the background.
	Digest string
}

// At returns the result with the number n, from 0.
func At(n int) Result {
	random := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // reproducible on purpose
	r := Result{
		N: n, ID: IDOf("result", n), Benchmark: benchmarkOf(n), Flavor: random.IntN(Flavors),
		Hidden: random.Float64() < hiddenShare, Cores: 1 + random.IntN(mostCores),
	}
	r.Executed = Begin.Add(time.Duration(random.Int64N(int64(span)))).Truncate(time.Microsecond)
	r.Uploaded = r.Executed.Add(time.Duration(random.Int64N(int64(24 * time.Hour)))).Truncate(time.Microsecond)
	r.Score = math.Round(1000*leastScore*math.Pow(10, magnitudes*random.Float64())) / 1000
	r.Tags = random.Perm(Tags)[:random.IntN(mostTags)]
	r.JSON = document(random, r.Cores, r.Score)
	digest := sha256.Sum256(r.JSON)
	r.Digest = hex.EncodeToString(digest[:])
	return r
}

// benchmarkOf shares the results among the benchmarks: the compared one has 50,000 of 100,000 and
// of 1,000,000, and each of the usual ones a twentieth of all. The rest of a million belongs to
// the others.
func benchmarkOf(n int) int {
	const others = Benchmarks - 1 - Usual
	switch {
	case n < 2*ComparedResults && n%2 == 0:
		return Compared
	case n < 2*ComparedResults:
		return 1 + n/2%Usual
	case n%Benchmarks < Usual:
		return 1 + n%Usual
	default:
		return 1 + Usual + n/Benchmarks%others
	}
}

// Threshold returns the score that the share of the results, 0 to 1, exceeds.
func Threshold(share float64) float64 { return leastScore * math.Pow(10, magnitudes*(1-share)) }

// Counts are the totals that lists of the data set must have.
type Counts struct {
	// Visible are the results that are not hidden.
	Visible int
	// ManyCores are the visible results of each benchmark with more than 4 cores.
	ManyCores [Benchmarks]int
	// Compared are the visible results of the compared benchmark.
	Compared int
}

// Add counts a result.
func (c *Counts) Add(r Result) {
	if r.Hidden {
		return
	}
	c.Visible++
	if r.Benchmark == Compared {
		c.Compared++
	}
	if r.Cores > ManyCores {
		c.ManyCores[r.Benchmark]++
	}
}

// ManyCores is the bound of the filter on machine.cpu.count.
const ManyCores = 4

// FlavorName returns the name of a flavor, unique at its site.
func FlavorName(flavor int) string { return fmt.Sprintf("flavor-%03d", flavor) }

// TagName returns the unique name of a tag.
func TagName(tag int) string { return fmt.Sprintf("tag-%02d", tag) }
