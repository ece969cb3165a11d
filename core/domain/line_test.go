package domain_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
)

func TestCheckLine(t *testing.T) {
	for _, tt := range []struct{ name, text, says string }{
		{"plain", "ann@example.org", ""},
		{"empty", "", ""},
		{"other scripts", "Zoë Ω 日本", ""},
		{"as long as may be", strings.Repeat("a", 40), ""},
		{"too long", strings.Repeat("a", 41), "longer than 40 bytes"},
		{"too long in bytes", strings.Repeat("é", 21), "longer than 40 bytes"},
		{"NUL", "a\x00", "U+0000"},
		{"line end", "a\nb", "U+000A"},
		{"escape", "\x1b[2J", "U+001B"},
		{"delete", "a\x7f", "U+007F"},
		{"next line", "a\u0085", "U+0085"},
		{"invalid UTF-8", "a\xff", "not valid UTF-8"},
		{"replaced", "a\ufffd", "not valid Unicode"},
	} {
		err := domain.CheckLine(tt.text, 40)
		if (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
}
