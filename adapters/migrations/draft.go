package migrations

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Draft is a revision that is about to be written.
type Draft struct {
	ID      string
	Parents []string
	// Message is what the revision changes, in one line.
	Message string
	Created time.Time
}

// NewDraft returns a draft of now. An empty id is chosen by chance. It is an error if the
// id is not 12 hexadecimal digits, or the message is not one line.
func NewDraft(id, message string, parents ...string) (Draft, error) {
	d := Draft{ID: id, Parents: parents, Message: strings.TrimSpace(message), Created: time.Now().UTC().Truncate(time.Second)}
	if d.Message == "" || strings.ContainsAny(d.Message, "\r\n") {
		return d, errors.New("say in one line what the revision changes: -m \"a benchmark has a licence\"")
	}
	if d.ID == "" {
		var random [6]byte
		_, _ = rand.Read(random[:]) // never fails, see its documentation
		d.ID = hex.EncodeToString(random[:])
	}
	if !revisionID.MatchString(d.ID) {
		return d, fmt.Errorf("the id %q is not 12 hexadecimal digits in lower case", d.ID)
	}
	return d, nil
}

// Revision returns the draft with its scripts.
func (d Draft) Revision(up, down []string) Revision {
	return Revision{ID: d.ID, Parents: d.Parents, Message: d.Message, Created: d.Created, Transactional: true, Up: up, Down: down}
}

// Write writes the files of the draft, whose texts are given by dialect, into a folder
// after the known revisions, and returns their paths. Errors: those of Write, and if a
// known revision has the id.
func (d Draft) Write(folder string, known []Revision, texts map[string]string) ([]string, error) {
	if slices.ContainsFunc(known, func(r Revision) bool { return r.ID == d.ID }) {
		return nil, fmt.Errorf("revision %s is there already: give another id", d.ID)
	}
	return Write(folder, FileName(len(known)+1, d.ID), texts)
}

// ForAll returns one text for every dialect.
func ForAll(text string) map[string]string {
	texts := map[string]string{}
	for _, dialect := range Dialects() {
		texts[dialect] = text
	}
	return texts
}
