package statistics

// What the tests in statistics_test compare with vectors.
var (
	NormalQuantile  = normalQuantile
	StudentQuantile = studentQuantile
	NormalTail      = normalTail
)

// PairAt is the combination of x and y at a position from 1 in ascending order, and the median
// of all.
func PairAt(x, y Sample, isRatio bool, position int) (at, median float64) {
	p := pairing{x: x.sorted, y: y.sorted, isRatio: isRatio}
	return p.at(position), p.median()
}

// SortValues sorts.
var SortValues = sortValues

// At is the value at a position from 0 in ascending order.
func (s Sample) At(i int) *float64 { return &s.sorted[i] }
