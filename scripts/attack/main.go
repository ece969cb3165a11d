// Command attack attacks servers of its own, on the loopback network, with all that once
// stopped them: the rows A1 to A7 of docs/how-to/measure.md. Each server runs in a cgroup
// of 512 MB. At the end it prints a table, with a column for each revision and database.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are what the environment says.
type options struct {
	// before is an older revision to compare with, "" for none.
	before    string
	databases []string
	// only are the rows to run, nil for all.
	only    []string
	seconds time.Duration
	claims  int
	// postgres is the URL of a PostgreSQL.
	postgres string
}

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	work := run
	if len(os.Args) == 2 && os.Args[1] == abuseCommand {
		work = runAbuse
	}
	err := work(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func readOptions() (options, error) {
	o := options{
		before: os.Getenv("BEFORE"), databases: list("DATABASES", "sqlite,postgres"), only: list("ONLY", ""),
		postgres: os.Getenv("TEST_POSTGRES_URL"),
	}
	seconds, err := number("SECONDS", 5)
	if err != nil {
		return o, err
	}
	o.seconds = time.Duration(seconds) * time.Second
	o.claims, err = number("CLAIMS", 12_000)
	return o, err
}

func list(name, byDefault string) []string {
	text := os.Getenv(name)
	if text == "" {
		text = byDefault
	}
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func number(name string, byDefault int) (int, error) {
	text := os.Getenv(name)
	if text == "" {
		return byDefault, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s=%s is no positive number", name, text)
	}
	return n, nil
}

func run(ctx context.Context) (err error) {
	o, err := readOptions()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "attack.")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	programs := []program{{name: "now", bin: "bin"}}
	if o.before != "" {
		older, remove, err := build(ctx, o.before, folder)
		if err != nil {
			return err
		}
		defer remove()
		programs = append([]program{older}, programs...)
	}
	cell, err := newCell()
	if err != nil {
		fmt.Printf("No cgroup can be made (%v): the servers have GOMEMLIMIT only, and their memory is watched.\n", err)
	}
	defer cell.remove()
	var t table
	for _, p := range programs {
		for _, database := range o.databases {
			t.columns = append(t.columns, p.name+", "+database)
			if err := attackOne(ctx, o, &t, p, database, folder, cell); err != nil {
				return fmt.Errorf("%s on %s: %w", p.name, database, err)
			}
		}
	}
	fmt.Print("\n", t.text())
	return nil
}

// table has a row for each attack, in the order in which they came first.
type table struct {
	columns []string
	rows    []string
	cells   map[string]map[string]string
	// asked and within count the probes of each column, and those within bounds. worst is the
	// row of the largest factor.
	asked, within map[string]int
	worst         map[string]string
	largest       map[string]float64
}

// verdict notes how much longer a probe of the last column took: infinitely if not all was answered.
func (t *table) verdict(row string, factor float64) {
	if t.asked == nil {
		t.asked, t.within, t.worst, t.largest = map[string]int{}, map[string]int{}, map[string]string{}, map[string]float64{}
	}
	column := t.columns[len(t.columns)-1]
	t.asked[column]++
	if factor <= most {
		t.within[column]++
	}
	if factor > t.largest[column] {
		t.largest[column], t.worst[column] = factor, row
	}
}

func (t *table) set(row, format string, args ...any) {
	if t.cells == nil {
		t.cells = map[string]map[string]string{}
	}
	if t.cells[row] == nil {
		t.cells[row] = map[string]string{}
		t.rows = append(t.rows, row)
	}
	column, text := t.columns[len(t.columns)-1], fmt.Sprintf(format, args...)
	t.cells[row][column] = text
	fmt.Printf("%s | %s | %s\n", column, row, text)
}

// text is the table in Markdown.
func (t *table) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| attack | %s |\n|%s\n", strings.Join(t.columns, " | "), strings.Repeat(" --- |", len(t.columns)+1))
	for _, row := range t.rows {
		fmt.Fprintf(&b, "| %s |", row)
		for _, column := range t.columns {
			fmt.Fprintf(&b, " %s |", t.cells[row][column])
		}
		b.WriteString("\n")
	}
	for _, column := range t.columns {
		if t.asked[column] > 0 {
			fmt.Fprintf(&b, "\n%s: %d of %d times are within %d times those without an abuser; the largest factor is %.1f: %s\n",
				column, t.within[column], t.asked[column], most, t.largest[column], t.worst[column])
		}
	}
	return b.String()
}
