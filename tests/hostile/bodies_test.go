package hostile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/eosc-perf/backend/tests/harness"
)

// The bodies of hostile requests.

// content is the body and the lines of the head that belong to it.
func (d *draft) content(o *harness.DescribedOperation) ([]byte, []string) {
	schema := d.document.Resolve(o.Body())
	if schema == nil && !d.often(8) {
		return nil, []string{"Content-Length: 0"}
	}
	text := d.bodyText(schema)
	var head []string
	if d.often(50) {
		head = append(head, "Content-Type: application/json")
	} else if d.often(10) {
		head = append(head, "Content-Type: "+oneOf(d.Rand, contentTypes))
	}
	if d.often(8) {
		return d.chunked([]byte(text)), append(head, "Transfer-Encoding: chunked")
	}
	return []byte(text), append(head, "Content-Length: "+strconv.Itoa(len(text)))
}

// chunked frames a body in chunks of odd sizes.
func (d *draft) chunked(body []byte) []byte {
	var b bytes.Buffer
	for len(body) > 0 {
		n := min(len(body), 1+d.IntN(1+max(16, len(body)/4)))
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, oneOf(d.Rand, []string{"", "", ";a", `;a="b"`}), body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n" + oneOf(d.Rand, []string{"", "", "X-Trailer: a\r\n", "Authorization: Bearer x\r\n"}) + "\r\n")
	return b.Bytes()
}

// bodyText is a body, mostly one that the schema allows.
func (d *draft) bodyText(schema *harness.Schema) string {
	if d.IntN(500) == 0 {
		return d.huge()
	}
	if schema == nil || d.often(4) {
		return oneOf(d.Rand, hostileJSON)
	}
	text := d.object(schema)
	if !d.often(6) {
		return text
	}
	at := d.IntN(len(text) + 1)
	return oneOf(d.Rand, []string{
		text[:at], "", text[:at] + "\x00" + text[at:], text[:at] + "\xff" + text[at:], text[:at] + `\ud800` + text[at:],
		"\xef\xbb\xbf" + text, text + text, text + "x", " \r\n\t" + text + "\n", "\f" + text, "[" + text + "]",
		"//\n" + text, utf16Text(text), "\x1f\x8b\x08" + text,
	})
}

// huge is a body of 3 MB, or one about the limit of 1 MiB.
func (d *draft) huge() string {
	const limit = 1 << 20
	return oneOf(d.Rand, []string{
		`{"name":"` + strings.Repeat("a", 3_000_000) + `"}`, strings.Repeat("\x00", 3_000_000),
		`{"a":[` + strings.Repeat("1e300,", 4000) + `1]}`, `{"a":"` + strings.Repeat("b", limit) + `"}`,
		`{"a":"` + strings.Repeat("b", limit-8) + `"}`, `{"` + strings.Repeat("k", 200_000) + `":1}`,
		`{"a":[` + strings.Repeat("[],", 100_000) + `1]}`, "{" + strings.Repeat(`"a":1,`, 50_000) + `"b":2}`,
		strings.Repeat("[", 500_000),
	})
}

func utf16Text(s string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

// object is a JSON object of the schema's fields, some of them hostile.
func (d *draft) object(schema *harness.Schema) string {
	if len(schema.Properties) == 0 {
		return d.result(0)
	}
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	var members []string
	for _, name := range names {
		property := schema.Properties[name]
		needed := slices.Contains(schema.Required, name) && !property.ReadOnly
		if needed && d.often(3) || !needed && !d.often(25) {
			continue
		}
		members = append(members, fmt.Sprintf("%q:%s", name, d.member(name, property)))
		if d.often(2) {
			members = append(members, fmt.Sprintf("%q:%s", name, oneOf(d.Rand, hostileJSON)))
		}
	}
	if d.often(4) {
		members = append(members, d.jsonText(hostileText(d.Rand))+":"+oneOf(d.Rand, hostileJSON))
	}
	d.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, ",") + "}"
}

func (d *draft) member(name string, schema *harness.Schema) string {
	schema = d.document.Resolve(schema)
	if d.often(5) {
		return oneOf(d.Rand, hostileJSON)
	}
	switch {
	case name == "json_schema":
		return d.jsonSchema()
	case schema.Type == "object":
		return d.object(schema)
	case schema.Type == "array":
		items := make([]string, d.IntN(4))
		if d.often(2) {
			items = make([]string, 2000)
		}
		for i := range items {
			items[i] = d.member(name, schema.Items)
		}
		return "[" + strings.Join(items, ",") + "]"
	case schema.Format == "uuid":
		return fmt.Sprintf("%q", d.reference(kindOf(name)))
	case schema.Format == "date-time":
		return fmt.Sprintf("%q", oneOf(d.Rand, goodDateTimes))
	}
	if d.often(20) {
		return d.jsonText(hostileText(d.Rand))
	}
	if d.often(20) {
		return d.jsonText(d.word(name))
	}
	return fmt.Sprintf(`"%s-%d"`, d.word(name), d.number)
}

// jsonText writes a text as JSON: properly, all in escapes, or as it is.
func (d *draft) jsonText(s string) string {
	switch d.IntN(5) {
	case 0:
		return `"` + s + `"`
	case 1:
		return `"` + escaped(s) + `"`
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// escaped writes a text in JSON's escapes; bytes that are not UTF-8 become halves
// of surrogate pairs.
func escaped(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		char, size := utf8.DecodeRuneInString(s)
		units := utf16.Encode([]rune{char})
		if char == utf8.RuneError && size == 1 {
			units = []uint16{0xdc00 + uint16(s[0])}
		}
		for _, unit := range units {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
		s = s[size:]
	}
	return b.String()
}

// jsonSchema is an odd schema, for the whole result or for some of its values.
func (d *draft) jsonSchema() string {
	if d.often(40) {
		return oneOf(d.Rand, oddSchemas)
	}
	properties := make([]string, 1+d.IntN(3))
	for i := range properties {
		properties[i] = fmt.Sprintf("%q:%s", oneOf(d.Rand, goodWords), oneOf(d.Rand, oddSchemas))
	}
	if d.often(50) {
		properties[0] = fmt.Sprintf("%q:%s", provokedKey, oneOf(d.Rand, oddSchemas))
	}
	return `{"type":"object","properties":{` + strings.Join(properties, ",") + `}}`
}

// result is an object with the keys that filters, sorts and schemas speak of.
func (d *draft) result(depth int) string {
	members := make([]string, d.IntN(6))
	for i := range members {
		key, value := fmt.Sprintf("%q", oneOf(d.Rand, goodWords)), d.resultValue(depth+1)
		switch {
		case d.often(3):
			key = d.jsonText(hostileText(d.Rand))
		case d.often(10):
			key, value = fmt.Sprintf("%q", provokedKey), d.jsonText(oneOf(d.Rand, provocations))
		}
		members[i] = key + ":" + value
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (d *draft) resultValue(depth int) string {
	switch n := d.IntN(40); {
	case n == 0:
		return oneOf(d.Rand, hostileJSON)
	case n < 3:
		return d.jsonText(hostileText(d.Rand))
	case n < 6:
		return d.jsonText(oneOf(d.Rand, provocations))
	case n < 14 && depth < 5:
		return d.result(depth)
	case n < 18 && depth < 5:
		items := make([]string, d.IntN(4))
		for i := range items {
			items[i] = d.resultValue(depth + 1)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return oneOf(
		d.Rand,
		[]string{
			"1", "0", "-0", "28.08", "1e3", "1e-300", "9.99e307", "12345678901234567890", "0.1", `"5.0"`, `"0x10"`, `"nan"`,
			`"a"`, `"b c"`, `""`, "true", "false", "null", "[]", "{}",
		},
	)
}
