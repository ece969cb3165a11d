// Package conformance is the test suite of ports.Storage. It defines the behaviour of
// storage once; the test of each implementation calls Run.
//
// It imports the core and the ports. Only tests import it.
package conformance
