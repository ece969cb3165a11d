// Package draw turns numbers and labels into pictures: lanes of a ranking, plots, spreads,
// trends and strips.
//
// Each picture is a list of marks: lines, signs and texts. Their places are fractions of a
// frame plus offsets in pixels. A page shows the list as SVG elements whose x is in percent,
// so that the picture stretches without a script and takes its colours from the style
// sheet. A file shows the same list on a light sheet of 860 pixels, as SVG, PNG or PDF.
//
// The package knows neither results nor addresses: who calls it passes labels, titles and
// links.
package draw
