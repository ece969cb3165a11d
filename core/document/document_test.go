package document_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
)

var limits = document.Limits{Bytes: 1 << 20, Depth: 64, Exponent: 308}

func TestCheck(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, text string
		want       error
		pointer    string
	}{
		{name: "object", text: ` {"a": [1, -0.5e3, null, true, "x"]} `},
		{name: "scalar", text: `5`},
		{name: "equal keys", text: `{"a":1,"a":2}`},
		{name: "surrogate pair", text: `"\ud83d\ude00"`},
		{name: "escaped backslash before u0000", text: `"\\u0000"`},
		{name: "deepest", text: nested(64)},
		{name: "largest exponent", text: `[1e308,1E-308]`},
		{name: "empty", text: ``, want: document.ErrSyntax},
		{name: "white space", text: " \n", want: document.ErrSyntax},
		{name: "cut off", text: `{"a":`, want: document.ErrSyntax},
		{name: "two documents", text: `{} {}`, want: document.ErrSyntax},
		{name: "garbage behind", text: `{}x`, want: document.ErrSyntax},
		{name: "NaN", text: `{"a":NaN}`, want: document.ErrSyntax},
		{name: "Infinity", text: `[Infinity]`, want: document.ErrSyntax},
		{name: "leading zero", text: `[01]`, want: document.ErrSyntax},
		{name: "NUL escape", text: `{"a":"\u0000"}`, want: document.ErrSyntax},
		{name: "NUL escape in a key", text: `{"\u0000":1}`, want: document.ErrSyntax},
		{name: "lone surrogate", text: `"\ud800"`, want: document.ErrSyntax},
		{name: "lone low surrogate", text: `"\udc00x"`, want: document.ErrSyntax},
		{name: "bad UTF-8", text: "\"\xff\"", want: document.ErrSyntax},
		{name: "byte order mark", text: "\ufeff{}", want: document.ErrSyntax},
		{name: "too deep", text: nested(65), pointer: strings.Repeat("/0", 64)},
		{name: "far too deep", text: nested(200_000), pointer: strings.Repeat("/0", 64)},
		{name: "exponent", text: `{"a":{"b/c":1e309}}`, pointer: "/a/b~1c"},
		{name: "negative exponent", text: `[1,1e-309]`, pointer: "/1"},
		{name: "exponent beyond int", text: `[1e99999999999999999999]`, pointer: "/0"},
		{name: "digits after the point", text: `[0.` + strings.Repeat("1", 16384) + `]`, pointer: "/0"},
		{name: "digits before the point", text: `[` + strings.Repeat("1", 131073) + `]`, pointer: "/0"},
		{name: "large", text: `"` + strings.Repeat("x", 1<<20) + `"`, want: document.ErrTooLarge},
		{name: "large in plain form", text: `[` + strings.Repeat("1e300,", 5000) + `1]`, want: document.ErrTooLarge},
		{name: "large in plain form, small numbers", text: `[` + strings.Repeat("1e-300,", 5000) + `1]`, want: document.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := document.Check([]byte(tt.text), limits)
			if limit, ok := errors.AsType[*document.LimitError](err); ok && tt.pointer != "" {
				if got := strings.TrimSuffix(limit.Pointer, "/0"); got != strings.TrimSuffix(tt.pointer, "/0") {
					t.Errorf("pointer %q, want %q", limit.Pointer, tt.pointer)
				}
				return
			}
			if tt.pointer != "" || !errors.Is(err, tt.want) {
				t.Errorf("Check(%.60q) = %v, want %v %s", tt.text, err, tt.want, tt.pointer)
			}
		})
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1,"a":2,"b":3}`:    `{"a":2,"b":3}`,
		`{"a":{"x":1,"x":null}}`: `{"a":{"x":null}}`,
		`[1e3, 1E+3, 1.50e1, 1e-2, -1.25e-3, 0.10, 12345678901234567890, 1.0e3]`: `[1000,1000,15.0,0.01,-0.00125,0.10,12345678901234567890,1000]`,
		`[-0, -0.0, 0e5, 0e-5, 0.00e2, -0e1, 100e-2, 12e-1]`:                     `[0,0.0,0,0.00000,0,0,1.00,1.2]`,
		`"<&>\u00e9\ud83d\ude00"`:                                                `"<&>é😀"`,
		` {"":[{},[],null,true]} `:                                               `{"":[{},[],null,true]}`,
	} {
		got, err := document.Canonical([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("Canonical(%s) = %s, %v; want %s", in, got, err, want)
		}
	}
}

// FuzzCheck: what passes has a canonical form, which is within the limits and
// its own canonical form; what does not pass never makes Check panic.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"a":[1e3,-0.0,"\u00e9"]}`, `[1e300,1e-300]`, `{"a":1,"a":{}}`, `"\ud800"`, `[[[[`, `1e309`, `0e-308`} {
		f.Add([]byte(s))
	}
	small := document.Limits{Bytes: 4096, Depth: 8, Exponent: 308}
	f.Fuzz(func(t *testing.T, text []byte) {
		if document.Check(text, small) != nil {
			return
		}
		once, err := document.Canonical(text)
		if err != nil {
			t.Fatalf("Canonical(%q): %v", text, err)
		}
		twice, err := document.Canonical(once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("Canonical is not stable: %q, %q, %v", once, twice, err)
		}
	})
}
