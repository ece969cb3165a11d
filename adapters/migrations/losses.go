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

// Loss is data that is lost when a revision is undone.
type Loss struct {
	Revision Revision
	// What is a table or TABLE.COLUMN that the header of the revision names, or a statement
	// that removes other data.
	What string
	// Rows is the number of rows, for a column of rows with a value; -1 if What is a statement.
	Rows int64
}

// Losses returns the data that would be lost if the revisions were undone. Tables and
// columns that the headers name are counted, and left out if they hold nothing.
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

// count counts the rows of a table or TABLE.COLUMN. The parser of the header has checked the
// form of the name.
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

// The statements that remove data, as far as patterns can find them.
var (
	statements = regexp.MustCompile(`[^;]+;?`)
	comments   = regexp.MustCompile(`(?m)--.*$`)
	bodies     = regexp.MustCompile(`(?is)\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\b.*?\$\w*\$.*?\$\w*\$`)
	rowsGo     = regexp.MustCompile(`(?i)^\s*(delete\s+from|truncate)\b|^\s*drop\s+schema\b`)
	tableGoes  = regexp.MustCompile(`(?i)^\s*drop\s+table\s+(?:if\s+exists\s+)?"?([a-z_]\w*)"?`)
	altered    = regexp.MustCompile(`(?i)^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?"?([a-z_]\w*)"?`)
	columnGoes = regexp.MustCompile(`(?i)\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?"?([a-z_]\w*)"?`)
	renamedTo  = regexp.MustCompile(`(?i)\brename\s+to\s+"?([a-z_]\w*)"?`)
)

// notColumns are the words that may follow DROP in ALTER TABLE and are no column.
var notColumns = []string{"constraint", "not", "default", "identity", "expression"}

// unnamed returns the statements of a down part that remove data which the header does not
// name. A table that is replaced by a renamed copy is not removed.
func unnamed(r Revision) []string {
	// To make a function that removes rows removes none.
	down := bodies.ReplaceAllString(comments.ReplaceAllString(strings.Join(r.Down, ";\n"), ""), "")
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
