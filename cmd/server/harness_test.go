package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/cmd/server/system"
	"github.com/eosc-perf/backend/config"
)

// databases are those that every test of the API runs on.
var databases = map[string]func(t *testing.T) map[string]string{
	"sqlite": func(t *testing.T) map[string]string {
		return map[string]string{"DATA_DIR": t.TempDir()}
	},
	"postgres": func(t *testing.T) map[string]string {
		db := pgtest.New(t)
		return map[string]string{
			"DB_HOST": db.Host, "DB_PORT": strconv.Itoa(db.Port), "DB_USER": db.User, "DB_PASSWORD": db.Password,
			"DB_NAME": db.Name, "DB_SSLMODE": "disable",
		}
	},
}

// onEachDatabase runs a test against the real server on each database.
func onEachDatabase(t *testing.T, test func(t *testing.T, s *testServer)) {
	t.Helper()
	for name, settings := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, settings(t)))
		})
	}
}

// testServer is a running server, and a client for it.
type testServer struct {
	t      *testing.T
	server *system.System
	base   string
	logs   *lockedBuffer
	stop   func() error
	// through is nil where the server is asked directly.
	through http.RoundTripper

	mutex  sync.Mutex
	tokens map[string]string
	// keepGround, if it has a name, is the ground of all further requests.
	keepGround ground
}

// start runs the real server in development mode with these settings.
func start(t *testing.T, settings map[string]string) *testServer {
	t.Helper()
	all := map[string]string{"APP_ENV": "development", "LISTEN_ADDRESS": "127.0.0.1:0", "LOG_FORMAT": "json", "LOG_LEVEL": "info"}
	maps.Copy(all, settings)
	var environ []string
	for key, value := range all {
		environ = append(environ, key+"="+value)
	}
	cfg, err := config.Load(config.Source{Environ: environ, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	logs := &lockedBuffer{}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	s, err := system.Open(ctx, cfg, version, system.NewLogger(cfg.Log, logs))
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	ts := &testServer{t: t, server: s, base: "http://" + s.Address().String(), logs: logs, tokens: map[string]string{}}
	ts.stop = sync.OnceValue(func() error {
		cancel()
		err := <-done
		s.Close()
		return err
	})
	t.Cleanup(func() {
		if err := ts.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			t.Logf("the server's errors and last log lines:\n%s%s", logs.errors(), logs.tail(2000))
		}
	})
	return ts
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) tail(n int) string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	s := b.text.String()
	return s[max(0, len(s)-n):]
}

// errors are the lines of level ERROR.
func (b *lockedBuffer) errors() string {
	var found strings.Builder
	for line := range strings.Lines(b.tail(1 << 30)) {
		if strings.Contains(line, `"level":"ERROR"`) {
			found.WriteString(line)
		}
	}
	return found.String()
}

// transport is how requests get to the server.
func (s *testServer) transport() http.RoundTripper {
	if s.through != nil {
		return s.through
	}
	return http.DefaultTransport
}

// issuer is the address of the server's development provider.
func (s *testServer) issuer() string { return s.base + "/dev/oidc" }

// token returns an access token of a development account, from the real provider.
func (s *testServer) token(account string) string {
	s.t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if token := s.tokens[account]; token != "" {
		return token
	}
	response, err := (&http.Client{Transport: s.transport()}).PostForm(s.issuer()+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {account}, "client_secret": {"development-secret"},
		"scope": {"openid email eduperson_entitlement"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		s.t.Fatalf("token of %s: %s, %v", account, response.Status, err)
	}
	s.tokens[account] = answer.AccessToken
	return answer.AccessToken
}

// call is a request to make.
type call struct {
	method, path string
	// as is an account, or "" for nobody; a value that begins with "raw:" goes
	// into the Authorization header as it is.
	as          string
	body        string
	contentType string
	header      http.Header
}

// answer is what came back.
type answer struct {
	call   call
	status int
	header http.Header
	body   string
}

func (a answer) String() string {
	return fmt.Sprintf("%s %s as %.40q, body %.200q\n got %d %.600s", a.call.method, a.call.path, a.call.as, a.call.body, a.status, a.body)
}

func (s *testServer) do(c call) answer {
	s.t.Helper()
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), c.method, s.base+c.path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	maps.Copy(request.Header, c.header)
	if c.contentType != "" {
		request.Header.Set("Content-Type", c.contentType)
	}
	if raw, ok := strings.CutPrefix(c.as, "raw:"); ok {
		request.Header.Set("Authorization", raw)
	} else if c.as != "" {
		request.Header.Set("Authorization", "Bearer "+s.token(c.as))
	}
	response, err := s.transport().RoundTrip(request)
	if err != nil {
		s.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	return answer{call: c, status: response.StatusCode, header: response.Header, body: strings.TrimSpace(string(text))}
}

func (s *testServer) get(path string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodGet, path: path})
}

func (s *testServer) post(as, path, body string) answer {
	s.t.Helper()
	return s.do(call{method: http.MethodPost, path: path, as: as, body: body})
}

// want fails the test unless the status is this one.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s\nwant %d", a, status)
	}
	return a
}

// object reads the body as a JSON object.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s\n%v", a, err)
	}
	return v
}

func (a answer) id(t *testing.T) string {
	t.Helper()
	id, ok := a.object(t)["id"].(string)
	if !ok {
		t.Fatalf("%s\nno id", a)
	}
	return id
}

// items are the items of a page.
func (a answer) items(t *testing.T) []map[string]any {
	t.Helper()
	var page struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal([]byte(a.want(t, http.StatusOK).body), &page); err != nil {
		t.Fatalf("%s\n%v", a, err)
	}
	return page.Items
}

// sameJSON tells whether two texts are the same JSON value.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	normal := func(s string) string {
		if s == "" {
			return ""
		}
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return normal(a) == normal(b)
}

// ground is an approved benchmark and flavor, and a tag, for results. A full one
// has also a result of alice's, bob's claim on it, and things on review.
type ground struct {
	name                                      string
	benchmark, site, flavor, tag              string
	result, claim                             string
	reviewBenchmark, reviewSite, reviewFlavor string
}

// fill puts the ids in the places of the words in braces.
func (g ground) fill(text string) string {
	return strings.NewReplacer(
		"{new}", "new-"+g.name, "{benchmark_id}", g.benchmark, "{site_id}", g.site, "{flavor_id}", g.flavor, "{tag_id}", g.tag,
		"{result_id}", g.result, "{report_id}", g.claim, "{review:benchmark_id}", g.reviewBenchmark,
		"{review:site_id}", g.reviewSite, "{review:flavor_id}", g.reviewFlavor,
	).Replace(text)
}

// fullGround is newGround with everything else that operations are about. Once
// there is a ground to keep, because nobody can approve any more, it is that.
func (s *testServer) fullGround(name string) ground {
	s.t.Helper()
	if s.keepGround.name != "" {
		return s.keepGround
	}
	t := s.t
	g := s.newGround(name)
	g.result = s.post("alice", g.query(""), `{"score":1}`).want(t, 201).id(t)
	g.claim = s.post("bob", "/results/"+g.result+":claim", `{"message":"odd"}`).want(t, 201).id(t)
	g.reviewBenchmark = s.post("alice", "/benchmarks", fmt.Sprintf(`{"docker_image":"review-%s","docker_tag":"1","url":"u","json_schema":{}}`, name)).want(t, 201).id(t)
	g.reviewSite = s.post("alice", "/sites", fmt.Sprintf(`{"name":"review-%s","address":"a"}`, name)).want(t, 201).id(t)
	g.reviewFlavor = s.post("alice", "/sites/"+g.site+"/flavors", fmt.Sprintf(`{"name":"review-%s"}`, name)).want(t, 201).id(t)
	return g
}

const scoreSchema = `{"type":"object","properties":{"score":{"type":"number"}}}`

// newGround submits and approves what results need; name makes it unique.
func (s *testServer) newGround(name string) ground {
	s.t.Helper()
	t := s.t
	g := ground{
		name:      name,
		benchmark: s.post("alice", "/benchmarks", fmt.Sprintf(`{"docker_image":%q,"docker_tag":"1","url":"u","json_schema":%s}`, name, scoreSchema)).want(t, 201).id(t),
		site:      s.post("alice", "/sites", fmt.Sprintf(`{"name":%q,"address":"a"}`, name)).want(t, 201).id(t),
		tag:       s.post("alice", "/tags", fmt.Sprintf(`{"name":%q}`, name)).want(t, 201).id(t),
	}
	g.flavor = s.post("alice", "/sites/"+g.site+"/flavors", fmt.Sprintf(`{"name":%q}`, name)).want(t, 201).id(t)
	for _, path := range []string{"/benchmarks/" + g.benchmark, "/sites/" + g.site, "/flavors/" + g.flavor} {
		s.post("admin", path+":approve", "").want(t, 204)
	}
	return g
}

func (g ground) query(more string) string {
	return "/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id=" + g.benchmark + "&flavor_id=" + g.flavor + more
}

// eventually waits, at most ten seconds, for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// schema, parameter and described are what the tests read of the OpenAPI document.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Format     string            `json:"format"`
	Enum       []any             `json:"enum"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	ReadOnly   bool              `json:"readOnly"`
}

type parameter struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Required bool   `json:"required"`
	Schema   schema `json:"schema"`
}

type described struct {
	ID          string      `json:"operationId"`
	Parameters  []parameter `json:"parameters"`
	RequestBody *struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

// describedOperation is what the document says of a row of the table.
func describedOperation(document map[string]any, method, path string) described {
	path, _, _ = strings.Cut(strings.ReplaceAll(path, "review:", ""), "?")
	paths, _ := document["paths"].(map[string]any)
	item, _ := paths[path].(map[string]any)
	var d described
	recode(item[strings.ToLower(method)], &d)
	return d
}

// body is the schema of the request's body.
func (d described) body(document map[string]any) schema {
	s := d.RequestBody.Content["application/json"].Schema
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		components, _ := document["components"].(map[string]any)
		schemas, _ := components["schemas"].(map[string]any)
		s = schema{}
		recode(schemas[name], &s)
	}
	return s
}

// recode reads a part of a document into a struct.
func recode(from, into any) {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		panic(err)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
