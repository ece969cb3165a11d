// Package conformance is what every implementation of ports.Storage must pass:
// the behaviour of storage is defined here, once. A backend's own test calls Run.
//
// It imports the core and the ports; only tests import it.
package conformance
