package files_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/http/web/files"
)

func table() files.Table {
	return files.Table{
		Title:   "c-ray: time by flavor",
		Columns: []files.Column{{Name: "flavor"}, {Name: "cores"}, {Name: "median", Unit: "s"}},
		Rows:    [][]any{{"NCG svc2.xxl", 32, 28.083333333333332}, {"=HYPERLINK(1)", nil, 1e-12}, {`a "b", | c`, 1, math.NaN()}},
		Notes:   []string{"EOSC Perf, set 9c417e02."},
	}
}

func TestTablesAsFiles(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"csv": {string(table().CSV()), "flavor,cores,median [s]\r\nNCG svc2.xxl,32,28.083333333333332\r\n'=HYPERLINK(1),,1e-12\r\n" +
			"\"a \"\"b\"\", | c\",1,\r\n"},
		"ndjson": {
			string(table().NDJSON()), `{"flavor":"NCG svc2.xxl","cores":32,"median":28.083333333333332}` + "\n" +
				`{"flavor":"=HYPERLINK(1)","cores":null,"median":1e-12}` + "\n" + `{"flavor":"a \"b\", | c","cores":1,"median":null}` + "\n",
		},
		"markdown": {
			string(table().Markdown()), "# c-ray: time by flavor\n\n| flavor | cores | median, s |\n| --- | ---: | ---: |\n" +
				"| NCG svc2.xxl | 32 | 28.083333333333332 |\n| =HYPERLINK(1) |  | 1e-12 |\n| a \"b\", \\| c | 1 |  |\n\nEOSC Perf, set 9c417e02.\n",
		},
	} {
		if c.got != c.want {
			t.Errorf("%s is\n%s\nwant\n%s", name, c.got, c.want)
		}
	}
	var decoded struct {
		Title   string
		Columns []struct{ Name, Unit string }
		Rows    []map[string]any
		Notes   []string
	}
	if err := json.Unmarshal(table().JSON(), &decoded); err != nil || len(decoded.Rows) != 3 || decoded.Columns[2].Unit != "s" ||
		decoded.Rows[0]["median"] != 28.083333333333332 || len(decoded.Notes) != 1 {
		t.Errorf("%v: %+v", err, decoded)
	}
}

func TestTextsThatLookLikeFormulasAreNone(t *testing.T) {
	for _, text := range []string{"=1", "+1", "-1", "@x", "\tx", "\rx"} {
		one := files.Table{Columns: []files.Column{{Name: "a"}}, Rows: [][]any{{text}}}
		rows, err := csv.NewReader(bytes.NewReader(one.CSV())).ReadAll()
		if err != nil || !strings.HasPrefix(rows[1][0], "'") {
			t.Errorf("%q becomes %q: %v", text, rows, err)
		}
	}
	negative := files.Table{Columns: []files.Column{{Name: "a"}}, Rows: [][]any{{-1.5}}}
	if got := string(negative.CSV()); got != "a\r\n-1.5\r\n" {
		t.Errorf("a negative number becomes %q", got)
	}
}

func TestCSVHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		one := files.Table{Columns: []files.Column{{Name: "a"}, {Name: "b"}}, Rows: [][]any{{text, 1}}}
		rows, err := csv.NewReader(bytes.NewReader(one.CSV())).ReadAll()
		want := strings.ReplaceAll(text, "\r\n", "\n") // encoding/csv reads line ends so
		if err != nil || strings.TrimPrefix(rows[1][0], "'") != strings.TrimPrefix(want, "'") {
			t.Fatalf("%q becomes %q: %v", text, rows, err)
		}
		if !json.Valid(one.JSON()) || !json.Valid(bytes.TrimSpace(one.NDJSON())) || strings.Count(string(one.Markdown()), "\n") != 5 {
			t.Fatalf("%q: %s, %s", text, one.JSON(), one.Markdown())
		}
	})
}

func citation() files.Citation {
	return files.Citation{
		Title: "c-ray: time by flavor", About: "20 results of 5 sites", Set: "9c417e02", AsOf: time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC),
		Address: "https://perf.example.org/ui/compare?as_of=2026-11-27T10:00:00Z&set=9c417e02",
	}
}

func TestCitation(t *testing.T) {
	const text = "EOSC Perf (2026). c-ray: time by flavor, 20 results of 5 sites, set 9c417e02, as of 2026-11-27. " +
		"https://perf.example.org/ui/compare?as_of=2026-11-27T10:00:00Z&set=9c417e02"
	if got := citation().Text(); got != text {
		t.Errorf("the text is %q, want %q", got, text)
	}
	const entry = "@misc{eosc-perf-9c417e02,\n  title = {c-ray: time by flavor},\n  author = {{EOSC Perf}},\n" +
		"  year = {2026},\n  month = nov,\n  note = {20 results of 5 sites, set 9c417e02, as of 2026-11-27T10:00:00Z},\n" +
		"  url = {https://perf.example.org/ui/compare?as_of=2026-11-27T10:00:00Z&set=9c417e02},\n  urldate = {2026-11-27},\n}\n"
	if got := string(citation().BibTeX()); got != entry {
		t.Errorf("the entry is\n%s\nwant\n%s", got, entry)
	}
}

func TestBibTeXIsNotEndedByTitles(t *testing.T) {
	c := citation()
	c.Title = "a}\n\\b{ 5 % & #1 $x_y^z~"
	const want = `a\} \textbackslash{}b\{ 5 \% \& \#1 \$x\_y\textasciicircum{}z\textasciitilde{}`
	if got := string(c.BibTeX()); !strings.Contains(got, "title = {"+want+"},") {
		t.Errorf("the entry is %s", got)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"c-ray", "by flavor", "9c417e02"}, "eosc-perf-c-ray-by-flavor-9c417e02.csv"},
		{[]string{"../../x\r\n\"", "", "Ünï 日本"}, "eosc-perf-x-n.csv"},
		{[]string{strings.Repeat("long", 50)}, "eosc-perf-" + strings.Repeat("long", 15) + ".csv"},
		{nil, "eosc-perf.csv"},
	} {
		if got := files.Name("csv", c.words...); got != c.want {
			t.Errorf("%q is called %q, want %q", c.words, got, c.want)
		}
	}
}

func TestFeed(t *testing.T) {
	f := files.Feed{
		Title: "New <results>", ID: "https://perf.example.org/ui/feed.atom", Address: "https://perf.example.org/ui/results",
		Self: "https://perf.example.org/ui/feed.atom",
		Entries: []files.Entry{{
			Title: "c-ray 28.1 s \x01&", Address: "https://perf.example.org/ui/results/1", Uploaded: time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC),
		}},
	}
	body, err := f.Atom()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Entries []struct {
			Title string `xml:"title"`
			ID    string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(body, &read); err != nil || read.Updated != "2026-11-27T10:00:00Z" || len(read.Entries) != 1 ||
		read.Entries[0].Title != "c-ray 28.1 s &" {
		t.Errorf("%v: %+v: %s", err, read, body)
	}
}
