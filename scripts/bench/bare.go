package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/eosc-perf/backend/scripts/bench/load"
)

// script is a statement for pgbench, whose variables have random values.
type script struct {
	sql  string
	sets []set
	// order are the variables of the placeholders.
	order []string
}

// set is a line that sets a variable to a random whole number between two bounds. A
// bound is a number, a variable, or a variable minus one.
type set struct{ name, from, to string }

var (
	setLine  = regexp.MustCompile(`(?m)^\\set (\w+) random\(([^,]+), ([^)]+)\)$`)
	comment  = regexp.MustCompile(`(?m)^--.*$`)
	variable = regexp.MustCompile(`([^:]):([a-z]+)`)
)

func parseScript(text string) script {
	var s script
	for _, line := range setLine.FindAllStringSubmatch(text, -1) {
		s.sets = append(s.sets, set{line[1], line[2], line[3]})
	}
	s.sql = variable.ReplaceAllStringFunc(comment.ReplaceAllString(setLine.ReplaceAllString(text, ""), ""), func(found string) string {
		s.order = append(s.order, found[2:])
		return fmt.Sprintf("%s$%d::int", found[:1], len(s.order))
	})
	return s
}

// values returns random values for the placeholders.
func (s script) values(random *rand.Rand, given map[string]int) ([]any, error) {
	known := map[string]int{}
	for name, value := range given {
		known[name] = value
	}
	for _, set := range s.sets {
		from, errFrom := number(set.from, known)
		to, errTo := number(set.to, known)
		if err := errors.Join(errFrom, errTo); err != nil {
			return nil, err
		}
		known[set.name] = between(random, from, to)
	}
	values := make([]any, len(s.order))
	for i, name := range s.order {
		values[i] = known[name]
	}
	return values, nil
}

func number(text string, known map[string]int) (int, error) {
	name, isVariable := strings.CutPrefix(strings.TrimSpace(text), ":")
	if !isVariable {
		return strconv.Atoi(name)
	}
	name, lessOne := strings.CutSuffix(name, " - 1")
	value, ok := known[name]
	if !ok {
		return 0, fmt.Errorf("there is no variable %q", name)
	}
	if lessOne {
		value--
	}
	return value, nil
}

// bare returns the rate of a program that does the minimum: net/http sends the rows that
// pgx reads for the statement, as many bytes as the server sends. A server in Go cannot
// be faster.
func (p *postgres) bare(ctx context.Context, r request, seconds, bytesEach float64) (float64, error) {
	text, err := statements.ReadFile("statements/" + r.statement)
	if err != nil {
		return 0, err
	}
	config, err := pgxpool.ParseConfig(p.config.ConnString())
	if err != nil {
		return 0, err
	}
	config.ConnConfig.Database, config.MaxConns = p.config.Database, many
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	statement, padding := parseScript(string(text)), bytes.Repeat([]byte{' '}, int(bytesEach))
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := statement.run(q.Context(), pool, r.variables)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body = append(body, padding[:max(0, len(padding)-len(body))]...)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // a client that disconnected needs no answer
	})}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go func() { _ = server.Serve(listener) }() // Close ends it
	defer func() { _ = server.Close() }()      // this also ends open requests
	o := load.Options{
		Address:     listener.Addr().String(),
		Connections: r.connections,
		Duration:    time.Duration(seconds * float64(time.Second)),
		Most:        most,
		SampleEvery: most,
	}
	books, err := load.Run(ctx, o, func(*rand.Rand) load.Request { return get("/", nil) })
	if err == nil && len(books.Failures) > 0 {
		err = fmt.Errorf("%s without the product: %s", r.statement, books.Failures[0])
	}
	return books.Rate(), err
}

// run returns the values of all rows, one after the other.
func (s script) run(ctx context.Context, pool *pgxpool.Pool, variables map[string]int) ([]byte, error) {
	values, err := s.values(rand.New(rand.NewPCG(rand.Uint64(), 0)), variables) //nolint:gosec // no secret
	if err != nil {
		return nil, err
	}
	rows, err := pool.Query(ctx, s.sql, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var body []byte
	for rows.Next() {
		for _, value := range rows.RawValues() {
			body = append(body, value...)
		}
	}
	return body, rows.Err()
}
