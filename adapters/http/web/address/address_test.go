package address

import (
	"net/url"
	"testing"
)

func parse(t *testing.T, query string) (Query, []Ignored) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(values)
}

func TestQueriesAreWrittenInOneCanonicalSpelling(t *testing.T) {
	for _, tt := range []struct{ name, sent, want string }{
		{"nothing", "", ""},
		{"readable", "benchmark=thechristophe/openbench-c-ray:latest&json.machine.cpu.count=8",
			"benchmark=thechristophe/openbench-c-ray:latest&json.machine.cpu.count=8"},
		{"as a form sends it", "json.machine.cpu.count=8&benchmark=a%2Fb%3Ac&metric=&base=+", "benchmark=a/b:c&json.machine.cpu.count=8"},
		{"defaults are dropped", "view=ranking&by=flavor&benchmark=a:b", "benchmark=a:b"},
		{"unordered lists are sorted", "site=B&site=A&site=B", "site=A&site=B"},
		{"ordered lists keep their order", "sort=-json.b&sort=json.a&col=z&col=a&benchmark=b:1&benchmark=a:1",
			"benchmark=b:1&benchmark=a:1&col=z&col=a&sort=-json.b&sort=json.a"},
		{"spaces", "json.cpu=AMD+EPYC", "json.cpu=AMD%20EPYC"},
		{"other scripts", "site=%C3%9Cni", "site=%C3%9Cni"},
		{"characters of queries", "json.a=x%26y%3Dz%23%25%2B%27", "json.a=x%26y%3Dz%23%25%2B%27"},
		{"one more condition of a form", "path=machine.cpu.arch&value=", "json.machine.cpu.arch=*"},
		{"one more condition with a value", "path=json.machine.cpu.arch&value=x86", "json.machine.cpu.arch=x86"},
		{"a range of a form", "from.result.score=1&to.result.score=2", "json.result.score=1..2"},
		{"half a range", "to.result.score=2&from.result.score=", "json.result.score=..2"},
		{"permanent", "as_of=2026-11-27T10:00:00Z&set=9c417e02-20&per=resource&view=trend&scale=near",
			"as_of=2026-11-27T10:00:00Z&per=resource&scale=near&set=9c417e02-20&view=trend"},
	} {
		q, ignored := parse(t, tt.sent)
		if got := q.String(); got != tt.want || len(ignored) > 0 {
			t.Errorf("%s: %q becomes %q without %v, want %q", tt.name, tt.sent, got, ignored, tt.want)
		}
		again, _ := parse(t, tt.want)
		if got := again.String(); got != tt.want {
			t.Errorf("%s: the canonical %q becomes %q", tt.name, tt.want, got)
		}
	}
}

func TestWhatHasNoEffectIsNamed(t *testing.T) {
	for _, tt := range []struct{ sent, key, text string }{
		{"foo=1", "foo", "1"},
		{"view=table", "view", "table"},
		{"since=yesterday", "since", "yesterday"},
		{"scale=cubic", "scale", "cubic"},
		{"as_of=now", "as_of", "now"},
		{"set=xyz", "set", "xyz"},
		{"set=9c417e02-", "set", "9c417e02-"},
		{"per=core", "per", "core"},
		{"json.=1", "json.", "1"},
	} {
		q, ignored := parse(t, tt.sent)
		if len(ignored) != 1 || ignored[0].Key != tt.key || ignored[0].Text != tt.text {
			t.Errorf("%s: ignored are %v, want %s=%s", tt.sent, ignored, tt.key, tt.text)
		}
		canonical := WithIgnored(q, ignored)
		q, ignored = parse(t, canonical)
		if again := WithIgnored(q, ignored); again != canonical {
			t.Errorf("%s: the canonical %q becomes %q", tt.sent, canonical, again)
		}
	}
}

func TestConditionsBecomeExpressions(t *testing.T) {
	for _, tt := range []struct{ sent, want string }{
		{"json.n=8", "json.n = 8"},
		{"json.n=8&json.n=16", "json.n = 16 OR json.n = 8"},
		{"json.n=4..16", "json.n BETWEEN 4 AND 16"},
		{"json.n=..9", "json.n <= 9"},
		{"json.n=4..", "json.n >= 4"},
		{"json.n=!8&json.n=!9", "json.n != 8 AND json.n != 9"},
		{"json.n=!..9", "NOT json.n <= 9"},
		{"json.cpu=~EPYC", `json.cpu ~ "EPYC"`},
		{"json.cpu=!~EPYC", `json.cpu !~ "EPYC"`},
		{"json.cpu=AMD+EPYC", `json.cpu = "AMD EPYC"`},
		{`json.cpu="8"`, `json.cpu = "8"`},
		{"json.cpu=*", "json.cpu EXISTS"},
		{"json.cpu=!*", "json.cpu MISSING"},
		{"json.on=true", "json.on = true"},
		{"json.a=1&json.b=2", "json.a = 1 AND json.b = 2"},
	} {
		q, _ := parse(t, tt.sent)
		where, ignored := q.Where()
		if where == nil || where.String() != tt.want || len(ignored) > 0 {
			t.Errorf("%s: %v without %v, want %s", tt.sent, where, ignored, tt.want)
		}
	}
}

func TestConditionsThatAreNoneAreNamed(t *testing.T) {
	for _, sent := range []string{"json.n=a..b", "json.n=..", "json.n=~", "json.n=1e999", "json.a..b=1"} {
		q, _ := parse(t, sent)
		if where, ignored := q.Where(); where != nil || len(ignored) != 1 {
			t.Errorf("%s: %v without %v, want nothing without one", sent, where, ignored)
		}
	}
}

func TestLinksToAValueHoldForItAlone(t *testing.T) {
	for _, tt := range []struct {
		text   string
		isText bool
		want   string
	}{
		{"8", false, "8"}, {"8", true, `"8"`}, {"AMD EPYC", true, "AMD EPYC"}, {"true", true, `"true"`}, {"!x", true, `"!x"`},
		{"1..2", true, `"1..2"`}, {"", true, `""`}, {" a", true, `" a"`},
	} {
		if got := Exactly(tt.text, tt.isText); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestChangesLeaveTheQueryAsItIs(t *testing.T) {
	q, _ := parse(t, "site=A&json.n=8")
	changed := q.With(func(c *Query) { c.Sites = append(c.Sites, "B") }).WithValue("n", "16")
	if got, want := q.String(), "json.n=8&site=A"; got != want {
		t.Errorf("the query became %q, want %q", got, want)
	}
	if got, want := changed.String(), "json.n=16&site=A&site=B"; got != want {
		t.Errorf("the changed query is %q, want %q", got, want)
	}
}
