package migrations

import (
	"context"
	"embed"
	"fmt"
)

// queries holds the longer statements, in a folder for each dialect.
//
//go:embed queries
var queries embed.FS

// statement returns an embedded statement by its name.
func statement(dialect, name string) string {
	text, err := queries.ReadFile("queries/" + dialect + "/" + name + ".sql")
	if err != nil {
		panic(err) // the statement is part of the program
	}
	return string(text)
}

// Column is a column of a table.
type Column struct {
	Table, Name string
	// Type is the type as the database spells it.
	Type string
	// Required columns hold no null. Primary columns belong to the primary key.
	Required, Primary bool
	// Refers is the TABLE.COLUMN of a foreign key, empty if there is none.
	Refers string
}

// Columns returns the columns of all tables, by table and by their place in the table.
func (s Schema) Columns(ctx context.Context) ([]Column, error) {
	var columns []Column
	if err := s.db.WithContext(ctx).Raw(statement(s.db.Name(), "columns")).Scan(&columns).Error; err != nil {
		return nil, fmt.Errorf("read the columns of the tables: %w", err)
	}
	return columns, nil
}
