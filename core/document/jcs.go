package document

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
)

// Digest identifies the content of a result: SHA-256, in hexadecimal digits, over the
// form of RFC 8785 of the object {"benchmark_id", "execution_datetime", "flavor_id",
// "json"}. The ids are UUIDs in lower case, the time is as the API prints it.
func Digest(benchmarkID, executedAt, flavorID string, json Value) string {
	text := make([]byte, 0, 1024)
	text = appendString(append(text, `{"benchmark_id":`...), benchmarkID)
	text = appendString(append(text, `,"execution_datetime":`...), executedAt)
	text = appendString(append(text, `,"flavor_id":`...), flavorID)
	text = json.AppendJCS(append(text, `,"json":`...))
	sum := sha256.Sum256(append(text, '}'))
	return hex.EncodeToString(sum[:])
}

// AppendJCS appends the value in the form of RFC 8785 (JSON Canonicalization Scheme) to
// the buffer. That form knows the numbers of double precision only: a number whose value
// no double has, written with as many digits as it takes to tell it from the next double,
// is written as a string of its plain form instead.
func (v Value) AppendJCS(buffer []byte) []byte {
	switch v.kind {
	case Number:
		return v.appendDouble(buffer)
	case Array:
		buffer = append(buffer, '[')
		for i, item := range v.children {
			if i > 0 {
				buffer = append(buffer, ',')
			}
			buffer = item.AppendJCS(buffer)
		}
		return append(buffer, ']')
	case Object:
		buffer = append(buffer, '{')
		for i, member := range v.byUTF16() {
			if i > 0 {
				buffer = append(buffer, ',')
			}
			buffer = append(appendString(buffer, v.Name(member)), ':')
			buffer = v.Item(member).AppendJCS(buffer)
		}
		return append(buffer, '}')
	default:
		return v.Append(buffer)
	}
}

// byUTF16 returns the indexes of the members in the order of their names as UTF-16 code
// units (RFC 8785, section 3.2.3).
func (v Value) byUTF16() []int {
	order := make([]int, v.Len())
	sorted := true
	for i := range order {
		order[i] = i
		sorted = sorted && sortsAlike(v.Name(i))
	}
	if sorted {
		return order
	}
	units := make([][]uint16, len(order))
	for i := range units {
		units[i] = utf16.Encode([]rune(v.Name(i)))
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(units[a], units[b]) })
	return order
}

// sortsAlike tells whether the name has its place by code points also by UTF-16 code
// units: it has no character from U+E000 on, whose UTF-8 form begins with 0xEE or more.
func sortsAlike(name string) bool {
	const privateUse = 0xEE
	for i := range len(name) {
		if name[i] >= privateUse {
			return false
		}
	}
	return true
}

// appendDouble appends a number as ECMAScript prints it (RFC 8785, section 3.2.2.3), or
// as a string.
func (v Value) appendDouble(buffer []byte) []byte {
	const exactDigits = 15 // every whole number of so many digits is a double
	if len(v.text) <= exactDigits && isDigits(v.text) {
		return append(buffer, v.text...)
	}
	double, err := strconv.ParseFloat(v.text, 64)
	if err != nil || decimalOf(v.text) != decimalOf(strconv.FormatFloat(double, 'f', -1, 64)) {
		return appendString(buffer, v.text)
	}
	return appendECMAScript(buffer, double)
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// appendECMAScript appends a finite number in the form of ECMA-262, section 7.1.12.1.
func appendECMAScript(buffer []byte, double float64) []byte {
	const smallest, largest = 1e-6, 1e21 // in plain notation
	size := math.Abs(double)
	if size == 0 {
		return append(buffer, '0') // also of negative zero
	}
	if size >= smallest && size < largest {
		return strconv.AppendFloat(buffer, double, 'f', -1, 64)
	}
	buffer = strconv.AppendFloat(buffer, double, 'e', -1, 64)
	// Go writes at least two digits of an exponent, after its sign; ECMAScript one.
	if n := len(buffer); buffer[n-2] == '0' && (buffer[n-3] == '-' || buffer[n-3] == '+') {
		buffer = append(buffer[:n-2], buffer[n-1])
	}
	return buffer
}
