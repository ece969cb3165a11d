package draw

import (
	"math"
	"time"
)

const (
	fewestTicks = 3
	mostTicks   = 7
	// mostSteps is a bound of all loops over ticks.
	mostSteps = 100
)

// numbers are the ticks of a scale of numbers: 1, 2 and 5 times powers of ten.
func (s Scale) numbers() []Tick {
	if s.Log {
		for _, every := range []struct {
			mantissas []float64
			decades   int
		}{{[]float64{1, 2, 5}, 1}, {[]float64{1}, 1}, {[]float64{1}, 2}, {[]float64{1}, 3}, {[]float64{1}, 5}, {[]float64{1}, 10},
			{[]float64{1}, 20}, {[]float64{1}, 50}, {[]float64{1}, 100}} {
			ticks := s.decades(every.mantissas, every.decades)
			if len(ticks) < fewestTicks {
				break
			}
			if len(ticks) <= mostTicks {
				return ticks
			}
		}
	}
	return s.steps()
}

// decades are ticks at mantissas times powers of ten.
func (s Scale) decades(mantissas []float64, every int) []Tick {
	var ticks []Tick
	first := int(math.Floor(s.low / math.Ln10))
	last := int(math.Ceil(s.high / math.Ln10))
	for exponent := first; exponent <= last; exponent++ {
		if exponent%every != 0 {
			continue
		}
		for _, mantissa := range mantissas {
			v := mantissa * math.Pow10(exponent)
			if s.Outside(v) == 0 && finite(v) && v > 0 {
				ticks = append(ticks, Tick{At: s.Within(v), Label: exactly(v), Between: mantissa != 1})
			}
		}
	}
	return shown(ticks)
}

// shown keeps the labels in narrow pictures if too few would stay.
func shown(ticks []Tick) []Tick {
	stay := 0
	for _, tick := range ticks {
		if !tick.Between {
			stay++
		}
	}
	if stay < 2 {
		for i := range ticks {
			ticks[i].Between = i%2 == 1 && len(ticks) > mostTicks/2+1
		}
	}
	return ticks
}

// steps are ticks at equal differences of 1, 2 or 5 times a power of ten.
func (s Scale) steps() []Tick {
	low, high := s.bounds()
	return s.stepsOf(niceStep(high/(mostTicks-1) - low/(mostTicks-1)))
}

// wholes are the ticks of counts: those of numbers, but at whole ones only.
func (s Scale) wholes() []Tick {
	low, high := s.bounds()
	if s.Log && high-low > mostTicks {
		return s.numbers()
	}
	return s.stepsOf(max(1, niceStep(high/(mostTicks-1)-low/(mostTicks-1))))
}

// stepsOf are ticks at the multiples of a step.
func (s Scale) stepsOf(step float64) []Tick {
	low, high := s.bounds()
	var ticks []Tick
	first := math.Ceil(low / step)
	for i := 0.0; i < mostSteps; i++ {
		v := (first + i) * step
		if v > high || !finite(v) {
			break
		}
		if s.Outside(v) == 0 {
			ticks = append(ticks, Tick{At: s.Within(v), Label: inSteps(v, step), Between: len(ticks)%2 == 1})
		}
	}
	return ticks
}

// niceStep is the smallest of 1, 2 or 5 times a power of ten that is at least the step.
func niceStep(least float64) float64 {
	if least <= 0 || !finite(least) {
		return 1
	}
	power := math.Pow10(int(math.Floor(math.Log10(least))))
	if power == 0 {
		return least
	}
	for _, mantissa := range []float64{1, 2, 5} {
		if mantissa*power >= least*(1-1e-9) {
			return mantissa * power
		}
	}
	return 10 * power
}

// powersOfTwo are the ticks of numbers of cores.
func (s Scale) powersOfTwo() []Tick {
	for every := 1; every <= 8; every++ {
		var ticks []Tick
		for exponent := 0; exponent < 64; exponent += every {
			v := math.Ldexp(1, exponent)
			if v >= largestPlain && s.Outside(v) == 0 {
				return nil // nobody reads larger ones
			}
			if s.Outside(v) == 0 {
				ticks = append(ticks, Tick{At: s.Within(v), Label: exactly(v)})
			}
		}
		if len(ticks) <= mostTicks+2 {
			return ticks
		}
	}
	return nil
}

// dateSteps are the differences between ticks of dates: years, months, or hours.
var dateSteps = []struct {
	years, months, hours int
	layout               string
}{
	{0, 0, 1, "15:04"}, {0, 0, 3, "15:04"}, {0, 0, 6, "01-02 15:04"}, {0, 0, 24, "2006-01-02"}, {0, 0, 48, "2006-01-02"},
	{0, 0, 7 * 24, "2006-01-02"}, {0, 1, 0, "2006-01"}, {0, 2, 0, "2006-01"}, {0, 3, 0, "2006-01"}, {0, 6, 0, "2006-01"},
	{1, 0, 0, "2006"}, {2, 0, 0, "2006"}, {5, 0, 0, "2006"}, {10, 0, 0, "2006"}, {50, 0, 0, "2006"}, {500, 0, 0, "2006"},
}

// NewDates returns the scale of times, whose values are seconds since 1970.
func NewDates(seconds []float64) Scale {
	low, high := extremes(seconds)
	if low == high {
		low, high = low-43200, high+43200
	}
	s := fitted(low, high, false)
	for _, step := range dateSteps {
		span := float64(step.years)*365.25*86400 + float64(step.months)*30.5*86400 + float64(step.hours)*3600
		if (s.high-s.low)/span > mostTicks-1 {
			continue
		}
		s.Ticks = s.dates(step.years, step.months, step.hours, step.layout)
		break
	}
	return s
}

// Seconds is the value of a time on a scale of dates.
func Seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (s Scale) dates(years, months, hours int, layout string) []Tick {
	begin := time.Unix(int64(s.low), 0).UTC()
	at := time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, time.UTC)
	switch {
	case years > 0:
		at = time.Date(begin.Year()-mod(begin.Year(), years), 1, 1, 0, 0, 0, 0, time.UTC)
	case months > 0:
		at = time.Date(begin.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var ticks []Tick
	for range mostSteps {
		v := Seconds(at)
		if v > s.high {
			break
		}
		if s.Outside(v) == 0 {
			ticks = append(ticks, Tick{At: s.Within(v), Label: at.Format(layout), Between: len(ticks)%2 == 1})
		}
		at = at.AddDate(years, months, 0).Add(time.Duration(hours) * time.Hour)
	}
	return ticks
}

func mod(a, b int) int { return ((a % b) + b) % b }
