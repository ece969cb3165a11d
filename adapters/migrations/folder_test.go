package migrations

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folderWith writes files, by their paths, into a new folder.
func folderWith(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for path, text := range files {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestAFolderHasARevisionForEveryDialect(t *testing.T) {
	whole := file(idA, headRevision, 1, "SELECT 1;")
	for name, c := range map[string]struct {
		files map[string]string
		// says is part of the error, "" for none.
		says string
	}{
		"both": {map[string]string{"postgres/a.sql": whole, "sqlite/a.sql": whole, "postgres/notes.txt": "",
			"old/notes.txt": ""}, ""},
		"other scripts":  {map[string]string{"postgres/a.sql": whole, "sqlite/a.sql": file(idA, headRevision, 1, "SELECT 2;")}, ""},
		"one of the two": {map[string]string{"postgres/a.sql": whole}, "does not have the same revisions"},
		"another message": {map[string]string{"postgres/a.sql": whole,
			"sqlite/a.sql": strings.Replace(whole, "-- message: ", "-- message: not ", 1)}, "does not have the same revisions"},
		"a revision beside them":  {map[string]string{"a.sql": whole}, "a.sql in the folder"},
		"one for no database":     {map[string]string{"mysql/a.sql": whole}, filepath.Join("mysql", "a.sql") + " in the folder"},
		"one that is no revision": {map[string]string{"postgres/a.sql": "SELECT 1;"}, "the revisions for postgres cannot be used"},
	} {
		byDialect, one, err := Folder{Path: folderWith(t, c.files)}.LoadAll()
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: the error is %v, want %q", name, err, c.says)
			}
			continue
		}
		if err != nil || !contains(one, idA) || !contains(byDialect[sqlite], idA) || !contains(byDialect[postgres], idA) {
			t.Errorf("%s: %v, %v", name, IDs(one), err)
		}
	}
}

func TestAFolderMayBeMissingIfItIsOptional(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	if known, err := (Folder{Path: nowhere, Optional: true}).Load(postgres); err != nil || !slices.Equal(IDs(known), embeddedIDs) {
		t.Errorf("optional: %v, %v", IDs(known), err)
	}
	if _, err := (Folder{Path: nowhere}).Load(postgres); err == nil || !strings.Contains(err.Error(), "--directory") {
		t.Errorf("not optional: %v", err)
	}
}
