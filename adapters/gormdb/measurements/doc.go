// Package measurements reads what results say about a metric.
//
// It imports the core, the ports, GORM, and the packages references, resultlist, session and
// tables.
package measurements
