package main

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

const unknownID = "77e88a60-5d33-43d3-b802-27273278489e"

// operations are all operations with a request that passes every check before
// the existence of what it names, and the right that it needs.
var operations = []struct {
	id, method, path, right, body string
	// status for somebody who has the right.
	status int
}{
	{"ListBenchmarks", "GET", "/benchmarks", "public", "", 200},
	{"CreateBenchmark", "POST", "/benchmarks", "user", `{"docker_image":"rights","docker_tag":"1","url":"u","json_schema":{}}`, 201},
	{"GetBenchmark", "GET", "/benchmarks/" + unknownID, "public", "", 404},
	{"ApproveBenchmark", "POST", "/benchmarks/" + unknownID + ":approve", "admin", "", 404},
	{"ListSites", "GET", "/sites", "public", "", 200},
	{"CreateSite", "POST", "/sites", "user", `{"name":"rights","address":"a"}`, 201},
	{"GetSite", "GET", "/sites/" + unknownID, "public", "", 404},
	{"ApproveSite", "POST", "/sites/" + unknownID + ":approve", "admin", "", 404},
	{"ListFlavors", "GET", "/sites/" + unknownID + "/flavors", "public", "", 404},
	{"AddFlavor", "POST", "/sites/" + unknownID + "/flavors", "user", `{"name":"rights"}`, 404},
	{"GetFlavor", "GET", "/flavors/" + unknownID, "public", "", 404},
	{"ApproveFlavor", "POST", "/flavors/" + unknownID + ":approve", "admin", "", 404},
	{"GetFlavorSite", "GET", "/flavors/" + unknownID + "/site", "public", "", 404},
	{"ListTags", "GET", "/tags", "public", "", 200},
	{"CreateTag", "POST", "/tags", "user", `{"name":"rights"}`, 201},
	{"GetTag", "GET", "/tags/" + unknownID, "public", "", 404},
	{"ListResults", "GET", "/results", "public", "", 200},
	{"CreateResult", "POST", "/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id=" + unknownID + "&flavor_id=" + unknownID, "user", "{}", 404},
	{"GetResult", "GET", "/results/" + unknownID, "public", "", 404},
	{"ListSubmits", "GET", "/reports/submits", "admin", "", 200},
	{"GetSelf", "GET", "/users/self", "token", "", 200},
	{"TryAdmin", "GET", "/users/self:try_admin", "admin", "", 204},
	{"RegisterSelf", "POST", "/users:register", "token", "", 409},
}

// TestRights asks for every operation as everybody.
func TestRights(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		badTokens := map[string]string{
			"rubbish":         "Bearer rubbish",
			"empty":           "Bearer ",
			"tampered":        "Bearer " + tampered(s.token("alice")),
			"unsigned":        "Bearer " + unsigned(s.token("admin")),
			"other issuer":    "Bearer " + withIssuer(s.token("admin"), "https://evil.example.org"),
			"long":            "Bearer " + strings.Repeat("a", 20_000),
			"odd characters":  "Bearer a b\"c",
			"three dots only": "Bearer ..",
		}
		for _, op := range operations {
			ask := func(as string) answer {
				return s.do(call{method: op.method, path: op.path, as: as, body: op.body})
			}
			expect := func(who string, a answer, want int, challenge string) {
				t.Helper()
				if a.status != want {
					t.Errorf("%s as %s: %s\nwant %d", op.id, who, a, want)
				}
				if got := a.header.Get("WWW-Authenticate"); got != challenge {
					t.Errorf("%s as %s: WWW-Authenticate %q, want %q", op.id, who, got, challenge)
				}
				if text := a.object2("errors", "error"); (want == 401 || want == 403) && text == "" {
					t.Errorf("%s as %s: no text: %s", op.id, who, a)
				}
			}
			public := op.right == "public"
			if public {
				expect("nobody", ask(""), op.status, "")
			} else {
				expect("nobody", ask(""), 401, "Bearer")
				expect("another scheme", ask("raw:Basic YWxpY2U6YQ=="), 401, "Bearer")
			}
			for name, header := range badTokens {
				if public {
					expect(name, ask("raw:"+header), op.status, "")
					continue
				}
				expect(name, ask("raw:"+header), 401, `Bearer error="invalid_token"`)
			}
			newcomer, alice := op.status, op.status
			switch op.right {
			case "user":
				newcomer = 403
			case "admin":
				newcomer, alice = 403, 403
			}
			switch op.id {
			case "GetSelf":
				newcomer = 404
			case "RegisterSelf":
				continue // tried by TestRegistration: it would make the newcomer a user
			}
			expect("newcomer", ask("newcomer"), newcomer, "")
			expect("alice", ask("alice"), alice, "")
			if op.status == 201 {
				expect("admin, after alice", ask("admin"), 409, "")
				continue
			}
			expect("admin", ask("admin"), op.status, "")
			expect("admin, scheme in lower case", ask("raw:bearer "+s.token("admin")), op.status, "")
		}
	})
}

// object2 is a text two levels down, "" if there is none.
func (a answer) object2(outer, inner string) string {
	if a.body == "" {
		return ""
	}
	in, _ := parse(a.body)[outer].(map[string]any)
	text, _ := in[inner].(string)
	return text
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

func withIssuer(token, issuer string) string {
	parts := strings.Split(token, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + issuer + `","sub":"admin","exp":9999999999}`))
	return strings.Join(parts, ".")
}

func TestRegistration(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		s.do(call{method: "GET", path: "/users/self", as: "newcomer"}).want(t, 404)
		registered := s.do(call{method: "POST", path: "/users:register", as: "newcomer", body: "not JSON: it is ignored"}).want(t, 201).object(t)
		if registered["sub"] != "newcomer" || registered["iss"] != s.base+"/dev/oidc" || registered["email"] != "newcomer@example.org" || len(registered) != 4 {
			t.Errorf("registered as %v", registered)
		}
		again := s.post("newcomer", "/users:register", "").want(t, 409)
		if !sameJSON(t, again.body, `{"code":409,"status":"Conflict","errors":{"error":"User already submitted/exists"}}`) {
			t.Error(again)
		}
		self := s.do(call{method: "GET", path: "/users/self", as: "newcomer"}).want(t, 200).object(t)
		if self["registration_datetime"] != registered["registration_datetime"] {
			t.Errorf("registered %v, got %v", registered, self)
		}
		s.do(call{method: "GET", path: "/users/self:try_admin", as: "newcomer"}).want(t, 403)
		if !strings.Contains(s.logs.tail(1<<20), "Thank you for registering") {
			t.Error("no mail in the log")
		}
		if strings.Contains(s.logs.tail(1<<20), s.token("newcomer")) {
			t.Error("the token is in the log")
		}
	})
}

// TestOpaqueTokens: the real provider's opaque tokens work as its JWTs do.
func TestOpaqueTokens(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		s.do(call{method: http.MethodGet, path: "/users/self:try_admin", as: "admin-opaque"}).want(t, 204)
		s.do(call{method: http.MethodGet, path: "/users/self:try_admin", as: "alice-opaque"}).want(t, 403)
	})
}
