package wiring

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTextsOfOthersDoNotCommandTheTerminal(t *testing.T) {
	for text, want := range map[string]string{
		"Zürich 東京 🧪\tx\n":   "Zürich 東京 🧪\tx\n",
		"\x1b[2J\x07":        `\u001b[2J\u0007`,
		"a\u009b31m\u007f":   `a\u009b31m\u007f`,
		"a\r\nb":             `a\u000d` + "\nb",
		"abc\u202egnp.exe":   `abc\u202egnp.exe`,
		"a\u200bb\U000e0041": `a\u200bb\U000e0041`,
		"a\xffb":             `a\xffb`,
	} {
		var out strings.Builder
		if n, err := (terminalWriter{&out}).Write([]byte(text)); out.String() != want || n != len(text) || err != nil {
			t.Errorf("%q became %q (%d bytes, %v), want %q", text, out.String(), n, err, want)
		}
	}
	const odd = "a\u009bb\u202ec\x1b"
	encoded, err := json.Marshal(odd)
	var decoded string
	if err != nil || json.Unmarshal([]byte(escapeControls(string(encoded))), &decoded) != nil || decoded != odd {
		t.Errorf("JSON that was %q became %q, %v", odd, decoded, err)
	}
}
