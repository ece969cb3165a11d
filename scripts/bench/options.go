package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/report"
)

// options come from environment variables, as in `SIZE=1000 make bench`.
type options struct {
	size   int
	rounds int
	// seconds is the duration of each kind of request in a round.
	seconds   float64
	only      []string
	databases []string
	// starts is the number of starts of the server, to measure the time until it answers.
	starts int
	out    string
	// bin is the folder with the programs.
	bin         string
	afterFill   []string
	postgresURL string
	// profiles is the folder that receives a processor profile of the server for each kind of
	// request and round, "" for none.
	profiles string
	// keep is the folder of databases that later runs use again, "" for none.
	keep string
}

// trial is the size below which a run is a short trial.
const trial = 10_000

const mostResults = 10_000_000

func readOptions(lookup func(string) (string, bool)) (options, error) {
	r := reader{lookup: lookup}
	o := options{starts: 3, size: int(r.number("SIZE", 100_000, 1, mostResults))}
	rounds, seconds := 3.0, 5.0
	if o.size < trial {
		rounds, seconds = 1, 1
	}
	o.rounds = int(r.number("ROUNDS", rounds, 1, 100))
	o.seconds = r.number("SECONDS", seconds, 0.1, 600)
	o.only = strings.FieldsFunc(r.text("ONLY", ""), isSeparator)
	o.databases = strings.FieldsFunc(r.text("DATABASES", "postgres,sqlite"), isSeparator)
	o.out = r.text("OUT", fmt.Sprintf("data/bench/%d.json", o.size))
	o.afterFill = strings.Fields(r.text("AFTER_FILL", ""))
	o.postgresURL = r.text("TEST_POSTGRES_URL", "")
	o.profiles = r.text("PROFILES", "")
	o.keep = r.text("KEEP", "")
	for _, name := range o.only {
		if name != exportName && !slices.ContainsFunc(requests(1, dataset.Counts{}, ""), func(r request) bool { return r.name == name }) {
			r.errs = append(r.errs, fmt.Errorf("ONLY: %q is no kind of request", name))
		}
	}
	for _, name := range o.databases {
		if name != "postgres" && name != "sqlite" {
			r.errs = append(r.errs, fmt.Errorf("DATABASES: %q is neither postgres nor sqlite", name))
		}
	}
	if slices.Contains(o.databases, "postgres") && o.postgresURL == "" {
		r.errs = append(r.errs, errors.New("TEST_POSTGRES_URL is not set: run this by `make bench`, which starts a PostgreSQL"))
	}
	bin, err := filepath.Abs("bin")
	o.bin = bin
	return o, errors.Join(append(r.errs, err)...)
}

func isSeparator(r rune) bool { return r == ',' || r == ' ' }

// wanted tells whether the run measures a kind of request.
func (o options) wanted(name string) bool { return len(o.only) == 0 || slices.Contains(o.only, name) }

// reader reads environment variables. An empty variable counts as unset.
type reader struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (r *reader) text(name, otherwise string) string {
	if value, ok := r.lookup(name); ok && value != "" {
		return value
	}
	return otherwise
}

func (r *reader) number(name string, otherwise, least, greatest float64) float64 {
	text := r.text(name, "")
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value < least || value > greatest {
		r.errs = append(r.errs, fmt.Errorf("%s: %q is not a number from %v to %v", name, text, least, greatest))
	}
	return value
}

// machine describes this machine. Values that /proc does not have stay empty.
func machine() report.Machine {
	m := report.Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH + ", " + runtime.Version()}
	m.Processor = lineOf("/proc/cpuinfo", "model name")
	kib, _ := strconv.Atoi(strings.TrimSuffix(lineOf("/proc/meminfo", "MemTotal"), " kB"))
	m.MemoryMB = kib / 1024
	load, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(load), " ")
	m.Load, _ = strconv.ParseFloat(first, 64)
	return m
}

// lineOf returns the value of the first line with the key, "" if there is none.
func lineOf(file, key string) string {
	text, _ := os.ReadFile(file) //nolint:gosec // one of two
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
