package system

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/docs"
)

// What the demo data consists of. The runs of c-ray are real; everything else is
// invented, and says so.

const (
	cRayImage = "thechristophe/openbench-c-ray"
	cRayTag   = "latest"

	streamImage  = "eosc-perf/demo-stream"
	streamTag    = "1"
	streamSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "demo-stream",
  "type": "object",
  "properties": {
    "machine": {"type": "object", "properties": {"cpu": {"type": "object", "properties": {
      "count": {"type": "integer", "minimum": 1, "suggestToUser": true, "description": "Processor core count"}},
      "required": ["count"]}}, "required": ["cpu"]},
    "result": {"type": "object", "properties": {
      "triad": {"type": "number", "exclusiveMinimum": 0, "suggestToUser": true,
        "description": "Memory bandwidth in MB/s (higher is better)",
        "metric": {"name": "Triad", "unit": "MB/s", "better": "higher", "resource": "machine.cpu.count", "default": true}}},
      "required": ["triad"]}
  },
  "required": ["machine", "result"]
}`
)

// cRayRun is a line of the tutorial's table.
type cRayRun struct {
	site, flavor, processor, clock, scores string
	cores                                  int
	// score is the mean time in seconds.
	score float64
}

func cRayRuns() ([]cRayRun, error) {
	var runs []cRayRun
	for line := range strings.Lines(docs.CRayRuns) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		const columns = 7
		if len(f) != columns {
			return nil, fmt.Errorf("c-ray table: %q has not %d columns", line, columns)
		}
		cores, err := strconv.Atoi(f[2])
		if err != nil {
			return nil, fmt.Errorf("c-ray table: %w", err)
		}
		score, err := strconv.ParseFloat(f[6], 64)
		if err != nil {
			return nil, fmt.Errorf("c-ray table: %w", err)
		}
		runs = append(runs, cRayRun{site: f[0], flavor: f[1], cores: cores, processor: f[3], clock: f[4], scores: f[5], score: score})
	}
	return runs, nil
}

type object map[string]any

func (r cRayRun) result() object {
	return object{
		"arguments": "Total Time - 4K, 16 Rays Per Pixel", "test": "pts/c-ray-1.2.0", "units": "Seconds",
		"machine": object{"cpu": object{
			"arch": "X86_64", "bits": 64, "brand_raw": r.processor, "count": r.cores, "hz_actual_friendly": r.clock,
		}},
		"result": object{"all_results": r.scores, "score": r.score},
	}
}

// again is another run on the same machine: three times within two percent of
// the real ones.
func (r cRayRun) again(random *rand.Rand) cRayRun {
	const spread = 0.02
	sum, texts := 0.0, make([]string, 3)
	for i := range texts {
		time := r.score * (1 + spread*(2*random.Float64()-1))
		sum += time
		texts[i] = strconv.FormatFloat(time, 'f', 3, 64)
	}
	r.scores, r.score = strings.Join(texts, ":"), round(sum/float64(len(texts)))
	return r
}

// bandwidth invents the memory bandwidth of the machine, which grows with the
// number of cores until the memory is the limit.
func (r cRayRun) bandwidth(random *rand.Rand) object {
	const perCore, most = 9_000.0, 60_000.0
	triad := min(perCore*float64(r.cores), most) * (0.9 + 0.2*random.Float64())
	return object{"machine": object{"cpu": object{"count": r.cores}}, "result": object{"triad": round(triad)}}
}

// round keeps three digits after the point.
func round(x float64) float64 {
	const thousand = 1000
	return float64(int64(x*thousand+0.5)) / thousand
}

func (o object) json() (json.RawMessage, error) { return json.Marshal(o) }
