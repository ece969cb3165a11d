package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// AuditActor is who acted: a registered person; a person who is not registered, by subject
// and issuer; the operator or the system, by the role alone.
//
//nolint:lll // a struct tag is one line
type AuditActor struct {
	Role                 string    `json:"role,omitempty" enum:"operator,system" doc:"The operator at the command line, or the server itself; left out for a person"`
	Sub                  string    `json:"sub,omitempty" doc:"Subject of the person" example:"alice"`
	Iss                  string    `json:"iss,omitempty" doc:"Issuer of the person" example:"https://aai.egi.eu/oidc"`
	Email                string    `json:"email,omitempty" doc:"E-mail address of the person, where registered" example:"alice@example.org"`
	RegistrationDatetime *DateTime `json:"registration_datetime,omitempty" doc:"When the person registered, where registered"`
}

// PatchOperation is an operation of a JSON Patch.
//
//nolint:lll // a struct tag is one line
type PatchOperation struct {
	Op    string `json:"op" enum:"test,add,replace,remove" doc:"test holds what was there before" example:"replace"`
	Path  string `json:"path" doc:"JSON Pointer to the field; empty for the whole resource" example:"/name"`
	Value any    `json:"value,omitempty" doc:"The value; of a value above 2,000 bytes its size and SHA-256"`
}

// AuditEvent is an entry of the audit trail.
//
//nolint:lll // a struct tag is one line
type AuditEvent struct {
	ID           int64            `json:"id" minimum:"1" doc:"Place in the trail" example:"812"`
	Time         DateTime         `json:"time" doc:"When it was done, in UTC without an offset"`
	Actor        AuditActor       `json:"actor"`
	Action       string           `json:"action" doc:"The operation or job" example:"ApproveSite"`
	ResourceType string           `json:"resource_type,omitempty" doc:"What kind of resource was changed" example:"site"`
	ResourceID   string           `json:"resource_id,omitempty" format:"uuid" doc:"The resource; left out where it has no id"`
	RequestID    string           `json:"request_id,omitempty" doc:"Id of the request, as in the log" example:"0d2f6c86-3c0e-4dbb-9b0e-6d4f1c5d3c0a"`
	Reason       string           `json:"reason,omitempty" doc:"Why, where a reason was given" example:"The image is signed"`
	Changes      []PatchOperation `json:"changes,omitempty" doc:"What changed, as a JSON Patch; left out after its person was removed"`
	Hash         string           `json:"hash" doc:"SHA-256 over the entry and the hash of the entry before it"`
}

// AuditEvents is a page of the audit trail.
type AuditEvents Page[AuditEvent]

func toAuditEvents(p domain.Page[ports.ListedEntry]) AuditEvents {
	return AuditEvents(toPage(p, toAuditEvent))
}

func toAuditEvent(e ports.ListedEntry) AuditEvent {
	event := AuditEvent{
		ID: e.Seq, Time: DateTime(e.At), Actor: toAuditActor(e), Action: e.Action, ResourceType: string(e.Resource),
		RequestID: e.RequestID, Reason: e.Reason, Hash: e.Hash,
	}
	if e.ResourceID != uuid.Nil {
		event.ResourceID = e.ResourceID.String()
	}
	if e.Changes != "" {
		// What is no patch was changed in the database: `admin audit verify` finds it.
		_ = json.Unmarshal([]byte(e.Changes), &event.Changes)
	}
	return event
}

func toAuditActor(e ports.ListedEntry) AuditActor {
	switch {
	case e.Person != nil:
		at := DateTime(e.Person.RegisteredAt)
		return AuditActor{Sub: e.Person.Subject, Iss: e.Person.Issuer, Email: e.Person.Email, RegistrationDatetime: &at}
	case e.Actor != nil:
		return AuditActor{Sub: e.Actor.Subject, Iss: e.Actor.Issuer}
	}
	return AuditActor{Role: string(e.Role)}
}

// The parameters of the audit trail.
var (
	auditOrder = orderBy(ports.AuditSort, "-id")

	auditSubject  = parameter.Text("actor_sub", "The subject of who acted, exactly")
	auditIssuer   = parameter.Text("actor_iss", "The issuer of who acted, exactly")
	auditAction   = parameter.Text("action", "The id of the operation or job, exactly, for example `ApproveSite`")
	auditType     = parameter.Text("resource_type", "The kind of the resource, exactly, for example `site`")
	auditResource = parameter.ID("resource_id", "The resource")
	auditSince    = parameter.DateTime("since", "At this time or later, with an offset or in UTC")
	auditBefore   = parameter.DateTime("before", "Before this time, with an offset or in UTC")
)

type auditTrail struct{ service *service.Audit }

func (h auditTrail) resource() resource {
	return resource{
		section:     "audit",
		description: "Who changed what, for administrators",
		schemas: map[string]string{
			"AuditActor":     "Who acted: a person, the operator or the system",
			"AuditEvent":     "An entry of the audit trail",
			"AuditEvents":    "A page of the audit trail",
			"PatchOperation": "An operation of a JSON Patch (RFC 6902)",
		},
		operations: []openapi.Operation{{
			Operation: domain.ListAuditEvents, Method: http.MethodGet, Path: "/audit", Summary: "List the audit trail",
			Description: "Lists who changed what, the newest first: every change that was committed before the request, and refused requests " +
				"of administration. The entries are chained by their hashes, which `admin audit verify` checks. " +
				"`admin audit export` also shows from which address each request came.",
			Parameters: parameter.Join(auditSubject, auditIssuer, auditAction, auditType, auditResource, auditSince, auditBefore,
				paging, auditOrder),
			Handler: ok(h.list, toAuditEvents),
		}},
	}
}

func (h auditTrail) list(ctx context.Context, r *request) (domain.Page[ports.ListedEntry], error) {
	return h.service.List(ctx, r.caller, ports.AuditQuery{
		ListOptions:  r.listOptions(auditOrder),
		ActorSubject: auditSubject.Optional(r.query), ActorIssuer: auditIssuer.Optional(r.query),
		Action: auditAction.Optional(r.query), ResourceType: auditType.Optional(r.query), ResourceID: auditResource.Optional(r.query),
		Since: auditSince.Optional(r.query).Instant(), Before: auditBefore.Optional(r.query).Instant(),
	})
}
