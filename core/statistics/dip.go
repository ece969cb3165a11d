package statistics

import (
	"math"
	"sort"
)

// dipSize is the size from which a sample is tested for several modes.
const dipSize = 10

// Dip is Hartigan and Hartigan's (1985) test that a distribution has one mode.
type Dip struct {
	// Distance is the smallest largest distance of the empirical distribution function
	// from that of a distribution with one mode, 1/(2n) to 1/4.
	Distance float64
	// P is from a simulation of uniform values, from 0.001 to 0.99.
	P float64
}

// Dip tests a sample of at least 10 values; nil for smaller ones.
func (s Sample) Dip() *Dip {
	if s.Size() < dipSize {
		return nil
	}
	distance := dipDistance(s.sorted)
	return &Dip{Distance: distance, P: dipP(distance, s.Size())}
}

// dipDistance follows the algorithm of Hartigan (1985, AS 217): the modal interval
// shrinks between the greatest convex minorant and the least concave majorant of the
// empirical distribution. Distances are in units of 1/(2n).
func dipDistance(x []float64) float64 {
	n := len(x)
	low, high, dip := 0, n-1, 1.0
	for {
		minorant, majorant := hull(x, low, high, 1), hull(x, low, high, -1)
		gap := widestGap(x, minorant, majorant)
		if gap.size < dip {
			break
		}
		dip = max(dip, rise(x, minorant, gap.low), fall(x, majorant, gap.high))
		if gap.low == low && gap.high == high {
			break
		}
		low, high = gap.low, gap.high
	}
	return dip / float64(2*n)
}

// hull returns the vertices of the greatest convex minorant (side 1) or of the least
// concave majorant (side -1) of the points (x[i], i), from low to high.
func hull(x []float64, low, high int, side float64) []int {
	vertices := []int{low}
	for i := low + 1; i <= high; i++ {
		for len(vertices) > 1 {
			a, b := vertices[len(vertices)-2], vertices[len(vertices)-1]
			before := float64((x[i] - x[b]) * float64(b-a))
			after := float64((x[b] - x[a]) * float64(i-b))
			if side*(after-before) > 0 {
				break
			}
			vertices = vertices[:len(vertices)-1]
		}
		vertices = append(vertices, i)
	}
	return vertices
}

// modalGap is where the two hulls are farthest apart.
type modalGap struct {
	size      float64
	low, high int
}

// widestGap walks along both hulls. Of equal gaps the last one counts.
func widestGap(x []float64, minorant, majorant []int) modalGap {
	gap := modalGap{low: minorant[0], high: minorant[len(minorant)-1]}
	if len(minorant) == 2 && len(majorant) == 2 {
		gap.size = 1
		return gap
	}
	i, j := 1, 1
	for first := true; first || minorant[i] != majorant[j]; first = false {
		if minorant[i] > majorant[j] {
			v, p, q := majorant[j], minorant[i-1], minorant[i]
			if x[q] > x[p] {
				gap.widen(float64(v-p+1)-chord(x, p, q, v), p, v)
			}
			j = min(j+1, len(majorant)-1)
			continue
		}
		v, p, q := minorant[i], majorant[j-1], majorant[j]
		if x[q] > x[p] {
			gap.widen(chord(x, p, q, v)-float64(v-p-1), v, q)
		}
		i = min(i+1, len(minorant)-1)
	}
	return gap
}

func (g *modalGap) widen(size float64, low, high int) {
	if size >= g.size {
		*g = modalGap{size: size, low: low, high: high}
	}
}

// chord is the height above p, at x[v], of the line from p to q.
func chord(x []float64, p, q, v int) float64 {
	return float64((x[v]-x[p])*float64(q-p)) / (x[q] - x[p])
}

// rise is the largest distance above the chords of the minorant up to a point.
func rise(x []float64, minorant []int, upTo int) float64 {
	largest := 0.0
	for k := 1; k < len(minorant) && minorant[k] <= upTo; k++ {
		p, q := minorant[k-1], minorant[k]
		if q-p <= 1 || x[q] <= x[p] {
			continue
		}
		for j := p; j <= q; j++ {
			largest = max(largest, float64(j-p+1)-chord(x, p, q, j))
		}
	}
	return largest
}

// fall is the largest distance below the chords of the majorant from a point on.
func fall(x []float64, majorant []int, from int) float64 {
	largest := 0.0
	for k := 1; k < len(majorant); k++ {
		p, q := majorant[k-1], majorant[k]
		if p < from || q-p <= 1 || x[q] <= x[p] {
			continue
		}
		for j := p; j <= q; j++ {
			largest = max(largest, chord(x, p, q, j)-float64(j-p-1))
		}
	}
	return largest
}

// dipP looks up the p-value: linear in n between the rows of the table, then linear
// between quantiles, clipped at both ends.
func dipP(distance float64, n int) float64 {
	scaled := math.Sqrt(float64(n)) * distance
	row := sort.Search(len(dipSizes), func(i int) bool { return dipSizes[i] >= n })
	at := func(quantile int) float64 {
		switch {
		case row == len(dipSizes):
			return dipQuantiles[row-1][quantile]
		case row == 0 || dipSizes[row] == n:
			return dipQuantiles[row][quantile]
		}
		low, high := dipQuantiles[row-1][quantile], dipQuantiles[row][quantile]
		share := float64(n-dipSizes[row-1]) / float64(dipSizes[row]-dipSizes[row-1])
		return low + float64(share*(high-low))
	}
	last := len(dipProbabilities) - 1
	for i := range dipProbabilities {
		quantile := at(i)
		if scaled > quantile {
			continue
		}
		if i == 0 {
			return 1 - dipProbabilities[0]
		}
		before := at(i - 1)
		share := (scaled - before) / (quantile - before)
		return 1 - (dipProbabilities[i-1] + float64(share*(dipProbabilities[i]-dipProbabilities[i-1])))
	}
	return 1 - dipProbabilities[last]
}
