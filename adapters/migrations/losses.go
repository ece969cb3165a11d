package migrations

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Loss is data that goes when a revision is undone.
type Loss struct {
	Revision Revision
	// What is a table or TABLE.COLUMN that the revision's header names, or a
	// statement that removes something else.
	What string
	// Rows counts the rows, for a column those with a value; -1 if What is a statement.
	Rows int64
}

// Losses tells what data would go if the revisions were undone. What their
// headers name is counted, and left out where it holds nothing.
func (s Schema) Losses(ctx context.Context, undo []Revision) ([]Loss, error) {
	return lossesOf(s.db.WithContext(ctx), undo)
}

func lossesOf(db *gorm.DB, undo []Revision) ([]Loss, error) {
	var losses []Loss
	for _, r := range undo {
		for _, what := range r.Drops {
			rows, err := count(db, what)
			if err != nil {
				return nil, fmt.Errorf("the header of revision %s says that undoing it drops %s, which cannot be counted (correct the header, if "+
					"there is none): %w", r.ID, what, err)
			}
			if rows > 0 {
				losses = append(losses, Loss{r, what, rows})
			}
		}
		for _, statement := range unnamed(r) {
			losses = append(losses, Loss{r, statement, -1})
		}
	}
	return losses, nil
}

// AgreeTo returns an Options.Agree that agrees to nothing but to undo these revisions, and
// to lose no more than this data: others may change the database after somebody was
// asked about them.
func AgreeTo(undo []Revision, losses []Loss) func(undo []Revision, losses []Loss) error {
	return func(undoNow []Revision, lossesNow []Loss) error {
		known := func(loss Loss) bool {
			return slices.ContainsFunc(losses, func(l Loss) bool { return l.Revision.ID == loss.Revision.ID && l.What == loss.What })
		}
		more := slices.ContainsFunc(lossesNow, func(loss Loss) bool { return !known(loss) })
		if more || !slices.Equal(IDs(undoNow), IDs(undo)) {
			return errors.New("nothing was changed: somebody else has changed the database meanwhile; look at it, and try again")
		}
		return nil
	}
}

// count takes a table or TABLE.COLUMN, whose form the header's parser has checked.
func count(db *gorm.DB, what string) (int64, error) {
	table, column, isColumn := strings.Cut(what, ".")
	query := db.Table(table) // quoted by gorm
	if isColumn {
		query = query.Where(`"` + column + `" IS NOT NULL`)
	}
	var rows int64
	err := query.Count(&rows).Error
	return rows, err
}

// What removes data, as far as can be seen without understanding SQL.
var (
	statements = regexp.MustCompile(`[^;]+;?`)
	comments   = regexp.MustCompile(`(?m)--.*$`)
	rowsGo     = regexp.MustCompile(`(?i)^\s*(delete\s+from|truncate)\b|^\s*drop\s+schema\b`)
	tableGoes  = regexp.MustCompile(`(?i)^\s*drop\s+table\s+(?:if\s+exists\s+)?"?([a-z_]\w*)"?`)
	altered    = regexp.MustCompile(`(?i)^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?"?([a-z_]\w*)"?`)
	columnGoes = regexp.MustCompile(`(?i)\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?"?([a-z_]\w*)"?`)
	renamedTo  = regexp.MustCompile(`(?i)\brename\s+to\s+"?([a-z_]\w*)"?`)
)

// notColumns are what may follow DROP in ALTER TABLE besides a column.
var notColumns = []string{"constraint", "not", "default", "identity", "expression"}

// unnamed are the statements of a revision's way down that remove what its header
// does not name. A table that is made anew, under another name first, stays.
func unnamed(r Revision) []string {
	down := comments.ReplaceAllString(strings.Join(r.Down, ";\n"), "")
	remade := map[string]bool{}
	for _, found := range renamedTo.FindAllStringSubmatch(down, -1) {
		remade[strings.ToLower(found[1])] = true
	}
	named := func(what string) bool {
		return slices.Contains(slices.Concat(r.Drops, r.Derives), strings.ToLower(what))
	}
	var out []string
	for _, statement := range statements.FindAllString(down, -1) {
		goes := rowsGo.MatchString(statement)
		if table := tableGoes.FindStringSubmatch(statement); table != nil {
			goes = goes || !named(table[1]) && !remade[strings.ToLower(table[1])]
		}
		if table := altered.FindStringSubmatch(statement); table != nil {
			for _, column := range columnGoes.FindAllStringSubmatch(statement, -1) {
				goes = goes || !slices.Contains(notColumns, strings.ToLower(column[1])) && !named(table[1]+"."+column[1])
			}
		}
		if goes {
			out = append(out, strings.Join(strings.Fields(statement), " "))
		}
	}
	return out
}
