package statistics

import (
	"context"
	"runtime"
)

// Correction tells how a family of comparisons keeps its promise.
type Correction string

const (
	// FalseDiscovery promises that on average at most the share alpha of the differences that are
	// shown is false, and at most that share of their intervals misses the truth
	// (Benjamini & Hochberg 1995; Benjamini & Yekutieli 2005).
	FalseDiscovery Correction = "fdr"
	// Simultaneous promises that with the probability 1 - alpha nothing that is shown is false
	// (Bonferroni; Holm 1979).
	Simultaneous Correction = "simultaneous"
)

// Family is how the comparisons of one page are made.
type Family struct {
	Better     Better
	Correction Correction
	// Alpha is 1 minus the level: 0.05, 0.10 or 0.01.
	Alpha float64
	// Materiality is from 0 to 0.5.
	Materiality float64
	// Detail chooses, by the position of A, the relations that get Details; nil for none.
	Detail func(a int) bool
}

// Relation is the comparison of group A with group B in a family: a ratio above 1, or
// a shift above 0, says that A is better.
type Relation struct {
	// A and B are positions in the input; B is -1 for the baseline.
	A, B int
	Comparison
	P, PAdjusted float64
	Decision     Decision
	// Details is nil for relations that Family.Detail does not choose.
	Details *Details
}

// Details are further numbers of a relation, at the level of its interval.
type Details struct {
	// Shift is A - B in the unit of the values, by the method of the relation.
	Shift Comparison
	// Superiority is oriented so that more than 1/2 says that A is better.
	Superiority Superiority
	// HasShape and DecidedByOne say whether the relation deserves the warnings Shape and
	// OneResultDecides.
	HasShape, DecidedByOne bool
}

// Result is what all relations of a family have in common.
type Result struct {
	// Used are the positions of the groups that take part: those with at least 4
	// values.
	Used []int
	// M is the number of comparisons. With M = 0 there is no scale and no level.
	M int
	// Discoveries is the number of Benjamini and Hochberg; R is that which the
	// intervals bear out, found in so many Steps.
	Discoveries, R, Steps int
	// Alpha is 1 minus the level of each interval.
	Alpha float64
	Scale Scale
	// Relations are in the order of A, then B.
	Relations []Relation
}

// Against compares each group with the baseline. Without a direction that is better,
// nothing is compared. The error is that of a context that has ended.
func (f Family) Against(ctx context.Context, baseline Sample, groups []Sample) (Result, error) {
	run := f.begin(groups)
	if baseline.Size() < smallestGroup {
		return run.result, nil
	}
	run.setScale(append(run.samples(), baseline)...)
	base := newGroup(baseline, run.result.Scale)
	for _, i := range run.result.Used {
		if err := run.add(ctx, i, -1, newGroup(groups[i], run.result.Scale), base); err != nil {
			return Result{}, err
		}
	}
	return run.finish(ctx)
}

// Ranked is a family of all pairs, with the range of ranks of each group.
type Ranked struct {
	Result
	// Ranks are by position in the input; those of groups that take no part are zero.
	Ranks []RankRange
	// Leaders, by position in the input, are the groups whose ranks start at 1, and those that are
	// equivalent to the first group of the input.
	Leaders []bool
}

// RankRange are the ranks, from 1, that a group may have.
type RankRange struct{ Low, High int }

// Rank compares all pairs of groups. A group is ranked behind those that are wholly
// better, and before those that are wholly worse. The error is that of a context that has ended.
func (f Family) Rank(ctx context.Context, groups []Sample) (Ranked, error) {
	run := f.begin(groups)
	run.setScale(run.samples()...)
	members := make([]group, len(groups))
	for _, i := range run.result.Used {
		members[i] = newGroup(groups[i], run.result.Scale)
	}
	for at, a := range run.result.Used {
		for _, b := range run.result.Used[at+1:] {
			if err := run.add(ctx, a, b, members[a], members[b]); err != nil {
				return Ranked{}, err
			}
		}
	}
	result, err := run.finish(ctx)
	return rankedBy(result, len(groups)), err
}

// rankedBy are the ranks of so many groups.
func rankedBy(result Result, groups int) Ranked {
	ranked := Ranked{Result: result, Ranks: make([]RankRange, groups), Leaders: make([]bool, groups)}
	for _, i := range ranked.Used {
		ranked.Ranks[i] = RankRange{Low: 1, High: len(ranked.Used)}
	}
	for _, r := range ranked.Relations {
		if !r.excludesNeutral() {
			continue
		}
		better, worse := r.A, r.B
		if r.Interval.High < r.Scale.neutral() {
			better, worse = r.B, r.A
		}
		ranked.Ranks[worse].Low++
		ranked.Ranks[better].High--
	}
	for _, i := range ranked.Used {
		ranked.Leaders[i] = ranked.Ranks[i].Low == 1
	}
	for _, r := range ranked.Relations {
		if r.A == 0 && r.Decision.Verdict == Equivalent { // A comes before B
			ranked.Leaders[r.B] = true
		}
	}
	return ranked
}

// run is a family under way.
type run struct {
	family Family
	groups []Sample
	result Result
	*comparer
	pairsOf []pair
}

func (f Family) begin(groups []Sample) *run {
	r := &run{family: f, groups: groups, comparer: newComparer()}
	if f.Better == NoneBetter {
		return r
	}
	for i, g := range groups {
		if g.Size() >= smallestGroup {
			r.result.Used = append(r.result.Used, i)
		}
	}
	return r
}

// samples are those that take part.
func (r *run) samples() []Sample {
	samples := make([]Sample, len(r.result.Used))
	for at, i := range r.result.Used {
		samples[at] = r.groups[i]
	}
	return samples
}

// setScale chooses one scale for all comparisons.
func (r *run) setScale(samples ...Sample) {
	if len(r.result.Used) > 0 {
		r.result.Scale = commonScale(samples...)
	}
}

// add compares group a with group b: the numerator is the group whose larger values
// speak for a. The error is that of a context that has ended.
func (r *run) add(ctx context.Context, a, b int, ofA, ofB group) error {
	x, y := ofA, ofB
	if r.family.Better == LowerBetter {
		x, y = ofB, ofA
	}
	runtime.Gosched() // a family takes long: shorter work goes first
	r.pairsOf = append(r.pairsOf, r.prepare(x, y, r.result.Scale))
	r.result.Relations = append(r.result.Relations, Relation{A: a, B: b, P: r.nulls.test(ofA.Sample, ofB.Sample).P})
	return ctx.Err()
}

// finish corrects for the number of comparisons, and decides. The error is that of a context that has ended.
func (r *run) finish(ctx context.Context) (Result, error) {
	m := len(r.result.Relations)
	if r.result.M = m; m == 0 {
		r.result.Scale = ""
		return r.result, nil
	}
	r.adjust()
	if err := r.correct(ctx); err != nil {
		return Result{}, err
	}
	for i, p := range r.pairsOf {
		relation, a, b := &r.result.Relations[i], p.x, p.y
		if r.family.Better == LowerBetter {
			a, b = p.y, p.x
		}
		relation.Decision = Decide(relation.Comparison, r.family.Better, a.Size(), b.Size(), r.family.Materiality, b.median())
		if r.family.Detail != nil && r.family.Detail(relation.A) {
			if err := ctx.Err(); err != nil {
				return Result{}, err
			}
			relation.Details = r.details(p, a, b, relation)
		}
	}
	return r.result, nil
}

// correct takes the intervals by the correction of the family.
func (r *run) correct(ctx context.Context) error {
	if r.family.Correction != Simultaneous {
		return r.shrink(ctx)
	}
	r.result.R = r.result.Discoveries
	return r.takeIntervals(ctx, r.family.Alpha/float64(len(r.result.Relations)))
}

// details is for the relation of a with b, which was decided. p is the pair in the order of
// the comparison.
func (r *run) details(p pair, a, b group, relation *Relation) *Details {
	alpha := r.result.Alpha
	shift := pair{x: a, y: b, scale: Shift, method: p.method, estimate: a.median() - b.median()}
	if p.method == HodgesLehmann {
		r.estimate(&shift)
	}
	ranks := rankTogether(p.x.sorted, p.y.sorted, nil)
	return &Details{
		Shift:        r.compare(shift, alpha),
		Superiority:  superiority(ranks.u, p.x.Size(), p.y.Size(), normalQuantile(alpha)),
		HasShape:     p.x.HasShape(p.y.Sample, relation.Comparison),
		DecidedByOne: r.isDecidedByOne(a.Sample, b.Sample, r.family, alpha),
	}
}

// adjust sets the adjusted p-values and the number of discoveries.
func (r *run) adjust() {
	p := make([]float64, len(r.result.Relations))
	for i, relation := range r.result.Relations {
		p[i] = relation.P
	}
	adjusted := BenjaminiHochberg(p)
	r.result.Discoveries = Discoveries(adjusted, r.family.Alpha)
	if r.family.Correction == Simultaneous {
		adjusted = Holm(p)
	}
	for i := range r.result.Relations {
		r.result.Relations[i].PAdjusted = adjusted[i]
	}
}

// shrink takes the intervals for R discoveries, and lowers R until at least R of the
// intervals exclude that there is no difference.
func (r *run) shrink(ctx context.Context) error {
	m := float64(len(r.result.Relations))
	for r.result.R = r.result.Discoveries; ; r.result.Steps++ {
		if err := r.takeIntervals(ctx, r.family.Alpha*float64(max(r.result.R, 1))/m); err != nil {
			return err
		}
		excluding := 0
		for _, relation := range r.result.Relations {
			if relation.excludesNeutral() {
				excluding++
			}
		}
		if excluding >= r.result.R {
			return nil
		}
		r.result.R = excluding
	}
}

// takeIntervals sets all comparisons at the level 1 - alpha.
func (r *run) takeIntervals(ctx context.Context, alpha float64) error {
	r.result.Alpha = alpha
	for i, p := range r.pairsOf {
		runtime.Gosched()
		if err := ctx.Err(); err != nil {
			return err
		}
		r.result.Relations[i].Comparison = r.compare(p, alpha)
	}
	return nil
}
