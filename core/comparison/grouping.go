package comparison

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// Field is a part of the key of a group: a name or an id.
type Field struct {
	Name string
	// Value is the JSON text of the value.
	Value json.RawMessage
}

// part is what one dimension says about a measurement.
type part struct {
	// id tells the parts of one dimension apart.
	id     string
	fields []Field
	// name is for people and sorts groups; place makes it unique where it is not.
	name, place string
	// aliases are further texts by which a baseline can be chosen.
	aliases []string
}

// grouper puts measurements into groups.
type grouper struct {
	dimensions []Dimension
	of         domain.Measurements
	// parts are kept by dimension and id: most measurements share them.
	parts map[string]*part
}

func newGrouper(dimensions []Dimension, of domain.Measurements) *grouper {
	return &grouper{dimensions: dimensions, of: of, parts: map[string]*part{}}
}

// split returns the groups of the measurements, in the order of their first measurement,
// and the number of measurements that belong to none. A measurement with several tags
// belongs to several groups.
func (g *grouper) split() (groups []*Group, ungrouped int) {
	byKey := map[string]*Group{}
	for i := range g.of.Items {
		combinations := g.combinations(&g.of.Items[i])
		if len(combinations) == 0 {
			ungrouped++
		}
		for _, parts := range combinations {
			key := keyOf(parts)
			group := byKey[key]
			if group == nil {
				group = newGroup(parts)
				byKey[key] = group
				groups = append(groups, group)
			}
			group.items = append(group.items, &g.of.Items[i])
		}
	}
	nameApart(groups)
	return groups, ungrouped
}

func keyOf(parts []*part) string {
	if len(parts) == 1 {
		return parts[0].id
	}
	ids := make([]string, len(parts))
	for i, p := range parts {
		ids[i] = p.id
	}
	return strings.Join(ids, "\x00")
}

// combinations are all combinations of one part of each dimension.
func (g *grouper) combinations(item *domain.Measurement) [][]*part {
	all := [][]*part{nil}
	path := 0
	for _, dimension := range g.dimensions {
		parts := g.partsOf(dimension, item, path)
		if _, ok := dimension.Path(); ok {
			path++
		}
		var longer [][]*part
		for _, combination := range all {
			for _, p := range parts {
				longer = append(longer, append(slices.Clip(combination), p))
			}
		}
		all = longer
	}
	return all
}

// partsOf are the parts of a dimension that a measurement has: of tags any number, of all
// others one or none. path is the index of the dimension among those with a path.
func (g *grouper) partsOf(dimension Dimension, item *domain.Measurement, path int) []*part {
	switch dimension {
	case BySite:
		return g.one(dimension, item.SiteID.String(), func(id string) *part { return sitePart(id, g.of.Sites[item.SiteID]) })
	case ByFlavor:
		return g.one(dimension, item.FlavorID.String(), func(id string) *part {
			return flavorPart(id, g.of.Flavors[item.FlavorID], g.of.Sites[item.SiteID])
		})
	case ByBenchmark:
		return g.one(dimension, item.BenchmarkID.String(), func(id string) *part { return benchmarkPart(id, g.of.Benchmarks[item.BenchmarkID]) })
	case ByTag:
		var parts []*part
		for _, id := range item.TagIDs {
			parts = append(parts, g.one(dimension, id.String(), func(text string) *part { return tagPart(text, g.of.Tags[id]) })...)
		}
		return parts
	case ByMonth:
		return g.one(dimension, item.ExecutedAt.UTC().Format("2006-01"), monthPart)
	}
	if value := item.Others[path]; value != "" && value != "null" {
		return g.one(dimension, canonical(value), func(id string) *part { return valuePart(dimension, id) })
	}
	return nil
}

// one returns the part of that id. An entity that was removed meanwhile has none.
func (g *grouper) one(dimension Dimension, id string, describe func(id string) *part) []*part {
	key := string(dimension) + "\x00" + id
	p, known := g.parts[key]
	if !known {
		p = describe(id)
		g.parts[key] = p
	}
	if p == nil {
		return nil
	}
	return []*part{p}
}

func sitePart(id string, site *domain.Site) *part {
	if site == nil {
		return nil
	}
	return &part{id: id, name: site.Name, fields: []Field{textField("site_id", id), textField("site_name", site.Name)}, aliases: []string{id}}
}

func flavorPart(id string, flavor *domain.Flavor, site *domain.Site) *part {
	if flavor == nil || site == nil {
		return nil
	}
	return &part{id: id, name: flavor.Name, place: site.Name, aliases: []string{id}, fields: []Field{
		textField("site_id", site.ID.String()), textField("site_name", site.Name),
		textField("flavor_id", id), textField("flavor_name", flavor.Name),
	}}
}

func benchmarkPart(id string, benchmark *domain.Benchmark) *part {
	if benchmark == nil {
		return nil
	}
	name := benchmark.Name()
	return &part{
		id: id, name: name, aliases: []string{id},
		fields: []Field{textField("benchmark_id", id), textField("benchmark_name", name)},
	}
}

func tagPart(id string, tag *domain.Tag) *part {
	if tag == nil {
		return nil
	}
	return &part{id: id, name: tag.Name, aliases: []string{id}, fields: []Field{textField("tag_id", id), textField("tag_name", tag.Name)}}
}

func monthPart(month string) *part {
	return &part{id: month, name: month, fields: []Field{textField("month", month)}}
}

// valuePart describes a value inside of the documents. A text names itself, any other value
// its path too.
func valuePart(dimension Dimension, value string) *part {
	p := &part{id: value, fields: []Field{{string(dimension), json.RawMessage(value)}}}
	if json.Unmarshal([]byte(value), &p.name) != nil {
		path, _ := dimension.Path()
		p.name, p.aliases = path+" = "+value, []string{value}
	}
	return p
}

func textField(name, text string) Field {
	value, _ := json.Marshal(text) // a text can always be written
	return Field{name, value}
}

// canonical spells equal numbers alike: 8.0 as 8.
func canonical(value string) string {
	if _, err := strconv.ParseFloat(value, 64); err == nil && strings.Contains(value, ".") && !strings.ContainsAny(value, "eE") {
		return strings.TrimSuffix(strings.TrimRight(value, "0"), ".")
	}
	return value
}

// nameApart adds the places of groups to names that several groups have.
func nameApart(groups []*Group) {
	count := map[string]int{}
	for _, group := range groups {
		count[group.Name]++
	}
	for _, group := range groups {
		if count[group.Name] > 1 {
			group.Name = nameOf(group.parts, true)
		}
	}
}

func nameOf(parts []*part, withPlaces bool) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
		if withPlaces && p.place != "" {
			names[i] += " (" + p.place + ")"
		}
	}
	return strings.Join(names, ", ")
}
