package migrations

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Dialects are the names of the kinds of databases. Every revision has a file for each, in
// a folder of this name.
func Dialects() []string { return []string{postgres, sqlite} }

// Format returns the text of a revision file, in the form that Load reads. The lines of the
// comment come before the scripts of the up part.
func Format(r Revision, comment ...string) string {
	var b strings.Builder
	parents := strings.TrimRight("-- parent: "+strings.Join(r.Parents, ", "), " ")
	fmt.Fprintf(&b, "-- revision: %s\n%s\n-- message: %s\n-- created: %s\n", r.ID, parents, r.Message, r.Created.UTC().Format(time.RFC3339))
	if !r.Transactional {
		b.WriteString("-- transaction: none\n")
	}
	if r.Compatible {
		b.WriteString("-- compatible: yes\n")
	} else {
		b.WriteString("-- compatible: no\n")
	}
	if len(r.Drops) > 0 {
		fmt.Fprintf(&b, "-- drops: %s\n", strings.Join(r.Drops, ", "))
	}
	if len(r.Derives) > 0 {
		fmt.Fprintf(&b, "-- derives: %s\n", strings.Join(r.Derives, ", "))
	}
	b.WriteString("\n" + upMarker + "\n")
	for _, line := range comment {
		b.WriteString(strings.TrimRight("-- "+line, " ") + "\n")
	}
	writeScripts(&b, r.Up)
	if r.Down != nil {
		b.WriteString("\n" + downMarker + "\n")
		writeScripts(&b, r.Down)
	}
	return b.String()
}

func writeScripts(b *strings.Builder, scripts []string) {
	if len(scripts) > 0 {
		b.WriteString(strings.Join(scripts, "\n"+statementMarker+"\n") + "\n")
	}
}

// Write writes the files FOLDER/DIALECT/NAME of a revision, whose texts are given by
// dialect, and returns their paths. Missing folders are created. Either all files are
// written or none. It is an error if a file exists.
func Write(folder, name string, texts map[string]string) (paths []string, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write a revision into the folder %s: %w; make it a folder that user %d can write to, or name another "+
				"with --directory",
				folder, err, os.Getuid()), remove(paths))
			paths = nil
		}
	}()
	for _, dialect := range Dialects() {
		path := filepath.Join(folder, dialect, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // revisions are no secret
			return paths, err
		}
		if err := writeNew(path, texts[dialect]); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as above; the path is the operator's
	if err != nil {
		return err
	}
	if _, err = file.WriteString(text); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func remove(paths []string) error {
	var errs []error
	for _, path := range paths {
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

// FileName is the name of the file of a revision: its place in the history, of four digits,
// and its id.
func FileName(place int, id string) string { return fmt.Sprintf("%04d_%s.sql", place, id) }
