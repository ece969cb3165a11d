package statistics

import "math"

// Superiority is the probability that a value of one group is above one of the other,
// equal values counting half (Mann-Whitney's U divided by the number of pairs), with
// its interval by method 5 of Newcombe (2006). Cliff's delta is 2*Probability - 1.
type Superiority struct {
	Probability float64
	Interval
}

// superiority is for n1, n2 >= 1 and the upper alpha/2 quantile z.
func superiority(u float64, n1, n2 int, z float64) Superiority {
	probability := u / (float64(n1) * float64(n2))
	return Superiority{
		Probability: probability,
		Interval: Interval{
			Low:  superiorityBound(probability, n1, n2, z),
			High: 1 - superiorityBound(1-probability, n1, n2, z),
		},
	}
}

// superiorityBound is the smallest probability for which a would not be surprising.
func superiorityBound(a float64, n1, n2 int, z float64) float64 {
	if a == 0 {
		return 0
	}
	m := float64(n1+n2)/2 - 1
	excess := func(t float64) float64 {
		h := (1 + m*((1-t)/(2-t)+t/(1+t))) / (float64(n1) * float64(n2))
		if a == 1 { // t = 1 is a false root
			return (1 - t) - z*z*t*h
		}
		return (a - t) - z*math.Sqrt(t*(1-t)*h)
	}
	low, high := 0.0, a
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return middle
		}
		if excess(middle) > 0 {
			low = middle
		} else {
			high = middle
		}
	}
}
