// Package metrics counts what happens, and tells it to Prometheus.
//
// Other adapters do not know it: they call functions of their own, which cmd
// leads here. No label is ever made of what a stranger sent.
package metrics
