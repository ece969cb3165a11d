package session

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Statements are SQL statements by their names.
type Statements map[string]string

const commentMark = "--"

// LoadStatements reads the files sql/NAME.sql: each is one statement, after a comment
// that says which question the statement answers. The comment is not sent to the
// database. Values are written @name for GORM, and $1 for pgx.
//
// The files are embedded: LoadStatements panics if a file has no comment or no
// statement.
func LoadStatements(files fs.FS) Statements {
	paths, err := fs.Glob(files, "sql/*.sql")
	if err != nil || len(paths) == 0 {
		panic(fmt.Sprintf("no files sql/*.sql: %v", err))
	}
	statements := Statements{}
	for _, file := range paths {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			panic(err)
		}
		statement := withoutComment(string(text))
		if statement == "" || !strings.HasPrefix(string(text), commentMark) {
			panic(file + " must begin with a comment, followed by one statement")
		}
		statements[strings.TrimSuffix(path.Base(file), ".sql")] = statement
	}
	return statements
}

// withoutComment removes the lines of the comment at the beginning, and white space
// around the statement.
func withoutComment(text string) string {
	for strings.HasPrefix(text, commentMark) {
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}

// Text returns the statement with the name. It panics if there is none: names are
// constants of the program.
func (s Statements) Text(name string) string {
	text, ok := s[name]
	if !ok {
		panic("there is no statement " + name)
	}
	return text
}
