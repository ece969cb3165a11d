package service_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// Lines are checked several at a time.
func TestLinesOfABatchHaveTheirOwnOutcomes(t *testing.T) {
	w := newWorld(t)
	user := w.person("user")
	var places []place
	for i := range 5 {
		places = append(places, w.place(user, fmt.Sprint("image", i), fmt.Sprint("site", i), fmt.Sprint("flavor", i)))
	}
	w.now = noon
	const lines = 70
	wrong := func(number int) bool { return number%7 == 3 }
	number := 0
	w.asked = 0
	outcomes, err := w.Results.Upload(t.Context(), user, false, func() (service.BatchLine, error) {
		if number == lines {
			return service.BatchLine{}, io.EOF
		}
		number++
		line := service.BatchLine{Number: number, NewResult: upload(number, places[number%len(places)])}
		line.ExecutedAt.HasZone = !wrong(number)
		if number%5 == 0 {
			line.Size = 1 << 20
		}
		return line, nil
	})
	if err != nil || len(outcomes) != lines {
		t.Fatalf("%d outcomes, %v", len(outcomes), err)
	}
	for i, o := range outcomes {
		number := i + 1
		if o.Number != number || (domain.KindOf(o.Err) == domain.Invalid) != wrong(number) || (o.ID == uuid.Nil) != wrong(number) {
			t.Errorf("line %d: %+v", number, o)
			continue
		}
		if wrong(number) {
			continue
		}
		result, err := w.Results.Get(t.Context(), domain.Caller{}, o.ID)
		want := fmt.Sprintf(`{"number":%d}`, number)
		if err != nil || result.Benchmark.ID != places[number%len(places)].benchmark.ID || string(result.JSON) != want {
			t.Errorf("line %d became %+v, %v", number, result, err)
		}
	}
	if w.asked != 1 {
		t.Errorf("the storage was asked %d times what the results refer to", w.asked)
	}
}
