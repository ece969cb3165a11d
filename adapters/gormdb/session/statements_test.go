package session

import (
	"testing"
	"testing/fstest"
)

func TestStatementsHaveNoComment(t *testing.T) {
	const text = "-- How many tags are there?\n-- All of them.\nSELECT count(*)\nFROM tag -- all\n"
	files := fstest.MapFS{"sql/count_tags.sql": {Data: []byte(text)}}
	statements := LoadStatements(files)
	if got, want := statements.Text("count_tags"), "SELECT count(*)\nFROM tag -- all"; got != want {
		t.Errorf("got the statement %q, want %q", got, want)
	}
}

func TestBadStatementFilesPanic(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no files":     {},
		"no comment":   {"sql/a.sql": {Data: []byte("SELECT 1\n")}},
		"no statement": {"sql/a.sql": {Data: []byte("-- What is it?\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("LoadStatements did not panic")
				}
			}()
			LoadStatements(files)
		})
	}
}
