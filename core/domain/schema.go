package domain

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownRevision says that the program does not know a revision of the schema. If a
// database has the revision, the database is newer than the program.
var ErrUnknownRevision = errors.New("unknown schema revision")

// ErrPending says that a database lacks revisions of the schema.
var ErrPending = errors.New("the database is not up to date")

// SchemaState says which revisions of the schema a database has. All fields are ids of
// revisions.
type SchemaState struct {
	// Applied and Pending are the known revisions that the database has and lacks,
	// parents first.
	Applied, Pending []string
	// Heads are the newest of Applied: one, unless the database is between two branches.
	Heads []string
	// Unknown are the revisions that the database has and the program does not know,
	// sorted. Incompatible are those of them with which the program cannot serve.
	Unknown, Incompatible []string
	// Inherited is true for a database of the earlier program that is not taken over yet.
	Inherited bool
}

// Known returns an ErrUnknownRevision if the database has a revision that the program
// does not know. To change or to copy a whole database takes all revisions.
func (s SchemaState) Known() error { return newer(s.Unknown) }

// Newer returns an ErrUnknownRevision if the database has a revision with which the
// program cannot serve.
func (s SchemaState) Newer() error { return newer(s.Incompatible) }

// someOf names the revisions, in the middle of many only their number.
func someOf(revisions []string) string {
	const most = 5
	if len(revisions) <= most {
		return strings.Join(revisions, ", ")
	}
	return fmt.Sprintf("%s, and %d more up to %s", revisions[0], len(revisions)-1, revisions[len(revisions)-1])
}

// Ready returns nil if the program can work with the database. Errors: that of Newer,
// and ErrPending if the database lacks revisions.
func (s SchemaState) Ready() error {
	if err := s.Newer(); err != nil {
		return err
	}
	if len(s.Pending) > 0 {
		return fmt.Errorf("%w, pending: %s; run `migrate upgrade`", ErrPending, someOf(s.Pending))
	}
	return nil
}

func newer(unknown []string) error {
	if len(unknown) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the database has %s, which this program does not know; "+
		"use the program that has them, or a newer one (with migrate, name the folder that has them with --directory)",
		ErrUnknownRevision, strings.Join(unknown, ", "))
}
