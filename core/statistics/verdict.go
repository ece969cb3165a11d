package statistics

// Better tells which values of a metric are good.
type Better string

// The directions. With NoneBetter there are no verdicts and no ranks.
const (
	LowerBetter  Better = "lower"
	HigherBetter Better = "higher"
	NoneBetter   Better = "none"
)

// Verdict is what a comparison says.
type Verdict string

// The verdicts. Equivalent is a proof that the groups differ by no more than the
// materiality, Indistinguishable the absence of any proof.
const (
	NoVerdict         Verdict = "none"
	NotEnoughData     Verdict = "not_enough_data"
	Equivalent        Verdict = "equivalent"
	Faster            Verdict = "faster"
	Slower            Verdict = "slower"
	Indistinguishable Verdict = "indistinguishable"
)

// Material tells whether a difference is surely larger than the materiality.
type Material string

// NotMaterial is for verdicts that say no difference.
const (
	NotMaterial Material = ""
	Certain     Material = "certain"
	Possible    Material = "possible"
)

const (
	// smallestGroup is the size from which a group takes part in comparisons.
	smallestGroup = 4
	// firmGroup is the size from which a verdict is not provisional.
	firmGroup = 6
)

// FirmSize is the number of results from which a group has an interval of its median, and a
// verdict is not provisional.
const FirmSize = firmGroup

// DefaultMateriality is the share by which two groups may differ and still count as
// equivalent: that of MLPerf.
const DefaultMateriality = 0.02

// Decision is a verdict with its grade.
type Decision struct {
	Verdict     Verdict
	Material    Material
	Provisional bool
}

// Decide reads the verdict of A over B from a comparison that is oriented so that a
// ratio above 1, or a shift above 0, says that A is better. materiality is from 0 to
// 0.5, medianB the median of B, which a shift is measured by. The p-value decides
// nothing.
func Decide(c Comparison, better Better, n1, n2 int, materiality, medianB float64) Decision {
	if better == NoneBetter {
		return Decision{Verdict: NoVerdict}
	}
	if min(n1, n2) < smallestGroup || !c.HasInterval {
		return Decision{Verdict: NotEnoughData}
	}
	low, high := 1/(1+materiality), 1+materiality
	if c.Scale == Shift {
		high = materiality * max(medianB, -medianB)
		low = -high
	}
	decision := classify(c.Interval, low, c.Scale.neutral(), high)
	decision.Provisional = min(n1, n2) < firmGroup
	return decision
}

// classify is the table of verdicts; the first case that fits counts. low and high
// bound what is not material.
func classify(i Interval, low, neutral, high float64) Decision {
	switch {
	case low <= i.Low && i.High <= high:
		return Decision{Verdict: Equivalent}
	case i.Low > high:
		return Decision{Verdict: Faster, Material: Certain}
	case i.Low > neutral:
		return Decision{Verdict: Faster, Material: Possible}
	case i.High < low:
		return Decision{Verdict: Slower, Material: Certain}
	case i.High < neutral:
		return Decision{Verdict: Slower, Material: Possible}
	default:
		return Decision{Verdict: Indistinguishable}
	}
}
