package harness

import (
	"encoding/json"
	"testing"
)

// SameJSON reports whether two texts are the same JSON value; an empty text is like
// itself only.
func SameJSON(t testing.TB, a, b string) bool {
	t.Helper()
	normal := func(s string) string {
		if s == "" {
			return ""
		}
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		return AsJSON(t, v)
	}
	return normal(a) == normal(b)
}

// AsJSON returns the value as JSON.
func AsJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
