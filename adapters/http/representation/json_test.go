package representation

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAppendCompactRemovesWhiteSpaceBetweenTokens(t *testing.T) {
	for _, document := range []string{
		`{"a": 1, "b": [true, null, " , : "], "c\\\" ": "\\\\"}`, " [ ] ", "{\n\t\"a\" :\r\n 1e3 }", `"a text"`, `12345678901234567890`,
		`{"a b":"c d e","f":[" "," x",""]}`, `{"a b":"c d e","f": 1,"g h": " i, j "}`, `[1,2] `,
		`["", " ", "" , " "]`, "[\"a b\",1,\t2]", `["a b","\"", " c"]`,
	} {
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(document)); err != nil {
			t.Fatal(err)
		}
		if got := AppendCompact(nil, []byte(document)); string(got) != want.String() {
			t.Errorf("%s became %s, want %s", document, got, want.String())
		}
	}
}
