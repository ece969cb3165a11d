package autogen

import (
	"github.com/eosc-perf/backend/adapters/migrations"
)

// File is a revision that the changes need, with its texts by dialect.
type File struct {
	Draft migrations.Draft
	Texts map[string]string
}

// Files returns the revisions that the changes, by dialect, need, one after the other;
// none if nothing differs. The first draft gives the first revision its id and its
// parents, and all revisions their message.
func Files(first migrations.Draft, changes map[string]Changes) ([]File, error) {
	var files []File
	draft := first
	for i, revision := range Revisions(changes[postgresName], changes[sqliteName]) {
		if i > 0 {
			next, err := migrations.NewDraft("", first.Message, draft.ID)
			if err != nil {
				return nil, err
			}
			draft = next
		}
		if purpose := revision.Postgres.Purpose; purpose != "" {
			draft.Message = first.Message + ": " + purpose
		}
		files = append(files, File{Draft: draft, Texts: map[string]string{
			postgresName: text(draft, revision.Postgres, changes, postgresName),
			sqliteName:   text(draft, revision.SQLite, changes, sqliteName),
		}})
	}
	return files, nil
}

// text is the file of a step for a dialect. The headers are the same for all dialects.
// The file of the main step names the data that goes when the revision is undone, and
// the warnings.
func text(draft migrations.Draft, step Step, changes map[string]Changes, dialect string) string {
	down := step.Down
	if down == nil {
		down = []string{} // nothing to undo, which is not the same as impossible to undo
	}
	r := draft.Revision(step.Up, down)
	r.Transactional, r.Compatible = step.Transactional, true
	for _, c := range changes {
		r.Compatible = r.Compatible && (c.Compatible || len(c.Differences) == 0)
	}
	var comment []string
	if step.Purpose == "" {
		r.Drops = changes[postgresName].Adds
		for _, warning := range changes[dialect].Warnings {
			comment = append(comment, "Warning: "+warning+".")
		}
	}
	if len(step.Up)+len(step.Down) == 0 {
		comment = []string{"Nothing to do in this kind of database."}
	}
	return migrations.Format(r, comment...)
}
