package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// partLists has the parts of the schema that all revisions together make, for each dialect: a line
// for each table, column, trigger, index and function. A test writes them (-update).
//
//go:embed parts
var partLists embed.FS

// ErrIncomplete says that parts of a schema are missing although the revisions that make them ran:
// somebody removed them, or a restoration ended early.
var ErrIncomplete = errors.New("the schema of the database is not complete")

// Missing are parts of the schema that a database lacks.
type Missing struct {
	// Essential parts are tables, columns, triggers, functions and unique indexes: without them requests
	// fail or store what is wrong. Other indexes only make requests fast.
	Essential, Other []string
}

// Err returns an ErrIncomplete that names the parts, with what to do; nil if there are none.
func (m Missing) Err() error {
	parts := slices.Concat(m.Essential, m.Other)
	if len(parts) == 0 {
		return nil
	}
	const most = 5
	named := strings.Join(parts[:min(most, len(parts))], ", ")
	if len(parts) > most {
		named += fmt.Sprintf(", and %d more", len(parts)-most)
	}
	return fmt.Errorf("%w, missing or not in effect: %s; make them again, `migrate show -v REVISION` has the SQL, or restore a backup into "+
		"an empty database with `admin restore`", ErrIncomplete, named)
}

// Missing returns what the database lacks although it has all revisions of the program and no others. Of
// other databases nothing is told.
func (s Schema) Missing(ctx context.Context) (Missing, error) {
	state, err := s.Inspect(ctx)
	if err != nil || len(state.Pending)+len(state.Unknown) > 0 || state.Inherited {
		return Missing{}, err
	}
	wanted, err := partLists.ReadFile("parts/" + s.db.Name() + ".txt")
	if err != nil {
		return Missing{}, fmt.Errorf("read the parts of the schema: %w", err)
	}
	found, err := s.parts(ctx)
	if err != nil {
		return Missing{}, err
	}
	there := make(map[string]bool, len(found))
	for _, part := range found {
		there[part] = true
	}
	var missing Missing
	for part := range strings.Lines(string(wanted)) {
		part = strings.TrimSuffix(part, "\n")
		kind, name := cutKind(part)
		table, _, _ := strings.Cut(name, ".")
		switch {
		case there[part], kind != "table" && kind != "function" && !there["table "+table]:
			// It is there, or its table is missing, which stands for all that belongs to it.
		case kind == "index":
			missing.Other = append(missing.Other, part)
		default:
			missing.Essential = append(missing.Essential, part)
		}
	}
	return missing, nil
}

// parts returns the parts of the database, a line for each.
func (s Schema) parts(ctx context.Context) ([]string, error) {
	var parts []string
	if err := s.db.WithContext(ctx).Raw(statement(s.db.Name(), "parts")).Scan(&parts).Error; err != nil {
		return nil, fmt.Errorf("read the parts of the schema: %w", err)
	}
	return parts, nil
}

// cutKind cuts a line of a part into its kind and its name: TABLE, TABLE.NAME or that of a function.
func cutKind(part string) (kind, name string) {
	at := strings.LastIndexByte(part, ' ')
	return part[:at], part[at+1:]
}
