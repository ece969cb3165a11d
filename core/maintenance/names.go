package maintenance

import (
	"fmt"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
)

// nameCheck finds names that look like an earlier one, and names that would be refused if
// they were new.
type nameCheck struct {
	each func(domain.Finding) error
	// seen has the first name of each look.
	seen map[look]domain.Name
}

// look is one of the texts of name.Looks, among names that must differ.
type look struct{ table, scope, text string }

func newNameCheck(each func(domain.Finding) error) *nameCheck {
	return &nameCheck{each: each, seen: map[look]domain.Name{}}
}

// check looks at the next name. Names come in the order of ports.Names.
func (c *nameCheck) check(n domain.Name) error {
	if fault := faultOf(n); fault != "" {
		warning := domain.Finding{
			Level: domain.Warning, Table: n.Table, ID: n.ID,
			Problem: fmt.Sprintf("its name %+q would be refused today: %s", n.Text, strings.TrimSuffix(fault, ".")),
			Remedy:  "an administrator can change it by the API",
		}
		if err := c.each(warning); err != nil {
			return err
		}
	}
	looksOf := name.LooksOf
	if n.Table == "benchmark" {
		looksOf = name.LooksOfImage
	}
	looks := looksOf(n.Text)
	whole, folded := look{n.Table, n.Scope, looks.Skeleton}, look{n.Table, n.Scope, "folded " + looks.Folded}
	first, found := c.seen[whole]
	if !found {
		c.seen[whole] = n
		first, found = c.seen[folded]
	}
	if !found {
		c.seen[folded] = n
		return nil
	}
	return c.each(domain.Finding{
		Level: domain.Warning, Table: n.Table, ID: n.ID,
		Problem: fmt.Sprintf("its name %+q looks like %+q, the name of %s %s", n.Text, first.Text, first.Table, first.ID),
		Remedy:  "see whether one of the two was meant to be taken for the other; rename, reject or delete it by the API",
	})
}

// faultOf returns what is wrong with a name, "" if nothing is.
func faultOf(n domain.Name) string {
	if n.Table != "benchmark" {
		return name.Fault(n.Text)
	}
	end := strings.LastIndexByte(n.Text, ':')
	if fault := name.ImageFault(n.Text[:end]); fault != "" {
		return fault
	}
	return name.TagFault(n.Text[end+1:])
}
