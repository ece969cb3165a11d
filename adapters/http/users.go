package http

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// User is a registered person.
type User struct {
	Sub                  string   `json:"sub" doc:"Subject: who it is at the identity provider" example:"alice"`
	Iss                  string   `json:"iss" doc:"Issuer: the identity provider" example:"https://aai.egi.eu/oidc"`
	Email                string   `json:"email" doc:"Where mails go" example:"alice@example.org"`
	RegistrationDatetime DateTime `json:"registration_datetime" doc:"When the person registered, in UTC without an offset"`
}

func toUser(u *domain.User) User {
	return User{Sub: u.Subject, Iss: u.Issuer, Email: u.Email, RegistrationDatetime: DateTime(u.RegisteredAt)}
}

func toUsers(p domain.Page[*domain.User]) Users { return Users(toPage(p, toUser)) }

func (q query) people() ports.UserMatch {
	return ports.UserMatch{Subject: q.text("sub"), Issuer: q.text("iss"), Email: q.text("email")}
}

func (h *handlers) listUsers(ctx context.Context, r *request, _ *none) (Users, error) {
	page, err := h.Users.List(ctx, r.caller, ports.UserQuery{ListOptions: r.query.list("iss", "sub"), UserMatch: r.query.people()})
	return answer(page, err, toUsers)
}

func (h *handlers) searchUsers(ctx context.Context, r *request, _ *none) (Users, error) {
	page, err := h.Users.Search(ctx, r.caller, ports.UserQuery{ListOptions: r.query.list("iss", "sub"), Terms: r.query.terms()})
	return answer(page, err, toUsers)
}

func (h *handlers) removeUsers(ctx context.Context, r *request, _ *none) error {
	return h.Users.Remove(ctx, r.caller, r.query.people())
}

func (h *handlers) registerSelf(ctx context.Context, r *request, _ *none) (User, error) {
	user, err := h.Users.RegisterSelf(ctx, r.caller)
	return answer(user, err, toUser)
}

func (h *handlers) getSelf(ctx context.Context, r *request, _ *none) (User, error) {
	user, err := h.Users.GetSelf(ctx, r.caller)
	return answer(user, err, toUser)
}

func (h *handlers) updateSelf(ctx context.Context, r *request, _ *none) error {
	return h.Users.UpdateSelf(ctx, r.caller)
}

func (h *handlers) tryAdmin(ctx context.Context, r *request, _ *none) error {
	return h.Users.TryAdmin(ctx, r.caller)
}
