package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
)

var update = flag.Bool("update", false, "write the files of testdata")

// expectWellFormed fails if a text is not XML.
func expectWellFormed(t reporter, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader("<all>" + text + "</all>"))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v: %s", err, text)
		}
	}
}

// expectFiles fails if the SVG of a sheet is not well-formed, or has something outside of
// the sheet.
func expectFiles(t reporter, s draw.Sheet) {
	t.Helper()
	expectWellFormed(t, string(s.SVG()))
	for _, m := range s.Marks {
		for _, at := range append([]draw.At{m.From}, m.Points...) {
			if math.IsNaN(at.DX) || at.DX < 0 || at.DX > s.Width || at.DY < 0 || at.DY > s.Height {
				t.Fatalf("outside of a sheet of %g x %g: %+v", s.Width, s.Height, m)
			}
		}
	}
}

func ranking() draw.Lanes {
	rows := []draw.Row{
		{
			Style: draw.StyleOf(4), N: 1, Median: 28.08, Low: 27.96, High: 28.15, Values: []float64{27.96, 28.13, 28.15},
			Name: "NCG-INGRID-PT  svc2.xxl", Note: "32", Figure: "28.1",
		},
		{
			Style: draw.StyleOf(1), N: 8, Median: 105.2, Low: 104, High: 112, Values: []float64{104, 104.5, 105, 105.1, 105.3, 107, 110, 112},
			Interval: []float64{104.5, 110}, Name: "CESNET-MCC  hpc.8core-16ram", Note: "8", Figure: "105",
		},
		{
			Style: draw.StyleOf(6), N: 40, Median: 2271, Low: 2266, High: 2276, Interval: []float64{2268, 2273},
			Name: "CESGA  \"<cor1mem2hd10>\"", Note: "1", Figure: "2\u202f271",
		},
	}
	return draw.Lanes{Scale: draw.NewScale(draw.ValuesOf(rows), draw.Auto), Baseline: 105.2, Rows: rows}
}

func legend() draw.Legend {
	return draw.Legend{
		Title: "c-ray: time by flavor", Axis: "Time (result.score), s, logarithmic; lower is better", Note: "cores", Figure: "s",
		Entries: []draw.Entry{{"CESGA", draw.StyleOf(6)}, {"CESNET-MCC", draw.StyleOf(1)}, {"NCG-INGRID-PT", draw.StyleOf(4)}},
		Foot: draw.Caption{
			Subject: "Time of c-ray on 3 flavors of 3 sites", Log: true, Better: draw.LowerIsBetter, Signs: "Mark: median; bar: 95 % interval",
			Set: "9c417e02", Day: time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC), Address: "https://perf.example.org/ui/compare",
		}.String(),
	}
}

func TestCaption(t *testing.T) {
	const want = "Time of c-ray on 3 flavors of 3 sites, logarithmic, lower is better. Mark: median; bar: 95 % interval. " +
		"EOSC Perf, set 9c417e02, 2026-11-27, https://perf.example.org/ui/compare."
	if got := legend().Foot; got != want {
		t.Errorf("the caption is %q, want %q", got, want)
	}
}

func plotted() draw.Laid {
	return draw.Plot{
		X:     draw.Axis{Label: "Cores", Kind: draw.Cores},
		Y:     draw.Axis{Label: "Time, s"},
		Guide: draw.Inverse, Label: "Time against cores",
		Series: []draw.Series{
			{Name: "CESNET-MCC", Style: draw.StyleOf(1), Spots: []draw.Spot{
				{X: 1, Y: 1017, Range: []float64{1016, 1030}, Note: "standard.small: 1 core, 1 017 s", Link: "../flavors/1"},
				{X: 2, Y: 517}, {X: 8, Y: 105},
			}},
			{Name: "IFCA <LCG2>", Style: draw.StyleOf(8), Spots: []draw.Spot{{X: 1, Y: 1185}, {X: 16, Y: 94.9}}},
		},
	}.Lay()
}

func TestPicturesAreAsBefore(t *testing.T) {
	lanes := ranking()
	for name, got := range map[string]string{
		"lanes.html":  string(lanes.Grid() + "\n" + lanes.Axis() + "\n" + lanes.Lane(0) + "\n" + lanes.Lane(1) + "\n" + lanes.Lane(2) + "\n"),
		"ranking.svg": string(lanes.Sheet(legend()).SVG()),
		"plot.html":   string(plotted().HTML()) + "\n",
		"plot.svg":    string(plotted().Sheet(legend()).SVG()),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is another one; go test -update writes it, then look at it:\n%s", name, got)
		}
		expectWellFormed(t, got)
	}
}

func TestPNGShowsTheSheet(t *testing.T) {
	content, err := ranking().Sheet(legend()).PNG()
	if err != nil {
		t.Fatal(err)
	}
	shown, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if width := shown.Bounds().Dx(); width != draw.Width*draw.Density {
		t.Errorf("the image is %d dots wide", width)
	}
	inks := map[[3]uint32]int{}
	for y := range shown.Bounds().Dy() {
		for x := range shown.Bounds().Dx() {
			r, g, b, _ := shown.At(x, y).RGBA()
			inks[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for name, ink := range map[string][3]uint32{
		"ground": {255, 255, 255}, "text": {0x1d, 0x24, 0x33}, "CESNET": {0xb0, 0x36, 0}, "NCG": {0x95, 0x74, 0x10},
	} {
		if inks[ink] < 50 {
			t.Errorf("%s: only %d dots have the colour %x", name, inks[ink], ink)
		}
	}
}

func TestPDFIsTheSameForTheSameSheetAndTime(t *testing.T) {
	at := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	sheet := plotted().Sheet(legend())
	sheet.Title = "日本語 \U0001f600 \u202e"
	first, err := sheet.PDF(at)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sheet.PDF(at)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(first, []byte("%PDF-")) || !bytes.Contains(first, []byte("%%EOF")) || !bytes.Equal(first, second) {
		t.Errorf("%d and %d bytes, %t", len(first), len(second), bytes.Equal(first, second))
	}
}

func TestFilesShowABoxForCharactersThatTheFontLacks(t *testing.T) {
	if got := draw.Visible("a日\U0001f600\u202fé\n"); got != "a□□\u202fé " && got != "a□□\u00a0é " {
		t.Errorf("%q", got)
	}
}
