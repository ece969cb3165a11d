package migrations

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	upMarker        = "-- +up"
	downMarker      = "-- +down"
	statementMarker = "-- +statement"
)

var revisionID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// parse reads the text of a revision file:
//
//	-- revision: 112055db4eff
//	-- parent: 7fc773c5907d
//	-- message: what it changes
//	-- created: 2022-05-12T09:30:00Z
//	-- transaction: none
//	-- compatible: yes
//	-- drops: benchmark.url, outbox
//	-- derives: result_count
//
//	-- +up
//	SQL, in which "-- +statement" on a line of its own separates what must be
//	sent one by one
//	-- +down
//	SQL
//
// The first revision has an empty parent; commas separate several parents. The last four
// lines of the header and the down part may be missing. compatible says that programs
// without the revision can work with a database that has the revision. drops are the
// tables, and the columns as TABLE.COLUMN, whose data is lost when the revision is undone.
// derives are those whose data is lost, too, but can be derived again from other data.
func parse(text string) (Revision, error) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\n")
	start := 0
	for start < len(lines) && !isMarker(lines[start]) {
		start++
	}
	revision, err := parseHeader(lines[:start])
	if err != nil {
		return Revision{}, err
	}
	if revision.Up, revision.Down, err = parseParts(lines[start:]); err != nil {
		return Revision{}, err
	}
	for _, script := range slices.Concat(revision.Up, revision.Down) {
		if ending := endOfTransaction.FindString(script); ending != "" {
			return Revision{}, fmt.Errorf("%q would end the transaction that the revision runs in: leave it out", strings.TrimSpace(ending))
		}
	}
	return revision, nil
}

// endOfTransaction matches at the beginning of a line: procedures may have indented ones.
var endOfTransaction = regexp.MustCompile(`(?im)^(commit|rollback)\s*;`)

func isMarker(line string) bool { return strings.HasPrefix(line, "-- +") }

func parseHeader(lines []string) (Revision, error) {
	header := map[string]string{}
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		comment, isComment := strings.CutPrefix(line, "-- ")
		key, value, hasValue := strings.Cut(comment, ":")
		if !isComment || !hasValue {
			return Revision{}, fmt.Errorf("header line %q is not of the form \"-- key: value\"", line)
		}
		if _, twice := header[key]; twice {
			return Revision{}, fmt.Errorf("header %q is given twice", key)
		}
		header[key] = strings.TrimSpace(value)
	}
	return revisionOf(header)
}

func revisionOf(header map[string]string) (Revision, error) {
	for key := range header {
		switch key {
		case "revision", "parent", "message", "created", "transaction", "compatible", "drops", "derives":
		default:
			return Revision{}, fmt.Errorf("unknown header %q", key)
		}
	}
	for _, key := range []string{"revision", "parent", "message", "created"} {
		if value, there := header[key]; !there || value == "" && key != "parent" {
			return Revision{}, fmt.Errorf("header %q is missing", key)
		}
	}
	transaction, there := header["transaction"]
	if there && transaction != "none" {
		return Revision{}, fmt.Errorf("header \"transaction\" is %q, can only be \"none\"", transaction)
	}
	compatible := header["compatible"]
	if _, there := header["compatible"]; there && compatible != "yes" && compatible != "no" {
		return Revision{}, fmt.Errorf("header \"compatible\" is %q, can only be \"yes\" or \"no\"", compatible)
	}
	drops, err := parseDrops("drops", header["drops"])
	if err != nil {
		return Revision{}, err
	}
	derives, err := parseDrops("derives", header["derives"])
	if err != nil {
		return Revision{}, err
	}
	created, err := time.Parse(time.RFC3339, header["created"])
	if err != nil {
		return Revision{}, fmt.Errorf("header \"created\": %w", err)
	}
	if !revisionID.MatchString(header["revision"]) {
		return Revision{}, fmt.Errorf("revision %q is not 12 hexadecimal digits", header["revision"])
	}
	parents, err := parseParents(header["parent"])
	return Revision{
		ID:            header["revision"],
		Parents:       parents,
		Message:       header["message"],
		Created:       created.UTC(),
		Transactional: !there,
		Compatible:    compatible == "yes",
		Drops:         drops,
		Derives:       derives,
	}, err
}

func parseParents(value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	parents := strings.Split(value, ",")
	seen := map[string]bool{}
	for i, parent := range parents {
		parent = strings.TrimSpace(parent)
		if !revisionID.MatchString(parent) {
			return nil, fmt.Errorf("parent %q is not 12 hexadecimal digits", parent)
		}
		if seen[parent] {
			return nil, fmt.Errorf("parent %s is given twice", parent)
		}
		seen[parent] = true
		parents[i] = parent
	}
	return parents, nil
}

// dropped is a table or TABLE.COLUMN. The names need no quotes, but for the table user.
var dropped = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$`)

func parseDrops(key, value string) ([]string, error) {
	if value == "" {
		return nil, nil
	}
	drops := strings.Split(value, ",")
	for i, drop := range drops {
		drops[i] = strings.TrimSpace(drop)
		if !dropped.MatchString(drops[i]) {
			return nil, fmt.Errorf("header %q names %q, which is neither TABLE nor TABLE.COLUMN", key, drops[i])
		}
	}
	return drops, nil
}

// parseParts reads the text from the first marker to the end.
func parseParts(lines []string) (up, down []string, err error) {
	if len(lines) == 0 || lines[0] != upMarker {
		return nil, nil, errors.New("the header must be followed by the line \"" + upMarker + "\"")
	}
	part, script := &up, []string{}
	finish := func() {
		if sql := strings.TrimSpace(strings.Join(script, "\n")); sql != "" {
			*part = append(*part, sql)
		}
		script = script[:0]
	}
	for _, line := range lines[1:] {
		switch {
		case !isMarker(line):
			script = append(script, line)
		case line == statementMarker:
			finish()
		case line == downMarker && down == nil:
			finish()
			down = []string{}
			part = &down
		default:
			return nil, nil, fmt.Errorf("unexpected line %q", line)
		}
	}
	finish()
	return up, down, nil
}
