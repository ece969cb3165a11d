package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
)

const (
	// longestShown bounds the characters of a name beside others, longestPlace those of a site before its flavor, and in a
	// narrow list.
	longestShown, longestPlace = 48, 24
)

// longestInAddress is the longest name in an address that this program makes, in bytes as the address has it: for a longer
// one the id stands there, so that the size of a page does not depend on names.
const longestInAddress = 64

// inAddress is the name for an address, or the id.
func inAddress(name string, id uuid.UUID) string {
	if len(url.QueryEscape(name)) <= longestInAddress {
		return name
	}
	return id.String()
}

func benchmarkInAddress(b *domain.Benchmark) string { return inAddress(b.Name(), b.ID) }

func siteInAddress(s *domain.Site) string { return inAddress(s.Name, s.ID) }

func flavorInAddress(s *domain.Site, f *domain.Flavor) string {
	return inAddress(s.Name+"/"+f.Name, f.ID)
}

// clipped is a text of at most so many characters, and twice as many bytes: most characters of more bytes are wide.
func clipped(text string, most int) string {
	if len(text) <= most || utf8.RuneCountInString(text) <= most && len(text) <= 2*most {
		return text
	}
	runes := []rune(text)[:min(most-1, utf8.RuneCountInString(text))]
	for len(string(runes)) > 2*most-len("…") {
		runes = runes[:len(runes)-1]
	}
	for len(runes) > 1 && isJoint(runes[len(runes)-1]) {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// isJoint is true for a character that belongs to the next one, or changes the one before.
func isJoint(r rune) bool {
	const joiner, variation = '\u200d', '\ufe0f'
	return slices.Contains([]rune{joiner, variation, ' '}, r)
}

// shortNameOf is a name among others to choose from.
func shortNameOf(g *comparison.Group) string {
	place, name := placeAndName(g)
	return strings.TrimSpace(placeOf(place, name))
}

// placeOf is a flavor among other words: the end of a long name of its site goes first.
func placeOf(site, flavor string) string {
	return clipped(site, longestPlace) + " " + clipped(flavor, longestShown)
}

// keyed is the name of what is in the key of a group for an address, or its id: site, benchmark, tag.
func keyed(g *comparison.Group, kind string) string {
	id, _ := idIn(g, kind+"_id")
	return inAddress(keyText(g, kind+"_name"), id)
}

func flavorOf(g *comparison.Group) string {
	id, _ := idIn(g, "flavor_id")
	return inAddress(keyText(g, "site_name")+"/"+keyText(g, "flavor_name"), id)
}
