package pages_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/docs/doctest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// The shell blocks of the tutorial are run as one script against a fresh server.
func TestTutorialWorksAsItStands(t *testing.T) {
	harness.OnEachDatabase(t, func(t *testing.T, s *harness.Server) {
		doctest.Check(t, "../../docs/tutorials/first-results.md", func(script string) string {
			return strings.ReplaceAll(process.Shell(t, script, "PERF="+s.Base), s.Base, "http://127.0.0.1:5000")
		})
	})
}

// The shell blocks of the page are run as one script against a server with demo data.
func TestLifeOfAResultWorksAsItStands(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, database(t).With(harness.Settings{"DEMO": "true"}))
			doctest.Check(t, "../../docs/tutorials/the-life-of-a-result.md", func(script string) string {
				return process.Shell(t, script, "PERF="+s.Base)
			})
		})
	}
}

// The questions have the same answers on both databases.
func TestGuideToAskWorksAsItStands(t *testing.T) {
	for name, database := range harness.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, database(t).With(harness.Settings{"DEMO": "true"}))
			doctest.Check(t, "../../docs/how-to/ask.md", func(script string) string { return process.Shell(t, script, "PERF="+s.Base) })
		})
	}
}

// The command of the tutorial gives the numbers of the demo data.
func TestFindTheFastestWorksAsItStands(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"DEMO": "true"}))
	doctest.Check(t, "../../docs/tutorials/find-the-fastest.md", func(script string) string {
		return process.Shell(t, script, "PERF="+s.Base)
	})
}

// Each guide has a server of its own with demo data.
func TestGuidesForUsersWorkAsTheyStand(t *testing.T) {
	for _, page := range []string{"get-a-token", "upload-a-result", "add-a-benchmark", "compare", "export", "review"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"DEMO": "true"}))
			doctest.Check(t, "../../docs/how-to/"+page+".md", func(script string) string {
				printed := process.Shell(t, script, "PERF="+s.Base, "ISSUER="+s.Issuer())
				return strings.ReplaceAll(printed, s.Base, "http://127.0.0.1:5000")
			})
		})
	}
}
