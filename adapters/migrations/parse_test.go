package migrations

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const header = `-- revision: 0123456789ab
-- parent: 7fc773c5907d
-- message: a new: column
-- created: 2026-11-23T12:00:00+01:00
`

func TestParse(t *testing.T) {
	noon := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	plain := Revision{ID: "0123456789ab", Parents: []string{"7fc773c5907d"}, Message: "a new: column", Created: noon, Transactional: true}
	for name, c := range map[string]struct {
		text string
		want func(r *Revision)
	}{
		"up and down": {header + "\n-- +up\nCREATE A;\nCREATE B;\n\n-- +down\nDROP B;\nDROP A;\n",
			func(r *Revision) { r.Up, r.Down = []string{"CREATE A;\nCREATE B;"}, []string{"DROP B;\nDROP A;"} }},
		"statements one by one": {header + "-- transaction: none\n-- +up\nA;\n-- +statement\nB;\n-- +down\nC;\n-- +statement\n\nD;\n",
			func(r *Revision) { r.Transactional, r.Up, r.Down = false, []string{"A;", "B;"}, []string{"C;", "D;"} }},
		"no way down": {header + "-- +up\nA;\n",
			func(r *Revision) { r.Up = []string{"A;"} }},
		"nothing to do": {header + "-- +up\n\n-- +statement\n-- +down\n",
			func(r *Revision) { r.Down = []string{} }},
		"comments are part of the script": {header + "-- +up\n-- parent: is only a comment here\nA;\n",
			func(r *Revision) { r.Up = []string{"-- parent: is only a comment here\nA;"} }},
		"a mark of the byte order": {"\ufeff" + header + "-- +up\nA;\n",
			func(r *Revision) { r.Up = []string{"A;"} }},
		"functions with blocks": {header + "-- +up\nBEGIN\n  x;\nEND;\n",
			func(r *Revision) { r.Up = []string{"BEGIN\n  x;\nEND;"} }},
		"line ends of Windows": {strings.ReplaceAll(header+"-- +up\nA;\n-- +down\nB;\n", "\n", "\r\n"),
			func(r *Revision) { r.Up, r.Down = []string{"A;"}, []string{"B;"} }},
		"a compatible one": {header + "-- compatible: yes\n-- +up\n",
			func(r *Revision) { r.Compatible = true }},
		"one that is not": {header + "-- compatible: no\n-- +up\n",
			func(*Revision) {}},
		"what its undoing drops": {header + "-- drops: a, b.c_d\n-- +up\n",
			func(r *Revision) { r.Drops = []string{"a", "b.c_d"} }},
		"first revision": {strings.Replace(header, " 7fc773c5907d", "", 1) + "-- +up\nA;",
			func(r *Revision) { r.Parents, r.Up = nil, []string{"A;"} }},
		"merge of two branches": {strings.Replace(header, "7fc773c5907d", "7fc773c5907d, 112055db4eff", 1) + "-- +up\n",
			func(r *Revision) { r.Parents = []string{"7fc773c5907d", "112055db4eff"} }},
	} {
		t.Run(name, func(t *testing.T) {
			want := plain
			c.want(&want)
			got, err := parse(c.text)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("parsed %q\n got %+v (%v)\nwant %+v", c.text, got, err, want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	without := func(key string) string {
		var kept []string
		for _, line := range strings.SplitAfter(header, "\n") {
			if !strings.HasPrefix(line, "-- "+key+":") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing at all":         {"", `header "revision" is missing`},
		"no revision":            {without("revision") + "-- +up\n", `header "revision" is missing`},
		"no parent":              {without("parent") + "-- +up\n", `header "parent" is missing`},
		"no message":             {without("message") + "-- +up\n", `header "message" is missing`},
		"an empty message":       {without("message") + "-- message:\n-- +up\n", `header "message" is missing`},
		"no date":                {without("created") + "-- +up\n", `header "created" is missing`},
		"a header twice":         {header + "-- parent: 112055db4eff\n-- +up\n", `header "parent" is given twice`},
		"an unknown header":      {header + "-- author: me\n-- +up\n", `unknown header "author"`},
		"SQL before the parts":   {header + "DROP TABLE x;\n-- +up\n", `"DROP TABLE x;" is not of the form`},
		"another transaction":    {header + "-- transaction: some\n-- +up\n", `"transaction" is "some", can only be "none"`},
		"another word for yes":   {header + "-- compatible: true\n-- +up\n", `"compatible" is "true", can only be "yes" or "no"`},
		"an odd name to derive":  {header + "-- derives: a.\n-- +up\n", `"derives" names "a."`},
		"an odd name of a table": {header + "-- drops: a; DROP TABLE b\n-- +up\n", `"drops" names "a; DROP TABLE b"`},
		"an odd date":            {without("created") + "-- created: yesterday\n-- +up\n", `header "created"`},
		"an odd id": {strings.Replace(header, "0123456789ab", "0123456789AB", 1) + "-- +up\n",
			`revision "0123456789AB" is not 12`},
		"an odd parent": {strings.Replace(header, "7fc773c5907d", "7fc773c5907d 112055db4eff", 1) + "-- +up\n",
			`parent "7fc773c5907d 112055db4eff" is not 12`},
		"a parent twice": {strings.Replace(header, "7fc773c5907d", "7fc773c5907d,7fc773c5907d", 1) + "-- +up\n",
			"parent 7fc773c5907d is given twice"},
		"no up part":               {header, `must be followed by the line "-- +up"`},
		"down before up":           {header + "-- +down\n-- +up\n", `must be followed by the line "-- +up"`},
		"the end of a transaction": {header + "-- +up\nA;\ncommit ;\n", `"commit ;" would end the transaction`},
		"two up parts":             {header + "-- +up\n-- +up\n", `unexpected line "-- +up"`},
		"two down parts":           {header + "-- +up\n-- +down\n-- +down\n", `unexpected line "-- +down"`},
		"a marker that nobody has": {header + "-- +up\n-- +part\n", `unexpected line "-- +part"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("parsed %q\n got %+v and error %v\nwant an error with %q", c.text, got, err, c.want)
			}
		})
	}
}

// What is accepted is sound, and nothing of the scripts is lost or invented.
func FuzzParse(f *testing.F) {
	f.Add(header + "-- +up\nA;\n-- +statement\nB;\n-- +down\nC;\n")
	f.Add(header + "-- transaction: none\r\n-- +up\r\n")
	f.Add("-- +up")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parse(text)
		if err != nil {
			return
		}
		if !revisionID.MatchString(r.ID) || r.Message == "" || strings.Contains(r.Message, "\n") || r.Created.Location() != time.UTC {
			t.Errorf("parsed %q into the unsound %+v", text, r)
		}
		for _, script := range append(r.Up, r.Down...) {
			if script == "" || !strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), script) {
				t.Errorf("parsed %q into the script %q", text, script)
			}
		}
	})
}
