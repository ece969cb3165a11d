package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

const unknownID = "77e88a60-5d33-43d3-b802-27273278489e"

// operations are all operations: a request that succeeds on a ground whose ids
// stand for the words in braces, the right that it needs, and its status.
var operations = []struct {
	id, method, path, right, body string
	status                        int
}{
	{"ListBenchmarks", "GET", "/benchmarks", "public", "", 200},
	{"CreateBenchmark", "POST", "/benchmarks", "user", `{"docker_image":"{new}","docker_tag":"1","url":"u","json_schema":{}}`, 201},
	{"SearchBenchmarks", "GET", "/benchmarks:search", "public", "", 200},
	{"GetBenchmark", "GET", "/benchmarks/{benchmark_id}", "public", "", 200},
	{"UpdateBenchmark", "PUT", "/benchmarks/{benchmark_id}", "admin", `{"docker_image":"{new}","docker_tag":"1","url":"u","json_schema":{}}`, 204},
	{"DeleteBenchmark", "DELETE", "/benchmarks/{benchmark_id}", "admin", "", 204},
	{"ApproveBenchmark", "POST", "/benchmarks/{review:benchmark_id}:approve", "admin", "", 204},
	{"RejectBenchmark", "POST", "/benchmarks/{review:benchmark_id}:reject", "admin", "", 204},
	{"ListSites", "GET", "/sites", "public", "", 200},
	{"CreateSite", "POST", "/sites", "user", `{"name":"{new}","address":"a"}`, 201},
	{"SearchSites", "GET", "/sites:search", "public", "", 200},
	{"GetSite", "GET", "/sites/{site_id}", "public", "", 200},
	{"UpdateSite", "PUT", "/sites/{site_id}", "admin", `{"name":"{new}","address":"b"}`, 204},
	{"DeleteSite", "DELETE", "/sites/{site_id}", "admin", "", 204},
	{"ApproveSite", "POST", "/sites/{review:site_id}:approve", "admin", "", 204},
	{"RejectSite", "POST", "/sites/{review:site_id}:reject", "admin", "", 204},
	{"ListFlavors", "GET", "/sites/{site_id}/flavors", "public", "", 200},
	{"AddFlavor", "POST", "/sites/{site_id}/flavors", "user", `{"name":"{new}"}`, 201},
	{"SearchFlavor", "GET", "/sites/{site_id}/flavors:search", "public", "", 200},
	{"GetFlavor", "GET", "/flavors/{flavor_id}", "public", "", 200},
	{"UpdateFlavor", "PUT", "/flavors/{flavor_id}", "admin", `{"name":"{new}"}`, 204},
	{"DeleteFlavor", "DELETE", "/flavors/{flavor_id}", "admin", "", 204},
	{"ApproveFlavor", "POST", "/flavors/{review:flavor_id}:approve", "admin", "", 204},
	{"RejectFlavor", "POST", "/flavors/{review:flavor_id}:reject", "admin", "", 204},
	{"GetFlavorSite", "GET", "/flavors/{flavor_id}/site", "public", "", 200},
	{"ListTags", "GET", "/tags", "public", "", 200},
	{"CreateTag", "POST", "/tags", "user", `{"name":"{new}"}`, 201},
	{"SearchTag", "GET", "/tags:search", "public", "", 200},
	{"GetTag", "GET", "/tags/{tag_id}", "public", "", 200},
	{"UpdateTag", "PUT", "/tags/{tag_id}", "admin", `{"name":"{new}"}`, 204},
	{"DeleteTag", "DELETE", "/tags/{tag_id}", "admin", "", 204},
	{"ListResults", "GET", "/results", "public", "", 200},
	{"CreateResult", "POST", "/results?execution_datetime=2021-05-21T08:31:00Z&benchmark_id={benchmark_id}&flavor_id={flavor_id}", "user", "{}", 201},
	{"SearchResults", "GET", "/results:search", "public", "", 200},
	{"GetResult", "GET", "/results/{result_id}", "public", "", 200},
	{"DeleteResult", "DELETE", "/results/{result_id}", "admin", "", 204},
	{"ClaimReport", "POST", "/results/{result_id}:claim", "user", `{"message":"odd"}`, 201},
	{"UpdateResult", "PUT", "/results/{result_id}/tags", "owner", `{"tags_ids":["{tag_id}"]}`, 204},
	{"ListResultClaims", "GET", "/results/{result_id}/claims", "owner", "", 200},
	{"ResultUploader", "GET", "/results/{result_id}/uploader", "admin", "", 200},
	{"ListSubmits", "GET", "/reports/submits", "admin", "", 200},
	{"ListClaims", "GET", "/reports/claims", "admin", "", 200},
	{"GetClaim", "GET", "/reports/claims/{report_id}", "admin", "", 200},
	{"ApproveClaim", "POST", "/reports/claims/{report_id}:approve", "admin", "", 204},
	{"RejectClaim", "POST", "/reports/claims/{report_id}:reject", "admin", "", 204},
	{"ListUsers", "GET", "/users", "admin", "", 200},
	{"RegisterSelf", "POST", "/users:register", "token", "", 409},
	{"RemoveUsers", "POST", "/users:remove?sub=nobody", "admin", "", 204},
	{"SearchUsers", "GET", "/users:search", "admin", "", 200},
	{"GetSelf", "GET", "/users/self", "token", "", 200},
	{"UpdateSelf", "POST", "/users/self:update", "user", "", 204},
	{"TryAdmin", "GET", "/users/self:try_admin", "admin", "", 204},
	{"ListUserResults", "GET", "/users/self/results", "user", "", 200},
	{"ListUserClaims", "GET", "/users/self/claims", "user", "", 200},
}

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
	case caller == "nobody" || caller == "bad token":
		return 401
	case has < ranks[right]:
		return 403
	default:
		return success
	}
}

// TestRights asks for every operation as everybody, and prints who got what.
func TestRights(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		got := map[string][]string{}
		round := 0
		ask := func(caller, as string) {
			for _, op := range operations {
				round++
				g := s.fullGround(fmt.Sprintf("rights-%d", round))
				want := wanted(op.right, caller, op.status)
				if as == "newcomer" && op.id == "GetSelf" || caller == "admin, removed" && op.id == "GetSelf" {
					want = 404
				}
				if (caller == "newcomer" || caller == "admin, removed") && op.id == "RegisterSelf" {
					got[op.id] = append(got[op.id], "-") // TestRegistration does it: they would be users
					continue
				}
				a := s.do(call{method: op.method, path: g.fill(op.path), as: as, body: g.fill(op.body)})
				got[op.id] = append(got[op.id], strconv.Itoa(a.status))
				if a.status != want {
					t.Errorf("%s as %s: %s\nwant %d", op.id, caller, a, want)
				}
				challenge := map[bool]string{true: "Bearer", false: ""}[want == 401]
				if caller == "bad token" && want == 401 {
					challenge = `Bearer error="invalid_token"`
				}
				if h := a.header.Get("WWW-Authenticate"); h != challenge {
					t.Errorf("%s as %s: WWW-Authenticate %q, want %q", op.id, caller, h, challenge)
				}
				if (want == 401 || want == 403) && a.object2("errors", "error") == "" {
					t.Errorf("%s as %s: no text: %s", op.id, caller, a)
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
		s.keepGround = s.fullGround("kept")
		s.post("admin", "/users:remove?sub=admin", "").want(t, 204)
		ask("admin, removed", "admin")

		var table strings.Builder
		fmt.Fprintf(&table, "%-18s %-7s %s\n", "operation", "right", strings.Join(callers, " | "))
		for _, op := range operations {
			fmt.Fprintf(&table, "%-18s %-7s %s\n", op.id, op.right, strings.Join(got[op.id], " | "))
		}
		t.Log("\n" + table.String())
	})
}

// TestBadTokens: no operation that needs a token takes these, and public ones
// do not look at them.
func TestBadTokens(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *testServer) {
		bad := map[string]string{
			"rubbish":         "Bearer rubbish",
			"empty":           "Bearer ",
			"tampered":        "Bearer " + tampered(s.token("alice")),
			"unsigned":        "Bearer " + unsigned(s.token("admin")),
			"other issuer":    "Bearer " + withIssuer(s.token("admin"), "https://evil.example.org"),
			"long":            "Bearer " + strings.Repeat("a", 20_000),
			"odd characters":  "Bearer a b\"c",
			"three dots only": "Bearer ..",
			"another scheme":  "Basic YWxpY2U6YQ==",
		}
		g := s.fullGround("bad-tokens")
		for _, op := range operations {
			for name, header := range bad {
				want := wanted(op.right, "bad token", op.status)
				a := s.do(call{method: op.method, path: g.fill(op.path), as: "raw:" + header, body: g.fill(op.body)})
				if a.status != want {
					t.Errorf("%s with a token that is %s: %s\nwant %d", op.id, name, a, want)
				}
			}
		}
		s.do(call{method: "GET", path: "/users/self", as: "raw:bearer " + s.token("alice")}).want(t, 200)
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
		eventually(t, "a mail in the log", func() bool { return strings.Contains(s.logs.tail(1<<20), "Thank you for registering") })
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
