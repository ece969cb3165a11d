package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Fields are the fields of a resource, by name. Fields that are nil are left out.
type Fields map[string]any

// longestValue is the largest size in bytes of a value that a patch contains. Of a larger one
// the patch contains size and hash.
const longestValue = 2000

// operation is one of a JSON Patch (RFC 6902).
type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Changed returns the JSON Patch that makes after of before. A test before each replacement
// and removal holds what was there. Before is nil for a resource that was added, after for
// one that was removed. It returns "" if nothing changed.
func Changed(before, after Fields) string {
	var patch []operation
	switch {
	case before == nil:
		patch = []operation{{"add", "", whole(after)}}
	case after == nil:
		patch = []operation{{"test", "", whole(before)}, {"remove", "", nil}}
	default:
		patch = difference(before, after)
	}
	if len(patch) == 0 {
		return ""
	}
	return string(encode(patch))
}

func difference(before, after Fields) (patch []operation) {
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, is := encode(before[name]), encode(after[name])
		path := "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		switch isNull := string(is) == "null"; {
		case bytes.Equal(was, is):
		case string(was) == "null":
			patch = append(patch, operation{"add", path, bounded(is)})
		case isNull:
			patch = append(patch, operation{"test", path, bounded(was)}, operation{"remove", path, nil})
		default:
			patch = append(patch, operation{"test", path, bounded(was)}, operation{"replace", path, bounded(is)})
		}
	}
	return patch
}

func whole(fields Fields) json.RawMessage {
	members := map[string]json.RawMessage{}
	for name, value := range fields {
		if text := encode(value); string(text) != "null" {
			members[name] = bounded(text)
		}
	}
	return encode(members)
}

func bounded(value json.RawMessage) json.RawMessage {
	if len(value) <= longestValue {
		return value
	}
	sum := sha256.Sum256(value)
	return encode(map[string]any{"bytes": len(value), "sha256": hex.EncodeToString(sum[:])})
}

func encode(value any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		// A document that was stored by another program need not be JSON.
		return json.RawMessage(`"not JSON"`)
	}
	return bytes.TrimSpace(text.Bytes())
}

// Uploaded is Changed for a result that was uploaded: its digest stands for its content.
func Uploaded(digest string) string {
	if digest == "" {
		return ""
	}
	return `[{"op":"add","path":"","value":{"digest":"` + digest + `"}}]`
}
