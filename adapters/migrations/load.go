package migrations

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

//go:embed sql
var embedded embed.FS

// Load reads the revisions for a dialect, "postgres" or "sqlite": the embedded revisions
// and the files *.sql of the extra directories. The order is parents first. It is an error
// if a file has another form, if two different revisions have one id, if a parent is
// missing, or if a revision is its own ancestor.
func Load(dialect string, extra ...fs.FS) ([]Revision, error) {
	if dialect != postgres && dialect != sqlite {
		return nil, fmt.Errorf("no revisions for the database %q", dialect)
	}
	own, err := fs.Sub(embedded, "sql/"+dialect)
	if err != nil {
		return nil, fmt.Errorf("open the embedded revisions: %w", err)
	}
	return loadAll(dialect, append([]fs.FS{own}, extra...))
}

func loadAll(dialect string, directories []fs.FS) ([]Revision, error) {
	byID := map[string]Revision{}
	for i, directory := range directories {
		found, err := loadDirectory(directory)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if i == 0 {
				r.File = "" // embedded
			}
			if dialect == sqlite && !r.Transactional {
				return nil, fmt.Errorf("revision %s: SQLite runs revisions in a transaction only", r.ID)
			}
			before, twice := byID[r.ID]
			if twice && !before.equal(r) {
				return nil, fmt.Errorf("revision %s (%s) contradicts another of the same id: remove one of them, or give it an id of its own", r.ID,
					r.File)
			}
			byID[r.ID] = r
		}
	}
	return sorted(slices.Collect(maps.Values(byID)))
}

func loadDirectory(directory fs.FS) ([]Revision, error) {
	entries, err := fs.ReadDir(directory, ".")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list revision files: %w", err)
	}
	var revisions []Revision
	for _, entry := range entries {
		name := entry.Name()
		if path.Ext(name) != ".sql" {
			continue
		}
		text, err := fs.ReadFile(directory, name)
		if err != nil {
			return nil, fmt.Errorf("read revision file: %w", err)
		}
		revision, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("revision file %s: %w", name, err)
		}
		revision.File = name
		revisions = append(revisions, revision)
	}
	return revisions, nil
}
