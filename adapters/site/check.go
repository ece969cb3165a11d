package site

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Check reads every page, and returns all problems: links to missing pages, headings and
// files, pages without a link on the start page, raw HTML. The repository contains the
// pages in the folder.
func (s *Site) Check(repository fs.FS, folder string) error {
	pages, err := s.readAll()
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		page := pages[name]
		for _, problem := range page.problems {
			problems = append(problems, fmt.Errorf("%s: %s", name, problem))
		}
		if name != startPage && !s.navigates(name) {
			problems = append(problems, fmt.Errorf("%s: %s has no link to it under a heading of the second level", name, startPage))
		}
		for _, l := range page.links {
			if problem := s.checkLink(pages, page, l.target, repository, folder); problem != "" {
				problems = append(problems, fmt.Errorf("%s: the link to %s: %s", name, l.target, problem))
			}
		}
	}
	return errors.Join(problems...)
}

func (s *Site) readAll() (map[string]*document, error) {
	pages := map[string]*document{}
	err := fs.WalkDir(s.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		pages[name], err = s.read(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	return pages, nil
}

func (s *Site) navigates(name string) bool {
	return slices.ContainsFunc(s.navigation, func(part section) bool {
		return slices.ContainsFunc(part.Links, func(l entry) bool { return l.Path == name })
	})
}

// checkLink returns the problem of a link, "" if there is none. It contacts no other server.
func (s *Site) checkLink(pages map[string]*document, from *document, target string, repository fs.FS, folder string) string {
	name, anchor, _ := strings.Cut(target, "#")
	if isElsewhere(target) {
		return ""
	}
	page := from
	if name != "" {
		name = path.Join(path.Dir(from.path), name)
		page = pages[name]
	}
	if page == nil {
		if _, err := fs.Stat(repository, path.Join(folder, name)); err != nil {
			return "there is no such file"
		}
		return ""
	}
	if anchor != "" && !slices.Contains(page.anchors, anchor) {
		return "the page has no such heading; it has " + strings.Join(page.anchors, ", ")
	}
	return ""
}
