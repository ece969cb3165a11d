package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/docs"
)

// sourcePath is the path of a file or folder of the repository, in code.
var sourcePath = regexp.MustCompile("`((?:adapters|cmd|config|core|deployments|ports|scripts|tests)/[A-Za-z0-9_./-]+)`")

func TestPagesNameFilesThatExist(t *testing.T) {
	err := fs.WalkDir(docs.Files, ".", func(page string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(page, ".md") {
			return err
		}
		text, err := fs.ReadFile(docs.Files, page)
		if err != nil {
			return err
		}
		for _, named := range sourcePath.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join("..", named[1])); err != nil {
				t.Errorf("docs/%s names %s: %v", page, named[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
