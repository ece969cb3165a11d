package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// User is a registered person.
type User struct {
	Sub                  string   `json:"sub" doc:"Subject: who it is at the identity provider" example:"alice"`
	Iss                  string   `json:"iss" doc:"Issuer: the identity provider" example:"https://aai.egi.eu/oidc"`
	Email                string   `json:"email" doc:"Where mails go" example:"alice@example.org"`
	RegistrationDatetime DateTime `json:"registration_datetime" doc:"When the person registered, in UTC without an offset"`
	Blocked              bool     `json:"blocked,omitempty" doc:"True for people who may not write; only in lists of users, left out for all others"` //nolint:lll // A tag has one line.
}

// Users is a page of users.
type Users Page[User]

func toUser(u *domain.User) User {
	return User{Sub: u.Subject, Iss: u.Issuer, Email: u.Email, RegistrationDatetime: DateTime(u.RegisteredAt)}
}

// toListedUser converts a user for the lists of users, which alone tell who is blocked.
func toListedUser(u *domain.User) User {
	user := toUser(u)
	user.Blocked = u.Blocked
	return user
}

func toUsers(p domain.Page[*domain.User]) Users { return Users(toPage(p, toListedUser)) }

// AppendJSON implements representation.Appender.
func (v User) AppendJSON(b []byte, _ representation.Flush) []byte {
	b = representation.AppendText(b, `{"sub":`, v.Sub)
	b = representation.AppendText(b, `,"iss":`, v.Iss)
	b = representation.AppendText(b, `,"email":`, v.Email)
	b = appendTime(b, `,"registration_datetime":`, v.RegistrationDatetime)
	if v.Blocked {
		b = append(b, `,"blocked":true`...)
	}
	return append(b, '}')
}

// The parameters of users.
var (
	userOrder   = orderBy(ports.UserSort, "+iss,+sub")
	userTerms   = searchTerms("e-mail address", "example.org")
	userSubject = parameter.Text("sub", "The subject, exactly")
	userIssuer  = parameter.Text("iss", "The issuer, exactly")
	userEmail   = parameter.Text("email", "The e-mail address, exactly")
	userMatch   = parameter.Group{userSubject, userIssuer, userEmail}
)

// userMatch returns which users the query names.
func (r *request) userMatch() ports.UserMatch {
	return ports.UserMatch{
		Subject: userSubject.Optional(r.query), Issuer: userIssuer.Optional(r.query), Email: userEmail.Optional(r.query),
	}
}

// noEmail is the error of an identity without an e-mail address.
var noEmail = openapi.Says("no e-mail address", "No scope for email in oidc token")

type users struct{ service *service.Users }

func (h users) resource() resource {
	return resource{
		section:     "users",
		description: "Registered people: oneself, and, for administrators, everybody",
		schemas: map[string]string{
			"User":  "A registered person, known by subject and issuer",
			"Users": "A page of users",
		},
		operations: h.operations(),
	}
}

func (h users) operations() []openapi.Operation {
	return []openapi.Operation{
		{
			Operation:   domain.ListUsers,
			Method:      http.MethodGet,
			Path:        "/users",
			Summary:     "List users",
			Description: "Lists the registered users; `sub`, `iss` and `email` choose those of exactly that value.",
			Parameters:  parameter.Join(paging, userMatch, userOrder),
			Handler:     ok(h.list, toUsers),
		},
		{
			Operation: domain.RegisterSelf,
			Method:    http.MethodPost,
			Path:      "/users:register",
			Summary:   "Register the bearer of the token",
			Description: "Registers the bearer of the token, with the e-mail address that the identity provider tells. " +
				"A body is ignored. A mail confirms the registration. People whom the operators have blocked get 403. While an earlier " +
				"registration of the same person is being removed, the answer is 503.",
			Errors: openapi.Errors{
				Conflict: []openapi.Example{openapi.Says("registered", "User already submitted/exists")},
				Invalid:  []openapi.Example{noEmail},
			},
			Handler: created(h.registerSelf, toUser),
		},
		{
			Operation: domain.RemoveUsers,
			Method:    http.MethodPost,
			Path:      "/users:remove",
			Summary:   "Remove users with all that is theirs",
			Description: "Removes the users who match all keys that are given, with their results, claims and what they have on review. " +
				"Approved benchmarks, sites and flavors, and whatever other people's results stand on, stay. " +
				"An empty value matches only an empty value, and nobody at all is no error. This cannot be undone. " +
				"The users are not registered any more when the answer comes. If thousands match, the answer may be 503: then some of " +
				"them are not registered any more, and each repetition goes on. If they have many uploads, the server goes on removing " +
				"them after the answer, whose header `Removal-Progress` says how far it is; so does the answer to the same request later, " +
				"also with the same `Idempotency-Key`.",
			Parameters: userMatch,
			Errors:     openapi.Errors{Invalid: []openapi.Example{openapi.Says("nobody named", "Cancelled, undefined users")}},
			Handler:    register(http.StatusNoContent, h.remove),
		},
		{
			Operation:   domain.SearchUsers,
			Method:      http.MethodGet,
			Path:        "/users:search",
			Summary:     "Search users",
			Description: "Finds the users in whose e-mail address every term occurs.",
			Parameters:  parameter.Join(userTerms, userOrder, paging),
			Handler:     ok(h.search, toUsers),
		},
		{
			Operation:   domain.GetSelf,
			Method:      http.MethodGet,
			Path:        "/users/self",
			Summary:     "Get the bearer of the token",
			Description: "Shows the registered user to whom the token belongs.",
			Errors:      openapi.Errors{NotFound: []openapi.Example{openapi.Says("not registered", "User not registered")}},
			Handler:     ok(h.getSelf, toUser),
		},
		{
			Operation: domain.UpdateSelf,
			Method:    http.MethodPost,
			Path:      "/users/self:update",
			Summary:   "Take one's e-mail address from the identity provider",
			Description: "Takes the e-mail address anew from the identity provider, which must have verified it. " +
				"A mail confirms the change. A body is ignored.",
			Errors: openapi.Errors{Invalid: []openapi.Example{
				noEmail,
				openapi.Says("verification unknown", "No email_verified status in user"),
				openapi.Says("not verified", "Email unverified by OIDC provider"),
			}},
			Handler: noContent(h.updateSelf),
		},
		{
			Operation: domain.TryAdmin,
			Method:    http.MethodGet,
			Path:      "/users/self:try_admin",
			Summary:   "Tell whether the bearer is an administrator",
			Description: "Answers 204 to administrators and an error to everybody else: " +
				"a way for clients to learn what to offer.",
			Handler: noContent(h.tryAdmin),
		},
	}
}

func (h users) list(ctx context.Context, r *request) (domain.Page[*domain.User], error) {
	return h.service.List(ctx, r.caller, ports.UserQuery{ListOptions: r.listOptions(userOrder), UserMatch: r.userMatch()})
}

func (h users) search(ctx context.Context, r *request) (domain.Page[*domain.User], error) {
	return h.service.Search(ctx, r.caller, ports.UserQuery{ListOptions: r.listOptions(userOrder), Terms: userTerms.Of(r.query)})
}

// progressHeader is the header of removalAnswer.
const progressHeader = "Removal-Progress"

// removalAnswer is the answer to RemoveUsers, which has no body.
type removalAnswer struct {
	Progress string `header:"Removal-Progress" doc:"Only while uploads of the removed users are left: done=ROWS, total=ROWS"`
}

func (h users) remove(ctx context.Context, r *request, _ *none) (*removalAnswer, error) {
	if err := h.service.Remove(ctx, r.caller, r.userMatch()); err != nil {
		return nil, err
	}
	progress, err := h.progress(ctx, r)
	return &removalAnswer{progress}, err
}

// progress is how far the removal of the users who match is, "" if it has ended.
func (h users) progress(ctx context.Context, r *request) (string, error) {
	removals, err := h.service.Removals(ctx, r.caller, r.userMatch())
	if err != nil || len(removals) == 0 {
		return "", err
	}
	var total, left int64
	for _, removal := range removals {
		total, left = total+removal.Done+removal.Left(), left+removal.Left()
	}
	return fmt.Sprintf("done=%d, total=%d", total-left, total), nil
}

func (h users) registerSelf(ctx context.Context, r *request) (*domain.User, error) {
	return h.service.RegisterSelf(ctx, r.caller)
}

func (h users) getSelf(ctx context.Context, r *request) (*domain.User, error) {
	return h.service.GetSelf(ctx, r.caller)
}

func (h users) updateSelf(ctx context.Context, r *request) error {
	return h.service.UpdateSelf(ctx, r.caller)
}

func (h users) tryAdmin(ctx context.Context, r *request) error {
	return h.service.TryAdmin(ctx, r.caller)
}
