package address

import (
	"slices"
	"strings"
)

// String is the canonical query, without a question mark: keys sorted, nothing empty, nothing
// that is the default. Only characters that browsers would change are escaped, so that people
// can read it.
func (q Query) String() string {
	q.tidy()
	var pairs []string
	add := func(key, value string) {
		if value != "" {
			pairs = append(pairs, escape(key)+"="+escape(value))
		}
	}
	for key, field := range scalars {
		add(key, *field(&q))
	}
	if q.PerResource {
		add("per", "resource")
	}
	add("view", string(q.View))
	slices.Sort(pairs)
	for _, key := range sortedLists() {
		for _, value := range *lists[key].of(&q) {
			add(key, value)
		}
	}
	for _, value := range q.Values {
		for _, text := range value.Texts {
			add(jsonPrefix+value.Path, text)
		}
	}
	slices.SortStableFunc(pairs, func(a, b string) int { return strings.Compare(keyOf(a), keyOf(b)) })
	return strings.Join(pairs, "&")
}

func keyOf(pair string) string {
	key, _, _ := strings.Cut(pair, "=")
	return key
}

func sortedLists() []string {
	keys := make([]string, 0, len(lists))
	for key := range lists {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// readable are the characters besides letters and digits that stand in a query as they are:
// neither the form encoding nor a browser gives them another meaning.
const readable = "-._~:/@!$*(),;?|[]"

// escape writes a text so that no browser changes it.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(readable, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// On returns the address of a page: its path, and the query if there is one.
func (q Query) On(path string) string {
	if query := q.String(); query != "" {
		return path + "?" + query
	}
	return path
}

// With returns a copy that change may change.
func (q Query) With(change func(*Query)) Query {
	copied := q.clone()
	change(&copied)
	copied.tidy()
	return copied
}

func (q Query) clone() Query {
	for _, list := range lists {
		*list.of(&q) = slices.Clone(*list.of(&q))
	}
	q.Values = slices.Clone(q.Values)
	for i := range q.Values {
		q.Values[i].Texts = slices.Clone(q.Values[i].Texts)
	}
	return q
}

// WithValue returns the query with these conditions alone on the value at a path, none for no
// condition. The place in a list does not stay.
func (q Query) WithValue(path string, texts ...string) Query {
	return q.With(func(changed *Query) {
		changed.Values = slices.DeleteFunc(changed.Values, func(v Value) bool { return v.Path == path })
		if len(texts) > 0 {
			changed.Values = append(changed.Values, Value{path, texts})
		}
		changed.After = ""
	})
}

// ValueAt returns the conditions on the value at a path, nil for none.
func (q Query) ValueAt(path string) []string {
	for _, value := range q.Values {
		if value.Path == path {
			return value.Texts
		}
	}
	return nil
}

// Filters is the part of the query that chooses results: what stays when the view changes
// from comparing to listing.
func (q Query) Filters() Query {
	return Query{
		Benchmarks: q.Benchmarks, Sites: q.Sites, Flavors: q.Flavors, Tags: q.Tags, Values: q.Values,
		Since: q.Since, Before: q.Before, AsOf: q.AsOf, Set: q.Set,
	}.clone()
}

// IsFiltered is true if the query chooses some of the benchmark's results.
func (q Query) IsFiltered() bool {
	filters := q.Filters()
	filters.Benchmarks, filters.AsOf, filters.Set = nil, "", ""
	return filters.String() != ""
}

// WithIgnored is the canonical query, and behind it what was ignored: a page names it.
func WithIgnored(q Query, ignored []Ignored) string {
	var pairs []string
	if query := q.String(); query != "" {
		pairs = append(pairs, query)
	}
	for _, one := range ignored {
		pairs = append(pairs, escape(one.Key)+"="+escape(one.Text))
	}
	return strings.Join(pairs, "&")
}
