package domain

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Role is in what capacity somebody acts. Histories name the role, and never the person.
type Role string

// The roles.
const (
	UploaderRole      Role = "uploader"
	AdministratorRole Role = "administrator"
	ClaimantRole      Role = "claimant"
	OperatorRole      Role = "operator"
	SystemRole        Role = "system"
)

// Event is a change of a resource. Events are added together with the change. Afterwards they
// become entries of the audit trail.
type Event struct {
	// ID is of version 7, so that events of one instant are in the order in which they were
	// made.
	ID uuid.UUID
	At time.Time
	Role
	// Actor is the person who acted, nil for the operator and for the system.
	Actor *UserID
	// Action is the ID of the operation or job.
	Action string
	// Resource and ResourceID name what was changed.
	Resource   Resource
	ResourceID uuid.UUID
	// Reason is what the actor said, empty for nothing.
	Reason string
	// RequestID is the id of the request, empty for an event of no request.
	RequestID string
	// Address is the network address that the request came from, empty for no request.
	Address string
	// Changes is what changed, as a JSON Patch (RFC 6902) whose tests hold what was there
	// before: see package audit. It is empty if the action alone tells it.
	Changes string
}

// Submitted is the word of histories for an upload.
const Submitted = "submitted"

// actions are the words of histories for what operations do. Events of other operations
// are in no history.
var actions = map[string]string{
	CreateBenchmark.ID: Submitted, CreateSite.ID: Submitted, AddFlavor.ID: Submitted, CreateResult.ID: Submitted,
	ApproveBenchmark.ID: "approved", ApproveSite.ID: "approved", ApproveFlavor.ID: "approved",
	RejectBenchmark.ID: "rejected", RejectSite.ID: "rejected", RejectFlavor.ID: "rejected",
	UpdateBenchmark.ID: "changed", UpdateSite.ID: "changed", UpdateFlavor.ID: "changed", UpdateResult.ID: "changed",
	DeleteBenchmark.ID: "deleted", DeleteSite.ID: "deleted", DeleteFlavor.ID: "deleted", DeleteResult.ID: "deleted",
	ClaimReport.ID: "claimed", ApproveClaim.ID: "decided", RejectClaim.ID: "decided",
	WithdrawResult.ID: "withdrawn", RestoreResult.ID: "restored", CorrectResult.ID: "corrected",
	RestoreResults.ID: "restored", PurgeResults.ID: "purged", RemoveUsers.ID: "removed",
}

// Word returns the word of histories for the event, empty if histories do not show it.
func (e Event) Word() string { return actions[e.Action] }

// PublicActions returns the IDs of the operations and jobs that histories show, sorted.
func PublicActions() []string { return slices.Sorted(maps.Keys(actions)) }

// ReasonLength is the longest reason, in characters.
const ReasonLength = 500

// CheckReason returns an Invalid error for a reason that is too long.
func CheckReason(reason string) error {
	if n := utf8.RuneCountInString(reason); n > ReasonLength {
		return Invalidf("The reason is longer than maximum length %d characters: it has %d", ReasonLength, n)
	}
	return nil
}
