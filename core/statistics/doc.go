// Package statistics computes the numbers by which groups of results are described
// and compared: summaries with exact intervals of the median, comparisons of two
// groups with intervals, verdicts, families of comparisons, rankings, change points
// and scaling over core counts.
//
// All functions are pure: they read slices of float64, use no clock and no random
// numbers, and give the same digits on every platform. Where a fused
// multiply-add would change a digit, a product is converted to float64 first.
//
// The definitions are those of docs/explanation/statistics.md. Golden values in
// testdata were made with R, SciPy and mpmath.
//
// The package imports the standard library and three functions of gonum/mathext:
// NormalQuantile, InvRegIncBeta and RegIncBeta. They link no other part of gonum.
package statistics
