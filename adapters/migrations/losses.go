package migrations

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// Loss is data that goes when a revision is undone.
type Loss struct {
	Revision Revision
	// What is a table or TABLE.COLUMN, or, where the revision's header names
	// nothing, the statement that would remove data.
	What string
	// Rows counts the rows, for a column those with a value; -1 if What is a statement.
	Rows int64
}

// removing are the statements after which data is gone.
var removing = regexp.MustCompile(`(?im)^.*\b(drop\s+(table|column|schema)|delete\s+from|truncate)\b.*$`)

// Losses tells what data would go if the revisions were undone. What their
// headers name is counted, tables and columns that hold nothing left out.
func Losses(ctx context.Context, db *gorm.DB, undo []Revision) ([]Loss, error) {
	var losses []Loss
	for _, r := range undo {
		if len(r.Drops) == 0 {
			for _, statement := range removing.FindAllString(strings.Join(r.Down, "\n"), -1) {
				losses = append(losses, Loss{r, strings.TrimSpace(statement), -1})
			}
		}
		for _, what := range r.Drops {
			rows, err := count(db.WithContext(ctx), what)
			if err != nil {
				return nil, fmt.Errorf("count what undoing revision %s would remove: %w", r.ID, err)
			}
			if rows > 0 {
				losses = append(losses, Loss{r, what, rows})
			}
		}
	}
	return losses, nil
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
