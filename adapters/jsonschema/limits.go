package jsonschema

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of what strangers may ask for. The worst schema within them that
// was found compiles in 2.5 s on one core: it has 3300 references to places that
// are no keyword's. One of the usual size takes less than a millisecond.
const (
	// maxDepth of arrays and objects: the library recurses.
	maxDepth = 128
	// maxExponent, either way, is the contract's: big.Rat writes numbers out.
	maxExponent = 308
	// maxDigits of a number's spelling: parsing takes a millisecond for these,
	// and is done again for every comparison.
	maxDigits = 16384
	// maxValues are all JSON values of a schema together: the library's compiler
	// takes quadratic time.
	maxValues = 10_000
	// maxDefinitions are all schemas under $defs and definitions.
	maxDefinitions = 1000
	// maxPaths is the length in bytes of the JSON Pointers to all values of a
	// schema together: the compiler keeps all of them.
	maxPaths = 4 << 20
	// maxTime is for the validation of a document. 1 MiB of a result takes 10 ms.
	maxTime = time.Second
	// maxMatch is for a pattern on one text. The engine looks at its clock every 100 ms.
	maxMatch = 100 * time.Millisecond
	// maxText is the length in characters of an error's message.
	maxText = 300
	// cacheSize is how many schemas are kept compiled.
	cacheSize = 256
	// maxIdle is how many copies of one compiled schema are kept for concurrent use.
	maxIdle = 4
)

// fault is what is wrong, and where.
type fault struct {
	// pointer is a JSON Pointer (RFC 6901).
	pointer string
	text    string
}

// under moves the fault from a value to the value that contains it.
func (f *fault) under(key string) *fault {
	return &fault{"/" + escape(key) + f.pointer, f.text}
}

// escape makes a key a token of a JSON Pointer.
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// checkBounds returns the first number that is too long or nesting that is too deep.
func checkBounds(value any, depth int) *fault {
	if depth > maxDepth {
		return &fault{text: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	switch v := value.(type) {
	case json.Number:
		return checkNumber(v.String())
	case []any:
		for i, item := range v {
			if f := checkBounds(item, depth+1); f != nil {
				return f.under(strconv.Itoa(i))
			}
		}
	case map[string]any:
		for key, member := range v {
			if f := checkBounds(member, depth+1); f != nil {
				return f.under(key)
			}
		}
	}
	return nil
}

func checkNumber(spelling string) *fault {
	if len(spelling) > maxDigits {
		return &fault{text: fmt.Sprintf("number with more than %d digits", maxDigits)}
	}
	i := strings.IndexAny(spelling, "eE")
	if i < 0 {
		return nil
	}
	exponent, err := strconv.Atoi(spelling[i+1:])
	if err != nil || exponent > maxExponent || exponent < -maxExponent {
		return &fault{text: fmt.Sprintf("exponent of a number beyond the limit of %d", maxExponent)}
	}
	return nil
}

// shorten cuts a message to maxText characters.
func shorten(text string) string {
	const ellipsis = "..."
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	return string([]rune(text)[:maxText-len(ellipsis)]) + ellipsis
}
