package hostile_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/eosc-perf/backend/tests/harness"
)

// hostileRequest is a request as it goes over the wire: no HTTP library would
// send most of them.
type hostileRequest struct {
	number    int
	operation *harness.DescribedOperation
	method    string
	caller    string
	text      []byte
	// id is the one in the path, of this kind.
	id, kind string
	// intact says that method and path are the operation's own.
	intact bool
	// isHTTP is false if a server refuses the request before any handler sees it.
	isHTTP bool
}

// headSize is how many bytes come before the body.
func (r hostileRequest) headSize() int { return bytes.Index(r.text, []byte("\r\n\r\n")) }

// print shows the request without the tokens, which are of no use to a reader.
func (g *generator) print(r hostileRequest) string {
	const most = 3000
	text := r.text
	for account, token := range g.tokens {
		text = bytes.ReplaceAll(text, []byte(token), []byte("(token of "+account+")"))
	}
	if len(text) > most {
		return fmt.Sprintf("%s as %s, %d bytes, %q ... %q", r.operation.ID, r.caller, len(text), text[:most], text[len(text)-200:])
	}
	return fmt.Sprintf("%s as %s: %q", r.operation.ID, r.caller, text)
}

// targets are the ids that answers told, the newest of each kind.
type targets struct {
	mutex sync.Mutex
	ids   map[string][]string
}

// approvedKind is the kind of those that results may refer to.
func approvedKind(kind string) string { return "approved " + kind }

func (t *targets) add(kind, id string) {
	const most = 24
	t.mutex.Lock()
	defer t.mutex.Unlock()
	ids := t.ids[kind]
	if id == "" || slices.Contains(ids, id) {
		return
	}
	t.ids[kind] = append(ids, id)[max(0, len(ids)+1-most):]
}

// drop forgets what is gone.
func (t *targets) drop(kind, id string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.ids[kind] = slices.DeleteFunc(t.ids[kind], func(other string) bool { return other == id })
}

func (t *targets) pick(r *rand.Rand, kind string) string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if ids := t.ids[kind]; len(ids) > 0 {
		return oneOf(r, ids)
	}
	// Drawn also where it is not needed, so that what follows is the same.
	return oneOf(r, hostileUUIDs[:2])
}

// kindOf tells what an id of this name belongs to.
func kindOf(name string) string {
	switch name {
	case "report_id":
		return "claim"
	case "tags_ids":
		return "tag"
	default:
		return strings.TrimSuffix(name, "_id")
	}
}

// generator makes requests from the document. What a request is made of depends
// on the seed and its number alone, but for the ids, which the server chooses.
type generator struct {
	document *harness.Document
	targets  *targets
	tokens   map[string]string
	issuer   string
	seed     uint64
	weighted []*harness.DescribedOperation
}

func newGenerator(s *harness.Server, document *harness.Document, seed uint64) *generator {
	g := &generator{
		document: document, targets: &targets{ids: map[string][]string{}}, tokens: map[string]string{},
		issuer: s.Issuer(), seed: seed,
	}
	for _, account := range []string{"alice", "bob", "admin", "newcomer"} {
		g.tokens[account] = s.Token(account)
	}
	for _, o := range document.Operations {
		weight := 1 + len(o.Parameters)/4
		if o.Body() != nil {
			weight += 2
		}
		g.weighted = append(g.weighted, slices.Repeat([]*harness.DescribedOperation{o}, weight)...)
	}
	return g
}

// draft is a request in the making.
type draft struct {
	*generator
	*rand.Rand
	hostileRequest
}

// often is true in this many of 100 cases.
func (d *draft) often(percent int) bool { return d.IntN(100) < percent }

// request makes the request of this number.
func (g *generator) request(number int) hostileRequest {
	d := &draft{g, rand.New(rand.NewPCG(g.seed, uint64(number))), hostileRequest{number: number, intact: true, isHTTP: true}}
	o := oneOf(d.Rand, g.weighted)
	d.operation, d.method = o, d.verb(o)
	target := d.path(o) + d.query(o)
	caller, head := d.credentials()
	d.caller = caller
	for d.often(15) {
		head = append(head, oneOf(d.Rand, hostileHeaders))
	}
	body, bodyHead := d.content(o)
	head = append(head, bodyHead...)
	if d.IntN(250) == 0 {
		// With nothing else: a server does not read what follows, and then its
		// answer may be lost with the connection.
		spoiled := oneOf(d.Rand, notHTTP)
		d.isHTTP, target, body = false, strings.Replace(spoiled.target, "PATH", o.Path, 1), nil
		if head = nil; spoiled.line != "" {
			head = []string{spoiled.line}
		}
	}
	d.text = wireText(d.firstLines(target), head, body)
	return d.hostileRequest
}

func wireText(first string, head []string, body []byte) []byte {
	var b bytes.Buffer
	b.WriteString(first + "\r\n")
	for _, line := range head {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// firstLines are the request line and the host.
func (d *draft) firstLines(target string) string {
	hosts := []string{"127.0.0.1", "evil.example", "[::1]:1", "a.b:99999", "'OR'1'='1", "xn--", "127.0.0.1:5000:5000"}
	host := hosts[0]
	if d.often(5) {
		host = oneOf(d.Rand, hosts)
	}
	if d.isHTTP && d.IntN(100) == 0 {
		target = "http://evil.example" + target
	}
	return d.method + " " + target + " HTTP/1.1\r\nHost: " + host
}

func (d *draft) verb(o *harness.DescribedOperation) string {
	if !d.often(5) {
		return o.Method
	}
	method := oneOf(d.Rand, hostileMethods)
	d.intact = method == o.Method || method == http.MethodHead && o.Method == http.MethodGet
	return method
}

// path fills the ids in, and sometimes spoils the rest.
func (d *draft) path(o *harness.DescribedOperation) string {
	path := o.Path
	for _, p := range o.Parameters {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", d.pathID(p.Name, strings.HasSuffix(o.Path, ":approve")))
		}
	}
	if !d.often(4) {
		return path
	}
	d.intact = false
	spoil := []func() string{
		func() string { return path + "/" },
		func() string { return strings.ReplaceAll(path, "/", "//") },
		func() string {
			return path + oneOf(d.Rand, []string{":search", ":", "%3Asearch", "~", "/~approve", "%20", ".json", "/..", "/.", "%00", "#a"})
		},
		func() string { return "/." + path },
		func() string { return "/x/.." + path },
		func() string { return "/%" + strconv.FormatInt(int64(path[1]), 16) + path[2:] },
		func() string { return strings.ToUpper(path) },
		func() string { return path + "/" + oneOf(d.Rand, hostileSegments) },
		func() string { return "/" + oneOf(d.Rand, hostileSegments[1:]) + path },
	}
	return oneOf(d.Rand, spoil)()
}

// pathID is what stands in place of an id in the path. What is to be approved is
// rather something new.
func (d *draft) pathID(name string, approving bool) string {
	d.kind = kindOf(name)
	d.id = d.targets.pick(d.Rand, d.kind)
	if reference := d.reference(d.kind); !approving && d.often(60) {
		d.id = reference
	}
	switch d.IntN(12) {
	case 0:
		d.id = oneOf(d.Rand, hostileUUIDs[:2])
	case 1:
		return strings.ToUpper(d.id)
	case 2, 3:
		d.intact = false
		return oneOf(d.Rand, hostileSegments)
	}
	return d.id
}

// query is the query string, with its question mark.
func (d *draft) query(o *harness.DescribedOperation) string {
	var pairs []string
	for _, p := range o.Parameters {
		switch {
		case p.In != "query", p.Required && d.often(4), !p.Required && !d.often(25):
		default:
			pairs = append(pairs, d.pairs(p)...)
		}
	}
	if d.often(5) {
		pairs = append(pairs, oneOf(d.Rand, hostileQueries))
	}
	if d.often(3) {
		pairs = append(pairs, d.queryText(hostileText(d.Rand))+"="+d.queryText(hostileText(d.Rand)))
	}
	if len(pairs) == 0 {
		return ""
	}
	d.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	return "?" + strings.Join(pairs, "&")
}

func (d *draft) pairs(p harness.Parameter) []string {
	key, schema, count := d.queryKey(p.Name), p.Schema, 1
	if schema.Type == "array" {
		schema, count = *schema.Items, 1+d.IntN(3)
		if d.often(3) {
			count = 18 + d.IntN(200)
		}
	}
	if d.often(4) {
		count++
	}
	var pairs []string
	for range count {
		pairs = append(pairs, key+"="+d.queryText(d.value(p, schema)))
	}
	return pairs
}

func (d *draft) queryKey(name string) string {
	switch d.IntN(40) {
	case 0:
		return name + "[]"
	case 1:
		return name + "%5B%5D"
	case 2:
		return fmt.Sprintf("%%%02x", name[0]) + name[1:]
	case 3:
		return oneOf(d.Rand, []string{name + "[][]", name + "[0]", strings.ToUpper(name), name + "%00", "+" + name})
	}
	return name
}

// queryText encodes a text, raw where a request line can hold it.
func (d *draft) queryText(s string) string {
	var b strings.Builder
	mode := d.IntN(4)
	for i := range len(s) {
		switch c := s[i]; {
		case mode == 0, c <= ' ', c == 0x7f, mode == 1 && strings.IndexByte("%&#+=;", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		case mode == 1:
			b.WriteByte(c)
		default:
			b.WriteString(url.QueryEscape(s[i : i+1]))
		}
	}
	return b.String()
}

// value is a value of a query key: mostly one that gets far.
func (d *draft) value(p harness.Parameter, schema harness.Schema) string {
	hostile := d.often(15)
	if hostile && d.often(40) {
		return hostileText(d.Rand)
	}
	switch {
	case p.Name == "filters":
		return d.filter(hostile)
	case p.Name == "sort_by":
		return d.sort(schema, hostile)
	case schema.Type == "integer":
		return d.either(hostile, hostileIntegers, []string{"1", "1", "2", "3", "20", "100"})
	case schema.Format == "date":
		return d.either(hostile, hostileDates, goodDates)
	case schema.Format == "date-time":
		return d.either(hostile, hostileDateTimes, goodDateTimes)
	case schema.Format == "uuid":
		if hostile {
			return oneOf(d.Rand, hostileUUIDs)
		}
		return d.reference(kindOf(p.Name))
	case len(schema.Enum) > 0:
		return oneOf(d.Rand, schema.Enum)
	}
	return d.word(p.Name)
}

func (d *draft) either(hostile bool, bad, good []string) string {
	if hostile {
		return oneOf(d.Rand, bad)
	}
	return oneOf(d.Rand, good)
}

// reference is the id of something, approved if there is such a thing.
func (d *draft) reference(kind string) string {
	if slices.Contains([]string{"benchmark", "site", "flavor"}, kind) && !d.often(10) {
		kind = approvedKind(kind)
	}
	return d.targets.pick(d.Rand, kind)
}

// word is an ordinary text of a field of this name.
func (d *draft) word(name string) string {
	accounts := []string{"alice", "bob", "admin", "newcomer", "nobody"}
	switch name {
	case "sub":
		return oneOf(d.Rand, accounts)
	case "iss":
		return d.issuer
	case "email":
		return oneOf(d.Rand, accounts) + "@example.org"
	}
	return oneOf(d.Rand, goodWords)
}

func (d *draft) filter(hostile bool) string {
	if !hostile {
		return d.dotted() + " " + oneOf(d.Rand, goodOperators) + " " + oneOf(
			d.Rand, []string{"1", "0", "-0.0", "1e308", "12345678901234567890", "true", "FALSE", "a b", "", "0x10", "nan"},
		)
	}
	separator := oneOf(d.Rand, []string{" ", " ", "", "  ", "\t", "\u00a0"})
	path := d.dotted()
	if d.often(50) {
		path = strings.TrimPrefix(oneOf(d.Rand, hostileFields), "json.")
	}
	return path + separator + oneOf(d.Rand, slices.Concat(goodOperators, hostileOperators)) + separator + hostileText(d.Rand)
}

// dotted is a path into a result.
func (d *draft) dotted() string {
	path := oneOf(d.Rand, goodWords)
	for d.often(40) {
		path += "." + oneOf(d.Rand, goodWords)
	}
	return path
}

func (d *draft) sort(schema harness.Schema, hostile bool) string {
	if !hostile && d.often(40) && schema.Default != nil {
		return fmt.Sprint(schema.Default)
	}
	sign := []string{"+", "-", " "}
	if hostile {
		sign = []string{"+", "-", " ", "", "++", "+-", "\u2212"}
	}
	keys := make([]string, 1+d.IntN(4))
	if d.IntN(200) == 0 {
		keys = make([]string, 500)
	}
	for i := range keys {
		field := oneOf(d.Rand, hostileFields[:5])
		switch {
		case hostile:
			field = oneOf(d.Rand, hostileFields)
		case d.often(30):
			field = "json." + d.dotted()
		}
		keys[i] = oneOf(d.Rand, sign) + field
	}
	return strings.Join(keys, ",")
}

// credentials are who asks, and how they say so.
func (d *draft) credentials() (string, []string) {
	n := d.IntN(100)
	for _, c := range []struct {
		below int
		name  string
	}{{50, "admin"}, {75, "alice"}, {82, "bob"}, {86, "newcomer"}} {
		if n < c.below {
			scheme := "Bearer "
			if d.often(3) {
				scheme = oneOf(d.Rand, []string{"bearer ", "BEARER ", "Bearer   "})
			}
			return c.name, []string{"Authorization: " + scheme + d.tokens[c.name]}
		}
	}
	if n < 91 {
		return "nobody", nil
	}
	return "a bad token", d.badToken()
}

func (d *draft) badToken() []string {
	good := d.tokens["alice"]
	parts := strings.Split(good, ".")
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	claims := func(header, payload string) string {
		return part(header) + "." + part(payload) + "." + parts[len(parts)-1]
	}
	iss := `"iss":"` + d.issuer + `"`
	tokens := []string{
		"", " ", "x y", "null", "undefined", ".", "..", "...", "a.b.c", "\xff\xfe", "\xe2\x80\xae", "'; DROP TABLE user;--",
		strings.Repeat("a", 20_000), strings.Repeat(".", 5000), strconv.Itoa(d.IntN(50)),
		good + "x", good[:len(good)-1], good + "." + good, strings.ToUpper(good), good + " " + good, good + ",",
		`"` + good + `"`, strings.Replace(good, ".", "=.", 1),
		claims(`{"alg":"none"}`, `{"sub":"alice",`+iss+`,"exp":9999999999}`),
		claims(`{"alg":"HS256","kid":"../../etc/passwd"}`, `{"sub":"admin",`+iss+`,"exp":9999999999}`),
		claims(`{"alg":"RS256"}`, `{`+iss+`,"exp":NaN}`), claims(`{"alg":"RS256"}`, `{`+iss+`,"exp":1e400}`),
		claims(`{"alg":"RS256"}`, `{`+iss+`,"exp":"1"}`),
		claims(`{"alg":"RS256","crit":["x"]}`, `{`+iss+`,"aud":[[]],"exp":-1}`),
		claims(`{"alg":"RS256","jku":"http://127.0.0.1:1/"}`, `{"iss":"http://127.0.0.1:1/","sub":"a"}`),
		claims(`{"alg":"RS256"}`, `{"iss":7}`), claims(`{"alg":"RS256"}`, `{"iss":"\u0000"}`),
		claims(`{"alg":"RS256"}`, "\xff"), claims(`{"alg":7}`, `[]`), claims(``, ``),
		claims(nestedJSON("[", "]", 4000), nestedJSON(`{"a":`, "}", 3000)), claims(`{"alg":"RS256","alg":"none"}`, `{`+iss+`,`+iss+`}`),
	}
	switch d.IntN(8) {
	case 0:
		return []string{oneOf(
			d.Rand,
			[]string{
				"Authorization: ", "Authorization: Bearer", "Authorization: Basic YTpi", "Authorization: Digest \xff",
				"Authorization: " + good, "Authorization: Bearer:" + good, "Authorization: ,", "Authorization: DPoP " + good,
			},
		)}
	case 1:
		return []string{"Authorization: Bearer x", "Authorization: Bearer " + good}
	}
	return []string{"Authorization: Bearer " + oneOf(d.Rand, tokens)}
}
