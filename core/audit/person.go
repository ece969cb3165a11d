package audit

import (
	"fmt"

	"github.com/eosc-perf/backend/core/domain"
)

// Deed is what somebody else does about a person. Its event names the person in its changes.
type Deed int

// The deeds.
const (
	Blocked Deed = iota
	Unblocked
	Exported
)

// About returns the changes of an event about a person. AllAbout finds them when the person is
// removed: an event that names a person in another way would outlive the removal.
func About(deed Deed, id domain.UserID) string {
	switch deed {
	case Blocked:
		return Changed(nil, blocked(id))
	case Unblocked:
		return Changed(blocked(id), nil)
	case Exported:
		return Changed(nil, Fields{"exported": true, "sub": id.Subject, "iss": id.Issuer})
	}
	panic(fmt.Sprintf("audit: no deed %d", deed))
}

func blocked(id domain.UserID) Fields {
	return Fields{"blocked": true, "sub": id.Subject, "iss": id.Issuer}
}

// AllAbout returns the changes of all events that About makes for a person.
func AllAbout(id domain.UserID) []string {
	return []string{About(Blocked, id), About(Unblocked, id), About(Exported, id)}
}
