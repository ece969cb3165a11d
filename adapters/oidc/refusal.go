package oidc

import (
	"errors"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// Cause names in one word why a token was not accepted. Metrics and the log show it.
type Cause string

// The causes. None is the cause of an accepted token.
const (
	None Cause = ""
	// TooLong is a token above Config.MaxToken.
	TooLong Cause = "too_long"
	// Malformed is a token that is not of the form that it should have.
	Malformed Cause = "malformed"
	// UnknownIssuer is a JWT of an issuer that is not trusted.
	UnknownIssuer Cause = "unknown_issuer"
	// Expired is a token whose time is over.
	Expired Cause = "expired"
	// NoExpiry is a JWT that does not expire.
	NoExpiry Cause = "no_expiry"
	// NotYetValid is a token whose time has not begun.
	NotYetValid Cause = "not_yet_valid"
	// WrongAudience is a token for none of the wanted audiences.
	WrongAudience Cause = "wrong_audience"
	// UnknownAlgorithm is a JWT signed in a way that is not accepted.
	UnknownAlgorithm Cause = "unknown_algorithm"
	// BadSignature is a JWT that none of the provider's keys signed.
	BadSignature Cause = "bad_signature"
	// Rejected is a token that the provider does not accept.
	Rejected Cause = "rejected"
	// BadSubject is a subject that is missing or cannot be stored.
	BadSubject Cause = "bad_subject"
	// OtherSubject is an answer of the provider about another person than the token's.
	OtherSubject Cause = "other_subject"
	// OtherIssuer is an answer of the provider in another issuer's name.
	OtherIssuer Cause = "other_issuer"
	// BadAnswer is an answer of the provider that cannot be read.
	BadAnswer Cause = "bad_answer"
	// OverBudget is a token about which no provider is asked: too many unknown ones came.
	OverBudget Cause = "over_budget"
	// Unavailable is a provider that cannot be reached, or answers too late.
	Unavailable Cause = "unavailable"
)

// reason is the cause of a refusal and, for the log, what was wrong in detail.
type reason struct {
	cause  Cause
	detail error
}

// Error implements error.
func (r *reason) Error() string {
	if r.detail == nil {
		return string(r.cause)
	}
	return string(r.cause) + ": " + r.detail.Error()
}

// Unwrap returns the detail, nil if there is none.
func (r *reason) Unwrap() error { return r.detail }

// refuse makes the answer to a token that is not accepted. The caller reads the
// message, only the log has the detail. Neither may quote the token.
func refuse(cause Cause, message string, detail error) error {
	return domain.BadToken(message, &reason{cause, detail})
}

// unavailable makes the answer when a provider cannot be reached. A provider that says when
// it can be asked again is believed.
func unavailable(detail error) error {
	wait := retryAfter
	if busy, ok := errors.AsType[*busyError](detail); ok && busy.wait > 0 {
		wait = busy.wait
	}
	return domain.UnavailableFor(wait, "The identity provider cannot be reached at the moment", detail)
}

// tooLate makes the answer when the caller waited for a provider for too long.
func tooLate(cause error) error {
	return domain.UnavailableFor(retryAfter, "The identity provider did not answer in time", cause)
}

// overBudget makes the answer to a token about which providers may be asked only later.
func overBudget(wait time.Duration) error {
	return domain.LimitedFor(wait, "Too many access tokens that are not known yet were sent: try again later", &reason{cause: OverBudget})
}

// detailOf returns for the log what was wrong, empty if the cause says all.
func detailOf(err error) string {
	if r, ok := errors.AsType[*reason](err); ok && r.detail != nil {
		return r.detail.Error()
	}
	return ""
}

// causeOf returns the cause of the first refusal in the error's chain.
func causeOf(err error) Cause {
	if err == nil {
		return None
	}
	if r, ok := errors.AsType[*reason](err); ok {
		return r.cause
	}
	return Unavailable
}
