package harness

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Call is a request to make.
type Call struct {
	Method, Path string
	// As is a development account, or "" for nobody; a value that begins with "raw:"
	// goes into the Authorization header as it is.
	As          string
	Body        string
	ContentType string
	Header      http.Header
}

// Answer is what came back.
type Answer struct {
	Call   Call
	Status int
	Header http.Header
	// Trailer is what came after the body.
	Trailer http.Header
	// Body is without white space around it.
	Body string
}

// String shows the call and its answer, both shortened.
func (a Answer) String() string {
	return fmt.Sprintf("%s %s as %.40q, body %.200q\n got %d %.600s", a.Call.Method, a.Call.Path, a.Call.As, a.Call.Body, a.Status, a.Body)
}

func (s *Server) transport() http.RoundTripper {
	if s.Transport != nil {
		return s.Transport
	}
	return http.DefaultTransport
}

// Issuer is the address of the server's development provider.
func (s *Server) Issuer() string { return s.Base + "/dev/oidc" }

// Token returns an access token of a development account, the same for each call. The
// token of an account with the suffix -opaque is opaque, others are JWTs.
func (s *Server) Token(account string) string {
	s.T.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.tokens[account] == "" {
		s.tokens[account] = s.NewToken(account)
	}
	return s.tokens[account]
}

// NewToken asks the development provider for an access token of an account. For each token
// the server asks a provider again only a few times, when somebody registers.
func (s *Server) NewToken(account string) string {
	s.T.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {account}, "client_secret": {"development-secret"},
		"scope": {"openid email eduperson_entitlement"},
	}
	request, err := http.NewRequestWithContext(s.T.Context(), http.MethodPost, s.Issuer()+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		s.T.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.transport().RoundTrip(request)
	if err != nil {
		s.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		s.T.Fatalf("token of %s: %s, %v", account, response.Status, err)
	}
	return answer.AccessToken
}

// Register registers a development account with a token of its own.
func (s *Server) Register(account string) Answer {
	s.T.Helper()
	return s.Post("raw:Bearer "+s.NewToken(account), "/users:register", "")
}

// WithIssuer is the token, a JWT, with the claims of an administrator of another issuer.
// Its signature is not right any more.
func WithIssuer(token, issuer string) string {
	parts := strings.Split(token, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + issuer + `","sub":"admin","exp":9999999999}`))
	return strings.Join(parts, ".")
}

// Do makes the request, and fails the test if there is no answer.
func (s *Server) Do(c Call) Answer {
	s.T.Helper()
	var body io.Reader
	if c.Body != "" {
		body = strings.NewReader(c.Body)
	}
	request, err := http.NewRequestWithContext(s.T.Context(), c.Method, s.Base+c.Path, body)
	if err != nil {
		s.T.Fatal(err)
	}
	maps.Copy(request.Header, c.Header)
	if c.ContentType != "" {
		request.Header.Set("Content-Type", c.ContentType)
	}
	if raw, ok := strings.CutPrefix(c.As, "raw:"); ok {
		request.Header.Set("Authorization", raw)
	} else if c.As != "" {
		request.Header.Set("Authorization", "Bearer "+s.Token(c.As))
	}
	response, err := s.transport().RoundTrip(request)
	if err != nil {
		s.T.Fatalf("%s %s: %v", c.Method, c.Path, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.T.Fatalf("%s %s: %v", c.Method, c.Path, err)
	}
	return Answer{
		Call: c, Status: response.StatusCode, Header: response.Header, Trailer: response.Trailer,
		Body: strings.TrimSpace(string(text)),
	}
}

// Get asks as nobody.
func (s *Server) Get(path string) Answer {
	s.T.Helper()
	return s.Do(Call{Method: http.MethodGet, Path: path})
}

// Post sends a JSON body.
func (s *Server) Post(as, path, body string) Answer {
	s.T.Helper()
	return s.Do(Call{Method: http.MethodPost, Path: path, As: as, Body: body})
}

// Total is how many items a list has, on all its pages.
func (s *Server) Total(as, path string) int {
	s.T.Helper()
	n, ok := s.Do(Call{Method: http.MethodGet, Path: path, As: as}).Want(s.T, http.StatusOK).Object(s.T)["total"].(float64)
	if !ok {
		s.T.Fatalf("%s: no total", path)
	}
	return int(n)
}

// Want fails the test unless the status is this one.
func (a Answer) Want(t testing.TB, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s\nwant %d", a, status)
	}
	return a
}

// Object reads the body as a JSON object.
func (a Answer) Object(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Fatalf("%s\n%v", a, err)
	}
	return v
}

// ID is the field id of the body.
func (a Answer) ID(t testing.TB) string {
	t.Helper()
	id, ok := a.Object(t)["id"].(string)
	if !ok {
		t.Fatalf("%s\nno id", a)
	}
	return id
}

// Items are the items of a page that was answered with 200.
func (a Answer) Items(t testing.TB) []map[string]any {
	t.Helper()
	var page struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal([]byte(a.Want(t, http.StatusOK).Body), &page); err != nil {
		t.Fatalf("%s\n%v", a, err)
	}
	return page.Items
}

// Text is a text two levels down in the body, "" if there is none.
func (a Answer) Text(outer, inner string) string {
	var v map[string]any
	_ = json.Unmarshal([]byte(a.Body), &v) // a body that is no object has no text
	in, _ := v[outer].(map[string]any)
	text, _ := in[inner].(string)
	return text
}
