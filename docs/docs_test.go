package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/docs"
)

var (
	// sourcePath is the path of a file or folder of the repository, in code.
	sourcePath = regexp.MustCompile("`((?:adapters|cmd|config|core|deployments|ports|scripts|tests)/[A-Za-z0-9_./-]+)`")
	// makeTarget is a target of make at the begin of code.
	makeTarget = regexp.MustCompile("(?m)(?:`|^    )make ([a-z][a-z-]*)(?: |`|$)")
	// subcommand is a command of admin or migrate at the begin of code, or of a line of a block.
	subcommand = regexp.MustCompile("(?m)(?:`|^(?:    (?:[$] )?)?)(?:bin/)?((?:admin|migrate) [a-z]+(?: [a-z]+)?)")
	// variable is an environment variable in code.
	variable = regexp.MustCompile("`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`")
)

// eachPage calls check with the path and the text of each page that a person wrote.
func eachPage(t *testing.T, check func(page, text string)) {
	t.Helper()
	err := fs.WalkDir(docs.Files, ".", func(page string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(page, ".md") {
			return err
		}
		text, err := fs.ReadFile(docs.Files, page)
		if err == nil && !strings.Contains(string(text), "The program wrote this page") {
			check(page, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// text returns the texts of the files that the pattern names, from the repository's folder.
func text(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	var all strings.Builder
	for _, file := range files {
		if found, err := os.Stat(file); err != nil || found.IsDir() {
			continue
		}
		part, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(part)
	}
	return all.String()
}

func TestPagesNameFilesThatExist(t *testing.T) {
	eachPage(t, func(page, text string) {
		for _, named := range sourcePath.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", named[1])); err != nil {
				t.Errorf("docs/%s names %s: %v", page, named[1], err)
			}
		}
	})
}

func TestPagesNameTargetsOfMakeThatExist(t *testing.T) {
	makefile := text(t, "Makefile")
	eachPage(t, func(page, text string) {
		for _, named := range makeTarget.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^(?:[a-z-]+ )*` + named[1] + `(?: [a-z-]+)*:`).MatchString(makefile) {
				t.Errorf("docs/%s names make %s, which is no target", page, named[1])
			}
		}
	})
}

// The pages of the reference have a heading for each command.
func TestPagesNameCommandsThatExist(t *testing.T) {
	known := strings.Split(text(t, "docs/reference/admin.md")+text(t, "docs/reference/migrate.md"), "\n")
	eachPage(t, func(page, text string) {
		for _, named := range subcommand.FindAllStringSubmatch(text, -1) {
			words := strings.Fields(named[1])
			if !slices.Contains(known, "## "+named[1]) && !slices.Contains(known, "## "+strings.Join(words[:2], " ")) {
				t.Errorf("docs/%s names %s, which is no command", page, named[1])
			}
		}
	})
}

func TestPagesNameVariablesThatAreRead(t *testing.T) {
	known := text(t, "Makefile") + text(t, "scripts/*") + text(t, "deployments/.env.example") + "HTTPS_PROXY NO_PROXY X_FILE"
	for _, setting := range config.Settings() {
		known += " " + setting.Name
	}
	eachPage(t, func(page, text string) {
		for _, named := range variable.FindAllStringSubmatch(text, -1) {
			inBlock := strings.Contains(text, "$"+named[1]) // a variable of the page's own commands
			if !inBlock && !strings.Contains(known, named[1]) {
				t.Errorf("docs/%s names %s, which nothing reads", page, named[1])
			}
		}
	})
}

// The programs embed the pictures: each is small, and some page shows it.
func TestPicturesAreSmallAndShown(t *testing.T) {
	var text strings.Builder
	eachPage(t, func(_, page string) { text.WriteString(page) })
	const most = 100 << 10
	err := fs.WalkDir(docs.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".png", ".svg"}, filepath.Ext(name)) {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Size() > most {
			t.Errorf("%s has %d bytes, more than %d", name, info.Size(), most)
		}
		if base := filepath.Base(name); !strings.Contains(text.String(), "("+base+")") && !strings.Contains(text.String(), "/"+base+")") {
			t.Errorf("no page shows %s", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
