package statistics

import (
	"math"
	"math/bits"
	"slices"
)

const (
	// digitBits is the size of a digit of the radix sort, and digits their number in 64 bits.
	digitBits = 11
	digits    = 6
	// radixSize is the size from which the radix sort is faster.
	radixSize = 1000
)

// sortValues sorts values that are no NaN, large groups by their bits: floating-point numbers
// ascend as integers if negative ones are inverted.
func sortValues(values []float64) {
	if len(values) < radixSize {
		slices.Sort(values)
		return
	}
	from, to := make([]uint64, len(values)), make([]uint64, len(values))
	var counts [digits][1 << digitBits]int
	for i, v := range values {
		key := sortBits(v)
		from[i] = key
		for d := range digits {
			counts[d][key>>(d*digitBits)&(1<<digitBits-1)]++
		}
	}
	for d := range digits {
		count, shift := &counts[d], d*digitBits
		if count[from[0]>>shift&(1<<digitBits-1)] == len(values) {
			continue // all have the same digit
		}
		place := 0
		for i, n := range count {
			count[i] = place
			place += n
		}
		for _, key := range from {
			digit := key >> shift & (1<<digitBits - 1)
			to[count[digit]] = key
			count[digit]++
		}
		from, to = to, from
	}
	for i, key := range from {
		values[i] = valueOf(key)
	}
}

func sortBits(v float64) uint64 {
	key := math.Float64bits(v)
	if key>>63 == 1 {
		return ^key
	}
	return key | 1<<63
}

func valueOf(key uint64) float64 {
	if key>>63 == 0 {
		return math.Float64frombits(^key)
	}
	return math.Float64frombits(key &^ (1 << 63))
}

// selectAt returns the value at a position from 0 in ascending order (Hoare 1961). Afterwards
// no value before the position is larger, and none behind it smaller.
func selectAt(values []float64, position int) float64 {
	low, high := 0, len(values)-1
	// Pivots that divide badly again and again are left to sorting.
	for rounds := 2 * bits.Len(uint(len(values))); low < high; rounds-- {
		if rounds == 0 {
			slices.Sort(values[low : high+1])
			break
		}
		pivot := middleOf(values[low], values[low+(high-low)/2], values[high])
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case position <= j:
			high = j
		case position >= i:
			low = i
		default:
			return values[position]
		}
	}
	return values[position]
}

func middleOf(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
