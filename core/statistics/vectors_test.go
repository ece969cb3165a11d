package statistics_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// vectors are the cases of a file of golden values.
func vectors[C any](t *testing.T, name string) []C {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []C `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(file.Cases) == 0 {
		t.Fatalf("%s has no cases", name)
	}
	return file.Cases
}

// series is a list of values, or the generator of one.
type series []float64

// UnmarshalJSON implements json.Unmarshaler.
func (s *series) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return json.Unmarshal(text, (*[]float64)(s))
	}
	var g generator
	if err := json.Unmarshal(text, &g); err != nil {
		return err
	}
	*s = g.values()
	return nil
}

// generator makes values as testdata/generators.json describes.
type generator struct {
	Kind   string  `json:"gen"`
	Seed   int64   `json:"seed"`
	N      int     `json:"n"`
	A      float64 `json:"a"`
	B      float64 `json:"b"`
	JumpAt *int    `json:"jump_at"`
	JumpBy float64 `json:"jump_by"`
	BackAt *int    `json:"back_at"`
	Slope  float64 `json:"slope"`

	state int64
}

func (g *generator) uniform() float64 {
	g.state = 48271 * g.state % 2147483647
	return float64(g.state) / 2147483647
}

func (g *generator) bell() float64 {
	t := 0.0
	for range 12 {
		t += g.uniform()
	}
	return t - 6
}

func (g *generator) values() []float64 {
	g.state = g.Seed
	out := make([]float64, g.N)
	for i := range out {
		v := g.next(g.A, g.B)
		if g.JumpAt != nil && i >= *g.JumpAt {
			v *= g.JumpBy
		}
		if g.BackAt != nil && i >= *g.BackAt {
			v /= g.JumpBy
		}
		out[i] = v + float64(g.Slope*float64(i))
	}
	return out
}

func (g *generator) next(a, b float64) float64 {
	switch g.Kind {
	case "uniform":
		return a + float64(b*g.uniform())
	case "bell":
		return a + float64(b*g.bell())
	case "pareto":
		return a + b/math.Sqrt(g.uniform())
	case "bimodal":
		level := b
		if g.uniform() < 0.5 {
			level = a
		}
		return level + float64(0.5*g.bell())
	case "grid":
		return a + math.Floor(b*g.uniform())
	case "cents":
		return math.Floor((a+float64(b*g.bell()))*100) / 100
	default:
		panic("unknown generator " + g.Kind)
	}
}

// near fails the test unless got is want to 1e-9 of it, or to the absolute floor.
func near(t *testing.T, what string, got, want *float64, floor float64) {
	t.Helper()
	switch {
	case want == nil && got == nil:
	case want == nil:
		t.Errorf("%s is %v, want none", what, *got)
	case got == nil:
		t.Errorf("%s is missing, want %v", what, *want)
	case !(math.Abs(*got-*want) <= max(floor, 1e-9*math.Abs(*want))):
		t.Errorf("%s is %v, want %v", what, *got, *want)
	}
}

func nearValue(t *testing.T, what string, got, want, floor float64) {
	t.Helper()
	near(t, what, &got, &want, floor)
}

func equal[V comparable](t *testing.T, what string, got, want V) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestGeneratorsGiveTheDocumentedValues(t *testing.T) {
	for _, c := range vectors[struct {
		ID       string
		Spec     series
		Expected struct {
			First    []float64
			Last     *float64
			ExactSum float64 `json:"exact_sum"`
		}
	}](t, "generators") {
		for i, want := range c.Expected.First {
			equal(t, c.ID, c.Spec[i], want)
		}
		total := 0.0
		for _, v := range c.Spec {
			total += v
		}
		nearValue(t, c.ID+" sum", total, c.Expected.ExactSum, 0)
	}
}
