// Package maintenance holds the operator's jobs: backups and their restoration, checks
// and repairs, the removal and restoration of results, the outbox, and what is stored
// of people. The service goes on meanwhile.
//
// Every job takes its caller, and asks the table of rights first. The package knows
// databases, files and the form of backups as ports only: the rows of tables pass
// through it as JSON objects. The use cases of the API are in package service.
package maintenance

// Progress observes a long job.
type Progress interface {
	// Advance says that so many of all rows, or results, are done. It must not block.
	Advance(done, total int64)
}
