package hostile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The hostile values, and the odd but valid ones. Sizes are in bytes; the limits
// that they meet are the settings' defaults.

var hostileTexts = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "\xc3\x28", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\uffff", "\ufeff", "\ufffd", "\u202egnp.exe", "e\u0301\u0301\u0301", "\u0130\u0131\u017f\u1e9e", "\u2028", "\ufdfa",
	"\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0010ffff", "\x1b[31m", "\x7f", "a\tb\nc", "a\r\nSet-Cookie: a=b",
	"'; DROP TABLE result;--", "' OR '1'='1", `" OR 1=1 --`, "1; SELECT pg_sleep(3)", "$.** ? (@ == 1)", "$[*]", "#>>'{}'",
	"%", "_", `\`, "%%s%n", "?", "$1", ":name", "@name", "{1,2}", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "`id`",
	"<script>alert(1)</script>", "../../../../etc/passwd", `..\..\`, "%2e%2e%2f", "%00", "/", "//", "~approve", ":approve",
	"NaN", "Infinity", "-Infinity", "inf", "1e400", "-1e400", "1e-400", "1e99999999999", "-0", "-0.0", "00", "0x10", "1_000",
	"12345678901234567890", "-12345678901234567890", "1.", ".5", "+1", "\u0661", "null", "None", "undefined", "True", "tRUE",
	"__proto__", "constructor", "[]", "{}", "a,b", "+", "-", ".", "..",
	strings.Repeat("a", 1001), strings.Repeat("a", 2705), strings.Repeat("\U0001f600", 300), strings.Repeat("%", 500),
	strings.Repeat("9", 2000), "0." + strings.Repeat("0", 900) + "1",
}

// hostileJSON are values in a body, valid JSON or not.
var hostileJSON = []string{
	"NaN", "Infinity", "-Infinity", "undefined", "-0", "-0.0", "1e400", "-1e400", "1e-400", "1E+308", "1e-308", "1e309", "1e99999999999",
	"12345678901234567890", "0.10000000000000000000000000001", "00", "1.", ".5", "+1", "0x10", "1_000", strings.Repeat("7", 1000),
	`'a'`, `"\ud800"`, `"\udfff\ud800"`, `"a\udc00"`, `"\u0000"`, `"\x"`, `"\u12"`, `"unterminated`, "\"\t\"", "\"\x00\"",
	"\"\xff\"", "\"\xed\xa0\x80\"",
	"null", "true", "false", "0", `""`, `" "`, "[]", "{}", "[null]", "[[[]]]", `{"":""}`, `{"a":1,"a":2}`, `{"\u0000":1}`, `{"\ud800":1}`,
	`{"a.b":1,"0":[1]}`, `{"$ref":"#"}`, `{"__proto__":{"a":1}}`, "tru", "nul", ",", ":", "}", "]", "/**/1", `"a" "b"`, "[1,]", `{"a":1,}`,
	nestedJSON("[", "]", 63), nestedJSON("[", "]", 65), nestedJSON(`{"a":`, "}", 64), nestedJSON("[", "]", 5000),
	nestedJSON(`{"a":`, "}", 5000), strings.Repeat("[", 5000),
}

// nestedJSON is a value of this depth.
func nestedJSON(opening, closing string, depth int) string {
	return strings.Repeat(opening, depth) + "1" + strings.Repeat(closing, depth)
}

// goodWords are keys of results, parts of paths into them, and ordinary names.
var goodWords = []string{"score", "a", "text", "list", "machine", "cpu", "count", "0", "1", "a.b", "x y"}

// oddSchemas are JSON Schemas: unusual, expensive or unusable ones.
var oddSchemas = []string{
	`{}`, `{"type":"object"}`, `{"type":"string","pattern":"^(?=.*\\d)(?!.*foo).+$"}`, `{"type":"string","pattern":"(?<!a)b|(?<=c)d"}`,
	`{"pattern":"^(a+)+$"}`, `{"pattern":"^(a|a)*$"}`, `{"pattern":"(x+x+)+y"}`, `{"pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}`,
	`{"pattern":"(.*)*\\1b"}`,
	`{"pattern":"["}`, `{"pattern":"(?<n"}`, `{"pattern":"\\p{Nope}"}`, `{"pattern":"\\p{L}+\\u{1F600}?"}`,
	`{"pattern":"a{1000}{1000}"}`, `{"pattern":7}`, `{"pattern":"(?#)\\Q"}`,
	`{"patternProperties":{"^(a+)+$":{"type":"number"},"(":{}}}`,
	`{"patternProperties":{"^(?!x_).*$":{"type":["number","string","object","array","boolean","null"]}}}`,
	`{"propertyNames":{"pattern":"^(a|aa)+$"}}`, `{"$defs":{"n":{"type":"number"}},"properties":{"score":{"$ref":"#/$defs/n"}}}`,
	`{"definitions":{"n":{"minimum":0}},"properties":{"score":{"$ref":"#/definitions/n"}},` +
		`"$schema":"http://json-schema.org/draft-04/schema#"}`,
	`{"$ref":"#"}`, `{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}`,
	`{"additionalProperties":{"$ref":"#"}}`, `{"anyOf":[{"$ref":"#"},{}]}`,
	`{"$ref":"http://127.0.0.1:1/schema"}`, `{"$ref":"file:///etc/passwd"}`, `{"$ref":"//127.0.0.1/x"}`,
	`{"$ref":"#/nowhere"}`, `{"$ref":"#/%zz"}`, `{"$ref":"%00"}`, `{"$ref":7}`, `{"$ref":""}`,
	`{"$id":"http://[::1]:99999/%"}`, `{"$id":"urn:a","$anchor":"b","$ref":"#b"}`,
	`{"$dynamicAnchor":"t","additionalProperties":{"$dynamicRef":"#t"}}`, `{"$id":"a","$defs":{"x":{"$id":"a"}}}`,
	`{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"items":{"$recursiveRef":"#"}}`,
	`{"$schema":7}`, `{"$schema":"gopher://nowhere/"}`, `{"$schema":""}`,
	`{"$schema":"http://json-schema.org/draft-07/schema","dependencies":{"a":["b"],"b":{"required":["a"]}}}`, `{"$vocabulary":{"urn:x":true}}`,
	`{"type":"nope"}`, `{"type":[]}`, `{"type":null}`, `{"minimum":"x"}`, `{"multipleOf":0}`, `{"multipleOf":1e-308}`,
	`{"multipleOf":0.1}`, `{"maximum":1e308}`, `{"maxLength":1e300}`, `{"maxLength":-1}`, `{"minItems":1.5}`,
	`{"enum":[]}`, `{"enum":[null,1,1.0,"a"]}`, `{"const":12345678901234567890}`,
	`{"uniqueItems":true,"contains":{"type":"number"},"minContains":0}`, `{"required":["score","score"]}`,
	`{"required":["\u0000"]}`,
	`{"properties":[]}`, `{"properties":{"a":true,"score":false}}`, `{"properties":{"":{"type":"object"}}}`, `{"$defs":null}`,
	`{"not":{}}`, `{"if":{"required":["a"]},"then":{"required":["b"]},"else":false}`,
	`{"oneOf":[{},{}]}`, `{"unevaluatedProperties":false}`,
	`{"unevaluatedItems":{"type":"string"},"prefixItems":[true,false]}`,
	`{"dependentSchemas":{"a":{"maxProperties":0}}}`,
	`{"format":"regex","contentMediaType":"application/json","contentSchema":{"type":7}}`,
	doublings(12), doublings(30), wideSchema(300), `{"x-unknown":{"$ref":"http://127.0.0.1/"},"deprecated":"maybe"}`,
}

// doublings is a schema that a plain validator evaluates 2^n times.
func doublings(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"allOf":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]},`, i, i+1, i+1)
	}
	return fmt.Sprintf(`{"$defs":{%s"d%d":{"not":{"const":7}}},"$ref":"#/$defs/d0"}`, b.String(), n)
}

// wideSchema is a schema with this many alternatives.
func wideSchema(n int) string {
	return `{"anyOf":[` + strings.Repeat(`{"required":["never"]},`, n) + `{}]}`
}

// provokedKey is where odd schemas and provocations meet most often.
const provokedKey = "text"

// provocations are texts on which backtracking patterns take long.
var provocations = []string{
	strings.Repeat("a", 40) + "!", strings.Repeat("x", 60), strings.Repeat("aB", 50) + "1",
	strings.Repeat("\U0001f600", 30),
}

var hostileDates = []string{
	"2021-13-01", "2021-02-30", "0000-00-00", "0000-01-01", "10000-01-01", "-0001-01-01", "2021-1-1", "20210521",
	"2021-05-21T00:00:00Z", "today", "infinity", "epoch", "now", "2021-05-21 BC",
}

var goodDates = []string{"2021-01-01", "2021-05-22", "2999-12-31", "0001-01-01", "1970-01-01", "9999-12-31"}

var hostileDateTimes = []string{
	"2021-05-21T08:31:00", "2021-05-21T25:00:00Z", "2021-05-21T08:31:60Z", "2021-05-21T08:31:00+25:00",
	"2021-05-21T08:31:00+23:59", "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z",
	"9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z", "2999-01-01T00:00:00Z",
	"2021-05-21T08:31:00." + strings.Repeat("9", 400) + "Z", "2021-05-21t08:31:00z", "2021-05-21T08:31Z[Europe/Berlin]",
	"infinity", "-infinity", "1621585860",
	"2021-05-21T08:31:00Z\x00", "2021-05-21T24:00:00Z", "2021-W20-5T08:31Z",
}

var goodDateTimes = []string{
	"2021-05-21T08:31:00Z", "2021-05-21 08:31:00.1234567+02:00", "2020-02-29T23:59Z", "1970-01-01T00:00:00+0000",
	"0001-01-01T12:00:00Z",
}

var hostileIntegers = []string{
	"0", "-1", "-0", "101", "2147483648", "9223372036854775807", "9223372036854775808", "12345678901234567890",
	"1.0", "1e2", " 1", "1 ", "+1", "0x1", "1_0", "\u0661", "NaN", strings.Repeat("9", 500),
	strings.Repeat("0", 300) + "1",
}

var hostileUUIDs = []string{
	"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000000000000000000000000000",
	"{00000000-0000-0000-0000-000000000000}", "urn:uuid:00000000-0000-0000-0000-000000000000",
	"00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-0000-0000000000000", "00000000_0000_0000_0000_000000000000",
	"0000000000000000000000000000000000000000",
}

// hostileSegments stand in place of an id in a path, as they are sent.
var hostileSegments = []string{
	"", ".", "..", "%2e%2e", "%2F", "..%2f..%2fetc%2fpasswd", "%5c..%5c", "%00", "%ff", "%c0%af", "%EF%BF%BF", "%0d%0aX:%20y",
	"self", "a:b:c", ":", "::", ":approve", "~", "~approve", "%7Eapprove", "%3Aapprove", "*", "*file", "{site_id}",
	"'--", "%27%20OR%201=1", ";a=b", "%3Fpage=1", "%23", "\xe2\x80\xae", "\xff\xfe", "%E2%80%AE", strings.Repeat("a", 5000),
	strings.Repeat("../", 500), strings.Repeat("%2f", 500),
	"00000000-0000-0000-0000-000000000000%00", "00000000-0000-0000-0000-000000000000%2Fflavors",
	"%7B00000000-0000-0000-0000-000000000000%7D", "urn:uuid:00000000-0000-0000-0000-000000000000",
	"00000000000000000000000000000000",
}

// hostileQueries are added to a query string as they are.
var hostileQueries = []string{
	"", "&&&", "=", "==", "=a", "[]", "[]=", "%5B%5D=1", "a[b][c]=1", "%", "%zz=1", "a=%zz", "a=%", "a=%u0041", "%00=%00",
	"a%00b=1", "%ff=%ff", "\xff=\xff", ";", "a;b=c", "?", "??a=b", "/../..", "page[]=1&page[]=2", "page=1&page=-1",
	"__proto__[x]=1", "constructor.prototype=1", "$where=1", "filters[0]=a", "filters.0=a", "terms", "sort_by",
	"sort%5Fby=%2Bid", "+=+", "%20=%20", "%F0%9F%98%80=1", strings.Repeat("a", 3000) + "=1",
	strings.Repeat("a=1&", 800), strings.Repeat("terms=a&", 300), strings.Repeat("&", 2000),
}

var hostileFields = []string{
	"id", "upload_datetime", "name", "docker_image", "execution_datetime", "benchmark_name", "site_address", "tags", "json",
	"json.", "json.score", "json.a.b", "json..", "json.list.0", "json.list.-1", "json.0", "JSON.a", "deleted",
	"uploader_sub", "_claim_report_id", "status", "email",
	"json.'", `json."`, "json.$", "json.{}", "json.*", "json.\\", "json.x y", "json.\u202e",
	"json." + strings.Repeat("a.", 16) + "a", "json." + strings.Repeat("9", 30), "json." + strings.Repeat("b", 2000),
	"id; DROP TABLE result", "random()", "1", "\x00", "json.\x00", "json.\xff",
}

var hostileOperators = []string{"==", ">", "<", ">=", "<=", "=", "!=", "<>", "=<", "===", "~", "IN", "like", "@>", "", "> =", "\u2265"}

var goodOperators = []string{"==", ">", "<", ">=", "<="}

var hostileMethods = []string{
	"HEAD", "OPTIONS", "GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get", "Get",
	"PROPFIND", "M-SEARCH", "G!T", "QUERY", strings.Repeat("A", 2000),
}

var contentTypes = []string{
	"application/json; charset=utf-8", "application/json;charset=utf-16", "APPLICATION/JSON", "application/ld+json",
	"application/problem+JSON; a=b", "application/json;;;", "application/json; a", "application/json, text/plain",
	`application/json; a="`, " application/json ", "text/json", "text/plain", "text/html", "application/xml",
	"application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/", "/",
	"/json", ";", "*/*", "application/+json", "json", "\xff\xfe", "application/cbor", strings.Repeat("a", 3000),
}

// hostileHeaders are lines of a head that change nothing of what is asked for.
var hostileHeaders = []string{
	"X-Request-ID: ", "X-Request-ID: abc", "X-Request-ID: \xff\xfe", "X-Request-ID: <script>", "X-Request-ID: a b\"c",
	"X-Request-ID: " + strings.Repeat("x", 500), "X-Request-ID: a\r\nX-Request-ID: b",
	"X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: \xff, ::1, ';--", "X-Forwarded-For: " + strings.Repeat("1.1.1.1,", 500),
	"X-Real-IP: nonsense", "X-Forwarded-Proto: javascript", "X-Forwarded-Host: evil.example",
	"X-Forwarded-Prefix: /../..", "X-Script-Name: //evil.example", "X-Scheme: \x80",
	`Forwarded: for="[::1]:x";host=evil.example;;;`,
	"Accept: text/html", "Accept: application/xml;q=1, */*;q=0", "Accept: ;;;q=NaN", "Accept: */*;q=1e400",
	"Accept: application/cbor", "Accept: application/problem+json", "Accept: ", "Accept-Encoding: gzip, br;q=x, *;q=0",
	"Accept-Language: \xff", "Accept-Charset: utf-16",
	"Content-Encoding: gzip", "Content-Encoding: br, br", "Content-Language: xx", "Content-MD5: x",
	"Content-Range: bytes 0-1/2", "Range: bytes=0-0", "Range: bytes=-1,5-1", "If-None-Match: *", "If-Match: \"x\"",
	"If-Modified-Since: never", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
	"Origin: https://evil.example", "Origin: null", "Origin: \xff", "Access-Control-Request-Method: DELETE",
	"Access-Control-Request-Headers: \xff", "X-HTTP-Method-Override: DELETE", "X-Original-URL: /users",
	"X-Rewrite-URL: /users", "X-Method: PUT",
	"Cookie: " + strings.Repeat("a=b; ", 2000), "Cookie: =;=;\xff", "Referer: javascript:alert(1)",
	"User-Agent: () { :;}; id", "User-Agent: ${jndi:ldap://127.0.0.1}", "Expect: 100-continue", "Connection: close",
	"Connection: upgrade\r\nUpgrade: websocket",
	"Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
	"TE: trailers", "Trailer: Authorization", "Via: 1.1 \xff", "Max-Forwards: -1", "Pragma: \x80", "X-Empty:",
	"X: " + strings.Repeat("y", 20000),
}

// notHTTP are targets, PATH standing for a path, with a line of the head, that no
// HTTP server takes for a request.
var notHTTP = []struct{ target, line string }{
	{"/%zzPATH", ""}, {"PATH\x01", ""}, {"PATH ?", ""}, {"xPATH", ""},
	{"PATH", "X-Bad: a\x00b"}, {"PATH", "X Bad: a"}, {"PATH", "Content-Length: -1"}, {"PATH", "X-Large: " + strings.Repeat("a", 80_000)},
}

// hostileText is a text of the list or a random one.
func hostileText(r *rand.Rand) string {
	if r.IntN(4) > 0 {
		return oneOf(r, hostileTexts)
	}
	text := make([]rune, r.IntN(20))
	ranges := []struct{ from, size int }{{0, 128}, {0x80, 0x700}, {0x2000, 0x100}, {0xfe00, 0x200}, {0x1f300, 0x300}, {0xe0000, 0x100}}
	for i := range text {
		in := oneOf(r, ranges)
		text[i] = rune(in.from + r.IntN(in.size))
	}
	return string(text)
}

func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
