package domain

import "slices"

// Caller is who asks for an operation: an anonymous caller (the zero value), a
// person, an administrator, or the operator at the command line.
type Caller struct {
	kind     callerKind
	identity Identity
	user     *User
	// blocked is true for a person who may only ask for what blockedMay lists.
	blocked bool
}

type callerKind int

const (
	anonymous callerKind = iota
	person
	administrator
	operator
)

// Person is the bearer of a valid token. The user is nil if the person is not registered.
func Person(identity Identity, user *User) Caller {
	return Caller{kind: person, identity: identity, user: user}
}

// BlockedPerson is the bearer of a valid token who may not write. The user is nil if the
// person is not registered. Entitlements of a blocked person do not count.
func BlockedPerson(identity Identity, user *User) Caller {
	return Caller{kind: person, identity: identity, user: user, blocked: true}
}

// Administrator is a registered person with an administrator's entitlement. Without
// a user the caller is a Person: only registered people are administrators.
func Administrator(identity Identity, user *User) Caller {
	if user == nil {
		return Person(identity, nil)
	}
	return Caller{kind: administrator, identity: identity, user: user}
}

// Operator is who runs a command on the server's machine. The operator may do what
// administrators may, and run the operator's jobs. The operator is not a person:
// operations that need a person's name, such as uploads, refuse the operator.
func Operator() Caller { return Caller{kind: operator} }

// Identity is what the identity provider says about the caller. It is zero for an
// anonymous caller and for the operator.
func (c Caller) Identity() Identity { return c.identity }

// User is the registered person who asks, or nil.
func (c Caller) User() *User { return c.user }

// May returns nil if the table of rights lets the caller ask for the operation. For
// an operation with the right Owner or OwnerOrAdmin MayOn decides, after the resource was
// found.
//
// Errors: ErrNoToken if the caller is anonymous and the operation needs a token,
// ErrBlocked if the caller is blocked and the operation is not in blockedMay, Forbidden if
// the caller lacks the right.
func (c Caller) May(operation Operation) error {
	if c.blocked && operation.Right != Public && !slices.Contains(blockedMay, operation) {
		return ErrBlocked
	}
	switch operation.Right {
	case Public:
		return nil
	case Token, Registered:
		return c.mayAsPerson(operation.Right)
	case Owner:
		return c.mayAsPerson(Registered)
	case OwnerOrAdmin:
		if c.kind == operator {
			return nil
		}
		return c.mayAsPerson(Registered)
	case Admin:
		return c.mayAsAdministrator()
	case OperatorOnly:
		if c.kind == operator {
			return nil
		}
		return errNotOperator
	default:
		return Forbiddenf("Nobody may ask for %s: it is not in the table of rights", operation.ID)
	}
}

func (c Caller) mayAsPerson(right Right) error {
	switch {
	case c.kind == anonymous:
		return ErrNoToken
	case c.kind == operator, right == Registered && c.user == nil:
		return ErrNotRegistered
	}
	return nil
}

func (c Caller) mayAsAdministrator() error {
	if c.kind == operator {
		return nil
	}
	if err := c.mayAsPerson(Registered); err != nil {
		return err
	}
	if c.kind != administrator {
		return ErrNotAdministrator
	}
	return nil
}

// MayOn returns nil if the caller may ask for the operation on a resource of the
// owner. Errors: the errors of May; Forbidden if the right is Owner or OwnerOrAdmin and the
// caller is not one of those.
func (c Caller) MayOn(operation Operation, owner UserID) error {
	if err := c.May(operation); err != nil {
		return err
	}
	switch {
	case operation.Right == Owner && c.user.UserID != owner:
		return errNotOwner
	case operation.Right == OwnerOrAdmin && c.kind == person && c.user.UserID != owner:
		return errNotOwnerOrAdmin
	}
	return nil
}

// RoleOn returns in what capacity the caller acts on a resource of the owner.
func (c Caller) RoleOn(owner UserID) Role {
	switch {
	case c.kind == operator:
		return OperatorRole
	case c.user != nil && c.user.UserID == owner:
		return UploaderRole
	}
	return AdministratorRole
}

// IsAdministrator is true for administrators and the operator.
func (c Caller) IsAdministrator() bool { return c.kind == administrator || c.kind == operator }

// Actor is the person who acts, for events; nil for the operator.
func (c Caller) Actor() *UserID {
	if c.user == nil {
		return nil
	}
	id := c.user.UserID
	return &id
}
