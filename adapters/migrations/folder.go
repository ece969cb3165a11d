package migrations

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Folder has revisions besides the embedded ones: in the folders postgres and sqlite, a
// file in each of them for every revision.
type Folder struct {
	Path string
	// Optional: the folder need not exist.
	Optional bool
}

// Load returns the embedded revisions and those of the folder for a dialect.
func (f Folder) Load(dialect string) ([]Revision, error) {
	extra, err := f.extra(dialect)
	if err != nil {
		return nil, err
	}
	known, err := Load(dialect, extra...)
	if err != nil {
		return nil, fmt.Errorf("the revisions for %s cannot be used: %w (folder %s)", dialect, err, filepath.Join(f.Path, dialect))
	}
	return known, nil
}

// LoadAll returns the revisions for all dialects. They must differ in their scripts
// only: for everything else those of one dialect, which it also returns, are enough.
func (f Folder) LoadAll() (byDialect map[string][]Revision, one []Revision, err error) {
	byDialect = map[string][]Revision{}
	for _, dialect := range Dialects() {
		known, err := f.Load(dialect)
		if err != nil {
			return nil, nil, err
		}
		if one == nil {
			one = known
		}
		if !slices.EqualFunc(one, known, sameButScripts) {
			return nil, nil, fmt.Errorf("the folder %s does not have the same revisions, with the same headers but for the transaction, for all "+
				"databases: %s has %v, %s has %v",
				f.Path, Dialects()[0], IDs(one), dialect, IDs(known))
		}
		byDialect[dialect] = known
	}
	return byDialect, one, nil
}

// sameButScripts compares the headers. Drops may differ: a table may be in one kind of
// database only.
func sameButScripts(a, b Revision) bool {
	return a.ID == b.ID && slices.Equal(a.Parents, b.Parents) && a.Message == b.Message && a.Created.Equal(b.Created) &&
		a.Compatible == b.Compatible
}

// extra returns the folder of a dialect, nothing if there is none.
func (f Folder) extra(dialect string) ([]fs.FS, error) {
	entries, err := os.ReadDir(f.Path)
	if errors.Is(err, fs.ErrNotExist) && f.Optional {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder of revisions cannot be read: %w; name another with --directory", err)
	}
	for _, entry := range entries {
		if stray := f.stray(entry); stray != "" {
			return nil, fmt.Errorf("%s in the folder %s is for no database: revisions are in its folders postgres and sqlite", stray, f.Path)
		}
	}
	return []fs.FS{os.DirFS(filepath.Join(f.Path, dialect))}, nil
}

// stray returns the path of a revision that lies at the entry, but in no folder of a
// dialect; "" if there is none.
func (f Folder) stray(entry fs.DirEntry) string {
	if isRevision(entry) {
		return entry.Name()
	}
	if !entry.IsDir() || slices.Contains(Dialects(), entry.Name()) {
		return ""
	}
	below, _ := os.ReadDir(filepath.Join(f.Path, entry.Name())) // a folder that cannot be read has no revisions
	if at := slices.IndexFunc(below, isRevision); at >= 0 {
		return filepath.Join(entry.Name(), below[at].Name())
	}
	return ""
}

func isRevision(entry fs.DirEntry) bool { return filepath.Ext(entry.Name()) == ".sql" }
