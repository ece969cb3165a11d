package sqlite

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/filter"
)

func TestEqualNumbersHaveEqualKeys(t *testing.T) {
	for _, spellings := range [][]string{
		{"1", "1.0", "10e-1", "0.1e1", "1E0", "1e+0", "1e-0", "100e-2", "0.0000001e7"},
		{"0", "-0", "0.0", "-0e5", "0e999999999999999999999"},
		{"-1.5", "-15e-1", "-0.15E+1", "-1.50"},
		{"123456789012345678901234567890", "1.2345678901234567890123456789e29"},
	} {
		want := appendNumber(nil, spellings[0])
		for _, s := range spellings {
			if got := appendNumber(nil, s); !bytes.Equal(got, want) {
				t.Errorf("the key of %s is %x, of %s %x: want them equal", s, got, spellings[0], want)
			}
		}
	}
}

func TestKeysOfNumbersAreInTheirOrder(t *testing.T) {
	ascending := []string{
		"-1e99999999999999999999", "-1e400", "-1e2", "-99.5", "-99", "-11", "-10", "-9", "-1.01", "-1", "-0.11", "-0.1", "-0.099",
		"-1e-400", "-1e-99999999999999999999", "0", "1e-99999999999999999999", "1e-400",
		"0.0999", "0.1", "0.10000000000000000000000001", "0.11", "1", "1.01", "9", "10", "11", "99", "99.5",
		"100", "1e400", "1e99999999999999999999",
	}
	keys := make([][]byte, len(ascending))
	for i, spelling := range ascending {
		keys[i] = appendNumber(nil, spelling)
		if i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 {
			t.Errorf("the key of %s, %x, is not less than that of %s, %x", ascending[i-1], keys[i-1], spelling, keys[i])
		}
	}
}

func TestWhatIsNoDocumentHasNoKey(t *testing.T) {
	for _, document := range []string{
		"", " ", "{", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a" 1}`, `{a:1}`,
		"[", "[1", "[1,", `{"a":[1,2}`, `{"a":01}`, `{"a":1x}`,
		`{"a":NaN}`, `{"a":"`, "{\"a\":\"\n\"}", `{"a":tru}`, "\x00", "\xff", strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000),
	} {
		for _, path := range []filter.Path{nil, filter.Names("a"), filter.Names("a", "0"), filter.Names("0")} {
			if key := sortKey([]byte(document), path); key != nil {
				t.Errorf("the sort key of %.40q at %q is %x, want none", document, path, key)
			}
			for _, kind := range []filter.Kind{filter.Text, filter.Number, filter.Boolean} {
				if key := operandKey([]byte(document), path, kind, math.MaxInt32); key != nil {
					t.Errorf("the operand of kind %d of %.40q at %q is %x, want none", kind, document, path, key)
				}
			}
		}
	}
}

func TestBadUnicodeIsTakenAsItCan(t *testing.T) {
	for _, document := range []string{`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"a":"\u0000"}`, `{"\ud800":1,"a":""}`} {
		if key := sortKey([]byte(document), filter.Names("a")); key == nil {
			t.Errorf("%q at a has no key", document)
		}
		if key := operandKey([]byte(document), filter.Names("a"), filter.Text, math.MaxInt32); key == nil {
			t.Errorf("%q at a has no operand", document)
		}
	}
}

func TestStringsWithNULCompareByTheirBytes(t *testing.T) {
	ascending := []string{``, `\u0000`, `\u0000\u0000`, `\u0000a`, `a`, `a\u0000`, `a\u0000\u0000`, `a\u0000b`, `a\u0001`, `ab`}
	for _, around := range [][2]string{{`"`, `"`}, {`["`, `",0]`}} {
		var keys [][]byte
		for _, characters := range ascending {
			keys = append(keys, sortKey([]byte(around[0]+characters+around[1]), nil))
		}
		if !slices.IsSortedFunc(keys, bytes.Compare) {
			t.Errorf("between %s the keys of %q are not in their order: %x", around, ascending, keys)
		}
	}
}

// FuzzKeys: for any content of the table the functions do not panic, and sortKey and
// operandKey find the same values.
func FuzzKeys(f *testing.F) {
	for _, document := range []string{
		`{"a":{"b":[1,"x",null]}}`, `{"a":1,"a":[]}`, `[[]]`, `"\ud800"`, `{"a":1e99999}`, "{\"a\":\"\xff\"}", `[`,
	} {
		f.Add([]byte(document), "a.b.0")
		f.Add([]byte(document), "0")
	}
	f.Fuzz(func(t *testing.T, document []byte, path string) {
		split := filter.Names(strings.Split(path, ".")...)
		key := sortKey(document, split)
		for kind, rank := range map[filter.Kind]byte{filter.Text: stringRank, filter.Boolean: booleanRank} {
			operand := operandKey(document, split, kind, math.MaxInt32)
			if operand != nil && !bytes.Equal(operand, key) {
				t.Errorf("%q at %q: operand %x, sort key %x", document, path, operand, key)
			}
			if operand == nil && key != nil && key[0] == rank {
				t.Errorf("%q at %q: sort key %x, but no operand", document, path, key)
			}
		}
		sortKey(document, nil)
	})
}

func BenchmarkKeys(b *testing.B) {
	var sensors []string
	for i := range 60 {
		sensors = append(sensors, fmt.Sprintf(`{"name":"sensor %d","value":%d.5}`, i, i))
	}
	document := []byte(`{"sensors":[` + strings.Join(sensors, ",") +
		`],"machine":{"cpu":{"count":8,"model":"Xeon"}},"json":{"result":{"score":28.08}}}`)
	path := filter.Names("machine", "cpu", "count")
	b.SetBytes(int64(len(document)))
	b.Run("operand", func(b *testing.B) {
		for b.Loop() {
			operandKey(document, path, filter.Number, math.MaxInt32)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for b.Loop() {
			sortKey(document, path)
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			sortKey(document, nil)
		}
	})
}

// A key is as before if it is short enough, and none otherwise: nothing in between, and no panic.
func TestKeysUpToALengthAreWholeOrNone(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, value := range []string{
		`null`, `"` + long + `"`, `[1,"` + long + `",2]`, `{"a":[["` + long + `"]],"b":1}`, `{"a":{"b":"` + long + `"}}`, `[]`, `{}`,
		`[[[["` + long + long + `"]]]]`, `{"` + long + `":1}`, `"` + strings.Repeat(`\u0000`, 200) + `"`,
	} {
		whole := topKey([]byte(value))
		for most := 8; most < 500; most++ {
			if got := topKeyUpTo([]byte(value), most); len(whole) <= most && !bytes.Equal(got, whole) || len(whole) > most && got != nil {
				t.Errorf("the key of %s up to %d bytes is %x, the whole one %x", value, most, got, whole)
			}
		}
	}
}
