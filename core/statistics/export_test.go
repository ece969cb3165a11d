package statistics

// What the tests in statistics_test compare with vectors.
var (
	NormalQuantile  = normalQuantile
	StudentQuantile = studentQuantile
	NormalTail      = normalTail
)
