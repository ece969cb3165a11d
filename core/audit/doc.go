// Package audit has the rules of the audit trail: what an event says about a change, how
// entries are chained, how the trail is verified, and how its heads are signed.
//
// The package is pure: it knows no database and no clock. It imports core/domain and
// core/document. Packages service and maintenance use it.
package audit
