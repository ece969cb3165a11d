package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/adapters/migrations"
)

// workplace is a folder in which the program is called, and its settings.
type workplace struct {
	t *testing.T
	// answers is what a person types; nil is no person.
	answers *string
}

// newWorkplace has a new database of the dialect.
func newWorkplace(t *testing.T, dialect string) *workplace {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range []string{"APP_ENV", "FLASK_ENV", "DB_DRIVER", "DB_HOST", "DATA_DIR", "VISUAL", "EDITOR"} {
		t.Setenv(name, "")
	}
	if dialect == "sqlite" {
		t.Setenv("DB_DRIVER", "sqlite")
		return &workplace{t: t}
	}
	db := pgtest.New(t)
	for name, value := range map[string]string{
		"DB_HOST": db.Host, "DB_PORT": strconv.Itoa(db.Port), "DB_USER": db.User, "DB_PASSWORD": db.Password, "DB_NAME": db.Name,
		"DB_SSLMODE": "disable",
	} {
		t.Setenv(name, value)
	}
	return &workplace{t: t}
}

// run calls the program, and returns all that it prints, an error as main does.
func (w *workplace) run(args ...string) string {
	w.t.Helper()
	root, p := newCommand()
	p.interactive = func() bool { return w.answers != nil }
	var out strings.Builder
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(arguments(args))
	root.SilenceErrors, root.SilenceUsage = true, true
	if w.answers != nil {
		root.SetIn(strings.NewReader(*w.answers))
	}
	if err := root.ExecuteContext(w.t.Context()); err != nil {
		out.WriteString("migrate: " + err.Error() + "\n")
	}
	return out.String()
}

// prints checks the whole output.
func (w *workplace) prints(want string, args ...string) {
	w.t.Helper()
	want = strings.TrimPrefix(want, "\n")
	if got := w.run(args...); got != want {
		w.t.Errorf("migrate %s printed\n%s\nwant\n%s", strings.Join(args, " "), got, want)
	}
}

// says checks a part of the output.
func (w *workplace) says(want string, args ...string) string {
	w.t.Helper()
	got := w.run(args...)
	if !strings.Contains(got, want) {
		w.t.Errorf("migrate %s printed\n%s\nwant it to contain\n%s", strings.Join(args, " "), got, want)
	}
	return got
}

// refuses checks that the program fails, and says so.
func (w *workplace) refuses(want string, args ...string) {
	w.t.Helper()
	if got := w.says(want, args...); !strings.Contains(got, "migrate: ") {
		w.t.Errorf("migrate %s did not fail, and printed\n%s", strings.Join(args, " "), got)
	}
}

func eachDialect(t *testing.T, test func(w *workplace)) {
	for _, dialect := range []string{"postgres", "sqlite"} {
		t.Run(dialect, func(t *testing.T) { test(newWorkplace(t, dialect)) })
	}
}

const (
	aID = "aaaaaaaaaaaa"
	bID = "bbbbbbbbbbbb"
	cID = "cccccccccccc"
)

// known are the revisions of the program, and how it tells of them.
var (
	known = func() []migrations.Revision {
		all, err := migrations.Load("postgres")
		if err != nil {
			panic(err)
		}
		return all
	}()
	ids  = migrations.IDs(known)
	head = ids[len(ids)-1]
	// nextPlace is that of the next revision.
	nextPlace    = len(known) + 1
	standsAtHead = "The database is at " + head + " (head).\n"
)

func pending(ids []string) string {
	return "Pending: " + strings.Join(ids, ", ") + "; `migrate upgrade` applies them.\n"
}

// lines is what is printed when the revisions run, or are undone.
func lines(verb string, revisions []migrations.Revision) string {
	var b strings.Builder
	for _, r := range revisions {
		from, to := append(r.Parents, "<base>")[0], r.ID
		if verb == "Downgrade" {
			from, to = to, from
		}
		fmt.Fprintf(&b, "%s %s -> %s, %s\n", verb, from, to, r.Message)
	}
	return b.String()
}

func TestThereAndBackAsAPersonReadsIt(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		w.prints("The database is at nothing: no revision is applied. "+pending(ids), "current")
		w.prints(`
Upgrade <base> -> 7fc773c5907d, the tables of the earlier program
Upgrade 7fc773c5907d -> 112055db4eff, a benchmark has a URL `+
			`(a version of the earlier program from before it cannot write benchmarks any more)
The database is at 112055db4eff. `+pending(ids[2:]), "upgrade", "+2")
		w.prints(lines("Upgrade", known[2:])+standsAtHead, "upgrade")
		w.prints("Nothing to do.\n"+standsAtHead, "upgrade")
		w.says(standsAtHead+"\nRevision:    "+head+" (head)\nParent:      "+ids[len(ids)-2]+"\n", "current", "-v")
		w.run("downgrade", ids[2], "--yes")
		w.prints(`
Downgrade d01e49c03043 -> 112055db4eff, indexes for the lists of results
The database is at 112055db4eff. `+pending(ids[2:]), "downgrade", "-1")
		w.prints(standsAtHead, "stamp", "head")
		w.prints("The database is at 7fc773c5907d. "+pending(ids[1:]), "stamp", "7fc7")
		w.says("\"pending\": [\n    \"112055db4eff\",", "current", "--json")
	})
}

func TestHistoryAsAPersonReadsIt(t *testing.T) {
	w := newWorkplace(t, "sqlite")
	t.Setenv("DB_DRIVER", "") // no database is needed
	w.says(`
d01e49c03043 -> d2f20fffbd5d, an order of JSON values that no collation can change
112055db4eff -> d01e49c03043, indexes for the lists of results
7fc773c5907d -> 112055db4eff, a benchmark has a URL (a version of the earlier program from before it cannot write benchmarks any more)
<base> -> 7fc773c5907d, the tables of the earlier program
`, "history")
	last := known[len(known)-1]
	w.prints(head+" (head), "+last.Message+"\n", "heads")
	w.prints("None.\n", "branches")
	w.prints(`
Revision:    872f90cdf5c3
Parent:      d2f20fffbd5d
Message:     a result can be claimed more than once, and deleted besides
Created:     2026-11-23T20:11:29Z
Compatible:  yes: programs that do not know it go on
Undo drops:  result.removed, claim.result_id
Files:       in this program
`, "show", "872f")
	w.says("\n== postgres ==\n-- revision: 872f90cdf5c3\n", "show", "872f", "-v")
	w.says("\n== sqlite ==\n-- revision: 872f90cdf5c3\n", "show", "872f", "-v")
	w.says(`{
  "id": "b88af7f0de1a",
  "parents": [
    "872f90cdf5c3"
  ],
  "message": "indexes for claims, and the results of those that are there",
  "created": "2026-11-23T20:11:30Z",
  "head": false,
  "compatible": true,
`, "show", "b88a", "--json")
	w.says("    \"id\": \"7fc773c5907d\",\n    \"parents\": [],", "history", "--json")
}

func TestBranchesAreWrittenToldAndJoined(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		w.prints(fmt.Sprintf("Wrote migrations/versions/postgres/%04d_%s.sql\nWrote migrations/versions/sqlite/%04d_%s.sql\n", nextPlace, aID,
			nextPlace, aID),
			"revision", "-m", "one branch", "--rev-id", aID)
		w.run("revision", "-m", "another branch", "--rev-id", bID, "--head", head)
		w.says(" -> "+head+" (branchpoint), "+known[len(known)-1].Message+"\n    -> "+
			aID+" (head), one branch\n    -> "+bID+" (head), another branch\n", "branches")
		w.prints(aID+" (head), one branch\n"+bID+" (head), another branch\n", "heads")
		w.refuses("several heads ("+aID+", "+bID+"): write one that joins them with `migrate merge "+aID+" "+bID+" -m \"...\"`", "upgrade")
		w.refuses("several heads", "revision", "-m", "third")
		w.prints("The database is at nothing: no revision is applied. "+pending(append(slices.Clone(ids), aID, bID)), "current")
		w.refuses(head+" is no head", "merge", head, aID, "-m", "join")
		w.refuses("there is nothing to join", "merge", aID, "-m", "join")
		w.says(fmt.Sprintf("Wrote migrations/versions/sqlite/%04d_%s.sql", nextPlace+2, cID), "merge", "heads", "-m", "join", "--rev-id", cID)
		w.says(aID+", "+bID+" -> "+cID+" (head, mergepoint), join\n", "history")
		w.says("The database is at "+cID+" (head, mergepoint).\n", "upgrade")
		w.refuses("revision "+aID+" is there already", "revision", "-m", "again", "--rev-id", aID)
	})
}

// fill writes SQL into a revision that was written empty.
func fill(t *testing.T, id, up, down string) {
	t.Helper()
	for _, dialect := range []string{"postgres", "sqlite"} {
		files, _ := filepath.Glob(filepath.Join("migrations", "versions", dialect, "*_"+id+".sql"))
		if len(files) != 1 {
			t.Fatalf("%d files of revision %s", len(files), id)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		filled := strings.Replace(string(text), "\n-- +down\n", up+"\n-- +down\n"+down+"\n", 1)
		if err := os.WriteFile(files[0], []byte(filled), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDowngradesAskBeforeTheyDropData(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		w.run("revision", "-m", "a tag", "--rev-id", aID)
		fill(t, aID, "INSERT INTO tag (id, name) VALUES ('70000000-0000-4000-8000-000000000001', 'x');", "DELETE FROM tag;")
		w.run("upgrade")
		told := "This drops data:\n  " + aID + "  DELETE FROM tag;\n  7fc773c5907d  table tag (rows: 1)\n"
		w.prints(told+"migrate: nothing was changed: say --yes if this data may go; make a backup first\n", "downgrade", "base")
		no, yes := "n\n", "Y\n"
		w.answers = &no
		w.prints(told+"Go on? [y/N] migrate: nothing was changed\n", "downgrade", "base")
		w.says("The database is at "+aID+" (head).", "current")
		w.answers = &yes
		w.says(told+"Go on? [y/N] Downgrade "+aID+" -> "+head+", a tag\n", "downgrade", "base")
		w.says("no revision is applied", "current")
		w.answers = nil
		w.run("upgrade")
		w.says("The database is at nothing", "downgrade", "base", "--yes")
	})
}

func TestScriptsArePrintedAndNothingElse(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		w.says("INSERT INTO schema_revision (id, compatible) VALUES ('112055db4eff', false);\n", "upgrade", "--sql")
		w.says("no revision is applied", "current")
		w.run("upgrade")
		w.says("DELETE FROM schema_revision WHERE id = '"+head+"';", "downgrade", "--sql")
		w.says(standsAtHead, "current")
	})
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		w.refuses("`migrate history` lists those that are known", "upgrade", "0123")
		w.refuses("so it cannot go back to it; `migrate current` tells what it has", "downgrade", head)
		w.refuses("say in one line what the revision changes", "revision", "-m", " ")
		w.refuses("is not 12 hexadecimal digits", "revision", "-m", "x", "--rev-id", "x")
		w.refuses("is part of this program and cannot be edited", "edit", "head")
		w.refuses("name another with --directory", "upgrade", "--directory", "nowhere")
		if err := os.WriteFile("file", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		w.refuses("the folder of revisions cannot be read: open file: not a directory; name another with --directory", "upgrade", "--directory",
			"file")
		w.refuses("name another with --directory", "revision", "-m", "x", "--directory", "file/below")

		w.run("revision", "-m", "mine", "--rev-id", aID)
		w.refuses("which editor? Set EDITOR", "edit", aID)
		t.Setenv("EDITOR", "sh -c 'exit 3'")
		w.refuses("the editor sh: exit status", "edit", aID)
		t.Setenv("EDITOR", "sed -i s/--.revision:.*/nonsense/")
		w.refuses("after the edit: the revisions for postgres cannot be used: revision file "+migrations.FileName(nextPlace,
			aID)+": header line \"nonsense\"", "edit", aID)
		w.refuses("header line \"nonsense\" is not of the form", "upgrade")
		w.refuses("migrations/versions", "upgrade")
		w.says("no revision is applied", "current", "--directory", t.TempDir())

		if err := os.Rename(filepath.Join("migrations", "versions", "postgres", migrations.FileName(nextPlace, aID)),
			filepath.Join("migrations", "versions", "x.sql")); err != nil {
			t.Fatal(err)
		}
		w.refuses("x.sql in the folder migrations/versions is for no database: revisions are in its folders postgres and sqlite", "upgrade")
	})
}

func TestContradictionsWithTheProgramAreRefused(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		text := w.run("show", head, "-v")
		for _, dialect := range []string{"postgres", "sqlite"} {
			_, part, _ := strings.Cut(text, "== "+dialect+" ==\n")
			part, _, _ = strings.Cut(part, "\n== ")
			for folder, change := range map[string]string{"same": "", "other": "-- changed\n"} {
				if err := os.MkdirAll(filepath.Join(folder, dialect), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(folder, dialect, "x.sql"), []byte(part+change), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.says(standsAtHead, "upgrade", "--directory", "same")
		w.refuses("revision "+head+" (x.sql) contradicts another of the same id", "upgrade", "--directory", "other")
	})
}

func TestNoConnectionIsToldWithoutSecrets(t *testing.T) {
	w := newWorkplace(t, "postgres")
	t.Setenv("DB_PORT", "1")
	t.Setenv("DB_PASSWORD", "very-secret")
	for _, args := range [][]string{{"upgrade"}, {"current"}, {"downgrade"}, {"stamp", "head"}, {"check"}, {"wait", "--timeout", "100ms"}} {
		got := w.says("no connection to PostgreSQL at ", args...)
		if strings.Contains(got, "very-secret") {
			t.Errorf("the password is told: %s", got)
		}
	}
	t.Setenv("DB_HOST", "")
	w.refuses("DB_HOST: is required", "upgrade")
}

func TestWaitReturnsWhenTheDatabaseIsUpToDate(t *testing.T) {
	eachDialect(t, func(w *workplace) {
		t := w.t
		// Within the time a slow machine must have looked at the database once.
		w.refuses("migrate: not up to date after 3s: the database is not up to date, pending: 7fc773c5907d, ", "wait", "--timeout", "3s")
		waiting := make(chan string, 1)
		go func() { waiting <- w.run("wait", "--timeout", "1m") }()
		w.run("upgrade")
		if got := <-waiting; !strings.HasSuffix(got, standsAtHead) || strings.Contains(got, "migrate: ") {
			t.Errorf("wait printed %q", got)
		}
	})
}

// Everything that a person can call has an example that is right.
func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	root, _ := newCommand()
	example := regexp.MustCompile(`migrate (\w+)`)
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no description", c.CommandPath())
		}
		for _, found := range example.FindAllStringSubmatch(c.Example, -1) {
			if called, _, err := root.Find(found[1:]); err != nil || called == root {
				t.Errorf("%s has the example %q, which is no command", c.CommandPath(), found[0])
			}
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(root)
	if len(root.Commands()) < 14 {
		t.Errorf("only %d commands", len(root.Commands()))
	}
}
