package statistics

import (
	"cmp"
	"slices"
)

// onBorder lets an adjusted p-value that equals the level but for rounding count.
const onBorder = 1 + 1e-12

// BenjaminiHochberg adjusts p-values so that those up to q have a false discovery rate
// of at most q (Benjamini & Hochberg 1995; R's p.adjust).
func BenjaminiHochberg(p []float64) []float64 {
	m := float64(len(p))
	adjusted, smallest := make([]float64, len(p)), 1.0
	order := ascending(p)
	for j, i := range slices.Backward(order) {
		smallest = min(smallest, float64(m*p[i])/float64(j+1))
		adjusted[i] = smallest
	}
	return adjusted
}

// Holm adjusts p-values so that with probability 1 - q none up to q is false (Holm
// 1979).
func Holm(p []float64) []float64 {
	m := len(p)
	adjusted, largest := make([]float64, m), 0.0
	for j, i := range ascending(p) {
		largest = max(largest, min(1, float64(m-j)*p[i]))
		adjusted[i] = largest
	}
	return adjusted
}

// Discoveries counts the adjusted p-values up to q; one on the border counts.
func Discoveries(adjusted []float64, q float64) int {
	count := 0
	for _, p := range adjusted {
		if p <= q*onBorder {
			count++
		}
	}
	return count
}

// ascending are the positions of the values in their order.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}
