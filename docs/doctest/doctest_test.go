package doctest

import "testing"

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		shown, printed string
		want           bool
	}{
		{"a\n", "a\n", true},
		{"a\n", "a", true},
		{"a\n", "b\n", false},
		{"a\n", "before\na\n", true},
		{"a\n", "a\nafter\n", false},
		{"a ... c\n", "a b b c\n", true},
		{"a ... c\n", "a b\nb c\n", false},
		{"a\n...\nc\n", "a\nb\nb\nc\n", true},
		{"a\n...\nc\n", "a\nc\n", true},
		{"a\n...\nc\n", "a\nb\n", false},
		{"[x] $1\n", "[x] $1\n", true},
		{"[x]\n", "x\n", false},
	} {
		if got := matches(c.shown, c.printed); got != c.want {
			t.Errorf("shown %q, printed %q: %t, want %t", c.shown, c.printed, got, c.want)
		}
	}
}
