package api

import "testing"

func TestKeysOfRequestsAreReadAsStringsOfStructuredFields(t *testing.T) {
	for _, c := range []struct {
		value, want string
		isWrong     bool
	}{
		{value: `"abc"`, want: "abc"}, {value: `abc`, want: "abc"}, {value: "\t\"a b\" ", want: "a b"}, {value: `?1`, want: "?1"},
		{value: `"a\"b"`, want: `a"b`}, {value: `"a\\"`, want: `a\`}, {value: `a"b`, want: `a"b`},
		{value: `"a" "b"`, isWrong: true}, {value: `"a"b"`, isWrong: true}, {value: `"a\"`, isWrong: true}, {value: `"a\b"`, isWrong: true},
		{value: `"a";p=1`, isWrong: true}, {value: `"`, isWrong: true}, {value: `""`, isWrong: true}, {value: ``, isWrong: true},
		{value: `"ü"`, isWrong: true},
	} {
		got, err := parseKey([]string{c.value})
		if got != c.want || (err != nil) != c.isWrong {
			t.Errorf("%s is read as %q, %v; want %q, an error: %v", c.value, got, err, c.want, c.isWrong)
		}
	}
}
