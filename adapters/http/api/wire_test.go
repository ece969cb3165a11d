package api

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDateTimeIsNaiveWithSixDigitsOrNone(t *testing.T) {
	zone := time.FixedZone("x", -12600)
	for in, want := range map[time.Time]string{
		time.Date(2021, 5, 21, 8, 31, 0, 500_000_000, time.UTC): `"2021-05-21T08:31:00.500000"`,
		time.Date(2021, 5, 21, 8, 31, 0, 999, time.UTC):         `"2021-05-21T08:31:00"`,
		time.Date(2021, 5, 21, 5, 1, 0, 1000, zone):             `"2021-05-21T08:31:00.000001"`,
	} {
		if got, err := json.Marshal(DateTime(in)); err != nil || string(got) != want {
			t.Errorf("%v: %s, %v; want %s", in, got, err, want)
		}
	}
}
