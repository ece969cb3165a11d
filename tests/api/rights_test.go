package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// callers are those who ask for every operation, in the columns of the table
// that TestRights prints.
var callers = []string{"nobody", "bad token", "newcomer", "bob", "alice", "admin", "admin, removed"}

// wanted is the status that a caller gets for an operation; alice owns what the
// operations are about.
func wanted(right, caller string, success int) int {
	ranks := map[string]int{"public": 0, "token": 1, "user": 2, "owner": 3, "admin": 4}
	has := map[string]int{"newcomer": 1, "admin, removed": 1, "bob": 2, "alice": 3, "admin": 4}[caller]
	switch {
	case right == "public":
		return success
	case right == "uploader" && caller == "admin":
		return 403
	case right == "uploader":
		return wanted("owner", caller, success)
	case caller == "nobody" || caller == "bad token":
		return 401
	case has < ranks[right]:
		return 403
	default:
		return success
	}
}

// TestRightsOfEveryCallerForEveryOperation prints who got what.
func TestRightsOfEveryCallerForEveryOperation(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		got := map[string][]string{}
		f, fixtures := s.FullFixture("rights"), 0
		ask := func(caller, as string) {
			for _, op := range harness.Operations {
				if (caller == "newcomer" || caller == "admin, removed") && op.ID == "RegisterSelf" {
					got[op.ID] = append(got[op.ID], "-") // TestRegistrationStoresThePersonOnce does it: they would be users
					continue
				}
				a := s.Do(harness.Call{Method: op.Method, Path: f.Fill(op.Path), As: as, Body: f.Fill(op.Body)})
				got[op.ID] = append(got[op.ID], strconv.Itoa(a.Status))
				expectRight(t, op, caller, a)
				// Public operations change nothing.
				if op.Right != "public" && op.Method != http.MethodGet && a.Status < http.StatusMultipleChoices {
					fixtures++ // the next operation finds nothing changed
					f = s.FullFixture(fmt.Sprintf("rights-%d", fixtures))
				}
			}
		}
		for _, caller := range callers[:len(callers)-1] {
			as := caller
			switch caller {
			case "nobody":
				as = ""
			case "bad token":
				as = "raw:Bearer rubbish"
			}
			ask(caller, as)
		}
		s.Post("admin", "/users:remove?sub=admin", "").Want(t, 204)
		ask("admin, removed", "admin")

		var table strings.Builder
		fmt.Fprintf(&table, "%-18s %-7s %s\n", "operation", "right", strings.Join(callers, " | "))
		for _, op := range harness.Operations {
			fmt.Fprintf(&table, "%-18s %-7s %s\n", op.ID, op.Right, strings.Join(got[op.ID], " | "))
		}
		t.Log("\n" + table.String())
	})
}

// expectRight checks the answer that the caller got for the operation.
func expectRight(t *testing.T, op harness.Operation, caller string, a harness.Answer) {
	t.Helper()
	want := wanted(op.Right, caller, op.Status)
	if (caller == "newcomer" || caller == "admin, removed") && op.ID == "GetSelf" {
		want = 404
	}
	if a.Status != want {
		t.Errorf("%s as %s: %s\nwant %d", op.ID, caller, a, want)
	}
	challenge := map[bool]string{true: "Bearer", false: ""}[want == 401]
	if caller == "bad token" && want == 401 {
		challenge = `Bearer error="invalid_token"`
	}
	if h := a.Header.Get("WWW-Authenticate"); h != challenge {
		t.Errorf("%s as %s: WWW-Authenticate %q, want %q", op.ID, caller, h, challenge)
	}
	if (want == 401 || want == 403) && a.Text("errors", "error") == "" {
		t.Errorf("%s as %s: no text: %s", op.ID, caller, a)
	}
}

// TestBadTokensAreRefusedAndPublicOperationsIgnoreThem: no operation that needs a token takes these, and public ones
// do not look at them.
func TestBadTokensAreRefusedAndPublicOperationsIgnoreThem(t *testing.T) {
	s := harness.Start(t, nil) // no database is asked about a token
	bad := map[string]string{
		"rubbish":         "Bearer rubbish",
		"empty":           "Bearer ",
		"tampered":        "Bearer " + tampered(s.Token("alice")),
		"unsigned":        "Bearer " + unsigned(s.Token("admin")),
		"other issuer":    "Bearer " + harness.WithIssuer(s.Token("admin"), "https://evil.example.org"),
		"long":            "Bearer " + strings.Repeat("a", 20_000),
		"odd characters":  "Bearer a b\"c",
		"three dots only": "Bearer ..",
		"another scheme":  "Basic YWxpY2U6YQ==",
	}
	g := s.FullFixture("bad-tokens")
	for _, op := range harness.Operations {
		for name, header := range bad {
			want := wanted(op.Right, "bad token", op.Status)
			a := s.Do(harness.Call{Method: op.Method, Path: g.Fill(op.Path), As: "raw:" + header, Body: g.Fill(op.Body)})
			if a.Status != want {
				t.Errorf("%s with a token that is %s: %s\nwant %d", op.ID, name, a, want)
			}
		}
	}
	alice := s.Token("alice")
	s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "raw:bearer " + alice}).Want(t, 200)
	for _, tt := range []struct {
		headers []string
		says    string
		// cause is that of the log, "" for none.
		cause string
	}{
		{[]string{alice}, "begins with Bearer", "bad_header"},
		{[]string{"Token " + alice}, "begins with Bearer", "bad_header"},
		{[]string{"Basic YWxpY2U6c2VjcmV0"}, "begins with Bearer", "bad_header"},
		{[]string{"Bearer:" + alice}, "begins with Bearer", "bad_header"},
		{[]string{"Bearér " + alice}, "begins with Bearer", "bad_header"},
		{[]string{""}, "", ""},
		{[]string{" \t "}, "", ""},
		{[]string{"Bearer"}, "no token after Bearer", "bad_header"},
		{[]string{"BEARER \t "}, "no token after Bearer", "bad_header"},
		{[]string{"Bearer " + alice, "Bearer x"}, "more than one Authorization header", "bad_header"},
		{[]string{"", ""}, "more than one Authorization header", "bad_header"},
		{[]string{"Bearer " + alice + ", Bearer " + alice}, "has a comma", "bad_header"},
		{[]string{"Bearer " + alice + " x"}, "has ' ' at character", "malformed"},
		{[]string{"Bearer " + alice + "\u00a0"}, `'\\u00a0' at character`, "malformed"},
		{[]string{"Bearer bücher"}, "'ü' at character 2", "malformed"},
		{[]string{"Bearer =="}, "token is empty", "malformed"},
		{[]string{"Bearer " + strings.Repeat("x", 50_000)}, "(TOKEN_LIMIT)", "too_long"},
	} {
		begin := len(s.Logs.String())
		a := s.Do(harness.Call{Method: "GET", Path: "/users/self", Header: http.Header{"Authorization": tt.headers}}).Want(t, 401)
		if !strings.Contains(a.Body, tt.says) {
			t.Errorf("%s\nwant %q", a, tt.says)
		}
		lines := s.Logs.String()[begin:]
		if logs := strings.Contains(lines, "access token refused"); logs != (tt.cause != "") || !strings.Contains(lines, tt.cause) {
			t.Errorf("the log has no cause %q of %.60q:\n%s", tt.cause, tt.headers, lines)
		}
	}
	if strings.Contains(s.Logs.String(), alice) {
		t.Error("the log has a token")
	}
	for _, header := range []string{"bearer  \t" + alice + " \t", "BEARER\t" + alice} {
		s.Do(harness.Call{Method: "GET", Path: "/users/self", Header: http.Header{"Authorization": {header}}}).Want(t, 200)
	}
}

func tampered(token string) string {
	last := token[len(token)-10]
	other := byte('A')
	if last == other {
		other = 'B'
	}
	return token[:len(token)-10] + string(other) + token[len(token)-9:]
}

// unsigned is the token with the algorithm `none`.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + payload + "."
}

func TestRegistrationStoresThePersonOnce(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "newcomer"}).Want(t, 404)
		registered := s.Do(harness.Call{
			Method: "POST", Path: "/users:register", As: "newcomer", Body: "not JSON: it is ignored",
		}).Want(t, 201).Object(t)
		if registered["sub"] != "newcomer" || registered["iss"] != s.Base+"/dev/oidc" || registered["email"] != "newcomer@example.org" || len(
			registered,
		) != 4 {
			t.Errorf("registered as %v", registered)
		}
		again := s.Post("newcomer", "/users:register", "").Want(t, 409)
		if !harness.SameJSON(t, again.Body, `{"code":409,"status":"Conflict","errors":{"error":"User already submitted/exists"}}`) {
			t.Error(again)
		}
		self := s.Do(harness.Call{Method: "GET", Path: "/users/self", As: "newcomer"}).Want(t, 200).Object(t)
		if self["registration_datetime"] != registered["registration_datetime"] {
			t.Errorf("registered %v, got %v", registered, self)
		}
		s.Do(harness.Call{Method: "GET", Path: "/users/self:try_admin", As: "newcomer"}).Want(t, 403)
		process.Eventually(t, "a mail in the log", func() bool { return s.Logs.Contains("Thank you for registering") })
		if s.Logs.Contains(s.Token("newcomer")) {
			t.Error("the token is in the log")
		}
	})
}

// TestOpaqueTokensWorkAsJWTs: the real provider's opaque tokens work as its JWTs do.
func TestOpaqueTokensWorkAsJWTs(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self:try_admin", As: "admin-opaque"}).Want(t, 204)
		s.Do(harness.Call{Method: http.MethodGet, Path: "/users/self:try_admin", As: "alice-opaque"}).Want(t, 403)
	})
}
