package dataset

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

func TestResultsAreTheSameEachTime(t *testing.T) {
	for _, n := range []int{0, 1, 99_999} {
		if a, b := At(n), At(n); !bytes.Equal(a.JSON, b.JSON) || a.Executed != b.Executed || a.ID != b.ID {
			t.Errorf("result %d: %+v and %+v", n, a, b)
		}
	}
	if bytes.Equal(At(1).JSON, At(2).JSON) {
		t.Error("two results have one document")
	}
}

func TestSizesAndShares(t *testing.T) {
	const many = 4000
	var counts Counts
	bytesOfAll, tags, above := 0, 0, 0
	for n := range many {
		r := At(n)
		counts.Add(r)
		bytesOfAll += len(r.JSON)
		tags += len(r.Tags)
		if r.Score > Threshold(0.25) {
			above++
		}
		var document struct {
			Machine struct{ CPU struct{ Count int } }
			Result  struct{ Score float64 }
		}
		if err := json.Unmarshal(r.JSON, &document); err != nil {
			t.Fatalf("result %d: %v\n%s", n, err, r.JSON)
		}
		if document.Machine.CPU.Count != r.Cores || document.Result.Score != r.Score {
			t.Fatalf("result %d: cores %d, score %v, but the document is %s", n, r.Cores, r.Score, r.JSON)
		}
	}
	if mean := bytesOfAll / many; mean < 1400 || mean > 1600 {
		t.Errorf("documents have %d bytes", mean)
	}
	if size := len(Schema(7)); size < 5800 || size > 6200 {
		t.Errorf("schemas have %d bytes", size)
	}
	for name, share := range map[string]struct{ got, want float64 }{
		"visible":    {float64(counts.Visible) / many, 0.98},
		"tags":       {float64(tags) / many, 1},
		"above":      {float64(above) / many, 0.25},
		"many cores": {float64(counts.ManyCores[3]) / many, 0.98 * 60 / 64 / 20},
	} {
		if math.Abs(share.got-share.want) > 0.02 {
			t.Errorf("%s: %v, want %v", name, share.got, share.want)
		}
	}
}

func TestIDsAreThoseOfSQL(t *testing.T) {
	// SELECT md5('result:17')::uuid
	if got, want := IDOf("result", 17).String(), "5f09cfe3-90ac-c840-e59d-bc4beea432b1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
