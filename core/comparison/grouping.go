package comparison

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
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
	// id and number tell the parts of one dimension apart.
	id     string
	number int32
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
	// kinds are the parts of each dimension.
	kinds []kind
	// combined numbers combinations of parts, by the number of dimensions before the last one, that
	// of the combination of their parts, and that of the last part.
	combined map[[3]int32]int32
	// groups are in the order of their first measurement, and places their positions by the
	// number of their combination, from 1.
	groups []*Group
	places []int32
	// members are the measurements of groups, by their positions.
	members []member
}

// member says that a measurement belongs to a group.
type member struct{ group, item int32 }

// kind are the parts of one dimension: most measurements share them.
type kind struct {
	byID    map[uuid.UUID]*part
	byMonth map[int]*part
	byText  map[string]*part
	// count is the number of parts.
	count int32
}

func newGrouper(dimensions []Dimension, of domain.Measurements) *grouper {
	g := &grouper{dimensions: dimensions, of: of, kinds: make([]kind, len(dimensions)), combined: map[[3]int32]int32{}}
	for i := range g.kinds {
		g.kinds[i] = kind{byID: map[uuid.UUID]*part{}, byMonth: map[int]*part{}, byText: map[string]*part{}}
	}
	return g
}

// split returns the groups of the measurements, in the order of their first measurement,
// and the number of measurements that belong to none. A measurement with several tags
// belongs to several groups. The error is that of a context that has ended.
func (g *grouper) split(ctx context.Context) (groups []*Group, ungrouped int, err error) {
	g.members = make([]member, 0, len(g.of.Items))
	parts := make([]*part, 0, len(g.dimensions))
	for i := range g.of.Items {
		if err := everySome(ctx, i); err != nil {
			return nil, 0, err
		}
		before := len(g.members)
		g.join(int32(i), parts, 0, 0) //nolint:gosec // far fewer
		if len(g.members) == before {
			ungrouped++
		}
	}
	items := make([]*domain.Measurement, len(g.members))
	for _, group := range g.groups {
		group.items, items = items[:0:group.size], items[group.size:]
	}
	for _, m := range g.members {
		group := g.groups[m.group]
		group.items = append(group.items, &g.of.Items[m.item])
	}
	nameApart(g.groups)
	return g.groups, ungrouped, nil
}

// everySome returns the error of a context that has ended, at some of the places.
func everySome(ctx context.Context, place int) error {
	const some = 1 << 12
	if place%some != 0 {
		return nil
	}
	return ctx.Err()
}

// join adds a measurement to the groups of all combinations of its parts. parts are those of the
// dimensions before, number is that of their combination, and path the index of the next dimension
// with a path.
func (g *grouper) join(item int32, parts []*part, number int32, path int) {
	at := len(parts)
	if at == len(g.dimensions) {
		g.add(item, parts, number)
		return
	}
	dimension, measurement := g.dimensions[at], &g.of.Items[item]
	if dimension == ByTag {
		for _, id := range measurement.TagIDs {
			p := g.kinds[at].of(id, func(text string) *part { return tagPart(text, g.of.Tags[id]) })
			g.joinWith(item, parts, p, number, path)
		}
		return
	}
	p := g.partOf(at, measurement, path)
	if _, ok := dimension.Path(); ok {
		path++
	}
	g.joinWith(item, parts, p, number, path)
}

// joinWith goes on with the part of one more dimension, if there is one.
func (g *grouper) joinWith(item int32, parts []*part, p *part, number int32, path int) {
	if p != nil {
		g.join(item, append(parts, p), g.combine(len(parts), number, p.number), path)
	}
}

// combine numbers the combination of those of the dimensions before with a part.
func (g *grouper) combine(at int, number, part int32) int32 {
	if at == 0 {
		return part
	}
	key := [3]int32{int32(at), number, part} //nolint:gosec // a few
	combination, known := g.combined[key]
	if !known {
		combination = int32(len(g.combined)) //nolint:gosec // at most one for each measurement and tag
		g.combined[key] = combination
	}
	return combination
}

// add adds a measurement to the group of a combination of parts of all dimensions.
func (g *grouper) add(item int32, parts []*part, number int32) {
	for int(number) >= len(g.places) {
		g.places = append(g.places, 0)
	}
	if g.places[number] == 0 {
		g.groups = append(g.groups, newGroup(slices.Clone(parts)))
		g.places[number] = int32(len(g.groups)) //nolint:gosec // at most one for each measurement and tag
	}
	place := g.places[number] - 1
	g.groups[place].size++
	g.members = append(g.members, member{place, item})
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

// partOf is the part of a dimension other than tags that a measurement has; nil for none. path is
// the index of the dimension among those with a path.
func (g *grouper) partOf(at int, item *domain.Measurement, path int) *part {
	k := &g.kinds[at]
	switch dimension := g.dimensions[at]; dimension {
	case BySite:
		return k.of(item.SiteID, func(id string) *part { return sitePart(id, g.of.Sites[item.SiteID]) })
	case ByFlavor:
		return k.of(item.FlavorID, func(id string) *part { return flavorPart(id, g.of.Flavors[item.FlavorID], g.of.Sites[item.SiteID]) })
	case ByBenchmark:
		return k.of(item.BenchmarkID, func(id string) *part { return benchmarkPart(id, g.of.Benchmarks[item.BenchmarkID]) })
	case ByMonth:
		return k.month(item.ExecutedAt)
	default:
		return k.value(dimension, item.Others[path])
	}
}

// of returns the part of an entity. An entity that was removed meanwhile has none.
func (k *kind) of(id uuid.UUID, describe func(id string) *part) *part {
	p, known := k.byID[id]
	if !known {
		p = k.numbered(describe(id.String()))
		k.byID[id] = p
	}
	return p
}

func (k *kind) month(at time.Time) *part {
	const months = 12
	year, month, _ := at.UTC().Date()
	key := year*months + int(month)
	p, known := k.byMonth[key]
	if !known {
		p = k.numbered(monthPart(at.UTC().Format("2006-01")))
		k.byMonth[key] = p
	}
	return p
}

// value returns the part of a JSON text. Equal numbers that are spelled in two ways have one part.
func (k *kind) value(dimension Dimension, text string) *part {
	if text == "" || text == "null" {
		return nil
	}
	p, known := k.byText[text]
	if known {
		return p
	}
	id := canonical(text)
	if p, known = k.byText[id]; !known {
		p = k.numbered(valuePart(dimension, id))
		k.byText[id] = p
	}
	k.byText[text] = p
	return p
}

func (k *kind) numbered(p *part) *part {
	if p != nil {
		p.number = k.count
		k.count++
	}
	return p
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

// canonical spells equal numbers alike: 8.0 as 8, and 1E2 as 100. Uploads are stored without exponents,
// but another program may have written one.
func canonical(value string) string {
	if value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return value
	}
	plain, err := document.PlainNumber(value)
	if err != nil {
		return value
	}
	if strings.Contains(plain, ".") {
		plain = strings.TrimSuffix(strings.TrimRight(plain, "0"), ".")
	}
	return plain
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
