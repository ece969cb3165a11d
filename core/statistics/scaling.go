package statistics

import (
	"maps"
	"math"
	"slices"
)

// ScalingModel names a fit of times over core counts.
type ScalingModel string

// The models; NoModel where none may be shown.
const (
	NoModel  ScalingModel = ""
	Amdahl   ScalingModel = "amdahl"
	PowerLaw ScalingModel = "power"
)

// ScalingReason tells why no model is shown.
type ScalingReason string

// The reasons; Shown where there is none.
const (
	Shown         ScalingReason = ""
	FewCoreCounts ScalingReason = "few_core_counts"
	NarrowRange   ScalingReason = "narrow_range"
	NotPositive   ScalingReason = "not_positive"
	PoorFit       ScalingReason = "poor_fit"
)

const (
	// scalingCounts is the number of core counts that a fit needs to be shown.
	scalingCounts = 4
	// scalingRange is the factor between the largest and the smallest of them.
	scalingRange = 4
	// goodFit is the R2 that a fit needs to be shown.
	goodFit = 0.9
)

// Scaling describes how times depend on the number of cores.
type Scaling struct {
	// Cores are the different core counts, ascending, and Times their median times.
	Cores, Times []float64
	// Power is nil for fewer than 2 core counts, or times that are not positive.
	Power *PowerFit
	// AmdahlFit is nil for fewer than 2 core counts, or times that are not positive.
	Amdahl *AmdahlFit
	// Show is the model that may be shown, Reason why there is none.
	Show   ScalingModel
	Reason ScalingReason
}

// PowerFit is ln T = ln C + Slope ln p, by least squares (R's lm and confint). The
// scaling exponent is -Slope; 1 is ideal.
type PowerFit struct {
	C, Slope float64
	// SlopeError and SlopeInterval, of 95 %, are nil for fewer than 3 core counts.
	SlopeError    *float64
	SlopeInterval *Interval
	// R2 is nil where the times do not vary.
	R2 *float64
}

// AmdahlFit is T = A + B/p with the smallest sum of squared relative errors.
type AmdahlFit struct {
	A, B float64
	// OneCore is the time on one core, A + B.
	OneCore float64
	// SerialFraction is A / (A + B). Its interval, of 95 % by Fieller's theorem, is nil
	// where it is unbounded; it is shown clipped to 0 and 1.
	SerialFraction float64
	SerialInterval *Interval
	// R2 of the logarithms of the times; nil where these do not vary or the fit is not
	// positive somewhere.
	R2 *float64
}

// FitScaling fits both models. cores and times have one length; core counts are
// positive. Error: *ValueError.
func FitScaling(cores, times []float64) (Scaling, error) {
	if err := Check(times); err != nil {
		return Scaling{}, err
	}
	scaling := medianTimes(cores, times)
	m := len(scaling.Cores)
	positive := m > 0 && slices.Min(scaling.Times) > 0
	if positive && m > 1 {
		scaling.Power = fitPower(scaling.Cores, scaling.Times)
		scaling.Amdahl = fitAmdahl(scaling.Cores, scaling.Times)
	}
	switch {
	case m < scalingCounts:
		scaling.Reason = FewCoreCounts
	case scaling.Cores[m-1] < scalingRange*scaling.Cores[0]:
		scaling.Reason = NarrowRange
	case !positive:
		scaling.Reason = NotPositive
	default:
		scaling.Show, scaling.Reason = chooseModel(scaling.Power, scaling.Amdahl)
	}
	return scaling, nil
}

func medianTimes(cores, times []float64) Scaling {
	of := map[float64][]float64{}
	for i, p := range cores {
		of[p] = append(of[p], times[i])
	}
	scaling := Scaling{Cores: slices.Sorted(maps.Keys(of))}
	for _, p := range scaling.Cores {
		scaling.Times = append(scaling.Times, sortedSample(of[p]).median())
	}
	return scaling
}

// chooseModel prefers Amdahl's law where it fits no worse.
func chooseModel(power *PowerFit, amdahl *AmdahlFit) (ScalingModel, ScalingReason) {
	isPower := power.Slope < 0 && power.R2 != nil && *power.R2 >= goodFit
	isAmdahl := amdahl.SerialFraction >= 0 && amdahl.B > 0 && amdahl.R2 != nil && *amdahl.R2 >= goodFit
	switch {
	case isAmdahl && (!isPower || *amdahl.R2 >= *power.R2):
		return Amdahl, Shown
	case isPower:
		return PowerLaw, Shown
	default:
		return NoModel, PoorFit
	}
}

func fitPower(cores, times []float64) *PowerFit {
	m := len(cores)
	x, y := logarithms(cores), logarithms(times)
	centerX, centerY := mean(x), mean(y)
	var xx, xy accumulator
	for i := range x {
		xx.add((x[i] - centerX) * (x[i] - centerX))
		xy.add((x[i] - centerX) * (y[i] - centerY))
	}
	slope := xy.value() / xx.value()
	intercept := centerY - float64(slope*centerX)
	fit := &PowerFit{C: math.Exp(intercept), Slope: slope}
	fitted := make([]float64, m)
	var rest accumulator
	for i := range x {
		fitted[i] = intercept + float64(slope*x[i])
		residual := (y[i] - centerY) - float64(slope*(x[i]-centerX))
		rest.add(residual * residual)
	}
	fit.R2 = explained(y, fitted)
	if m > 2 {
		deviation := math.Sqrt(rest.value() / float64(m-2) / xx.value())
		half := studentQuantile(0.05, float64(m-2)) * deviation
		fit.SlopeError = &deviation
		fit.SlopeInterval = &Interval{Low: slope - half, High: slope + half}
	}
	return fit
}

func logarithms(values []float64) []float64 {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return logs
}

// explained is R2: 1 minus the share of the variation that the fit leaves; nil where
// the values do not vary.
func explained(values, fitted []float64) *float64 {
	center := mean(values)
	var rest, total accumulator
	for i, v := range values {
		rest.add((v - fitted[i]) * (v - fitted[i]))
		total.add((v - center) * (v - center))
	}
	if slices.Min(values) == slices.Max(values) {
		return nil
	}
	return new(1 - rest.value()/total.value())
}

// fitAmdahl solves the weighted least squares of T on 1 and 1/p with weights 1/T^2, which
// are those of 1 on 1/T and 1/(pT). The times are scaled by a power of two first.
func fitAmdahl(cores, times []float64) *AmdahlFit {
	m := len(cores)
	exponent := powerAbove(times)
	t := scaled(times, exponent)
	// With weights w the regression of T on z = 1/p is centered, which keeps its
	// digits.
	var w, wz, wt accumulator
	for i, p := range cores {
		weight := 1 / (t[i] * t[i])
		w.add(weight)
		wz.add(weight / p)
		wt.add(weight * t[i])
	}
	centerZ, centerT := wz.value()/w.value(), wt.value()/w.value()
	var zz, zt accumulator
	for i, p := range cores {
		weight, z := 1/(t[i]*t[i]), 1/p-centerZ
		zz.add(weight * z * z)
		zt.add(weight * z * (t[i] - centerT))
	}
	b := zt.value() / zz.value()
	a := centerT - float64(b*centerZ)
	fit := &AmdahlFit{A: math.Ldexp(a, exponent), B: math.Ldexp(b, exponent), OneCore: math.Ldexp(a+b, exponent), SerialFraction: a / (a + b)}
	fitted, positive := make([]float64, m), true
	var rest accumulator
	for i, p := range cores {
		value := a + b/p
		residual := (t[i] - value) / t[i]
		rest.add(residual * residual)
		positive = positive && value > 0
		fitted[i] = math.Log(value)
	}
	if positive {
		fit.R2 = explained(logarithms(t), fitted)
	}
	if m > 2 {
		variance := rest.value() / float64(m-2)
		vbb := variance / zz.value()
		vab := -float64(centerZ * vbb)
		vaa := variance/w.value() + float64(centerZ*centerZ*vbb)
		fit.SerialInterval = fieller(a, b, vaa, vbb, vab, studentQuantile(0.05, float64(m-2)))
	}
	return fit
}

// fieller is the interval of a/(a+b) by Fieller's theorem (1954); nil if it is not
// bounded.
func fieller(a, b, vaa, vbb, vab, t float64) *Interval {
	total, square := a+b, t*t
	quadratic := float64(total*total) - float64(square*(vaa+vbb+2*vab))
	if quadratic <= 0 {
		return nil
	}
	linear := float64(a*total) - float64(square*(vaa+vab))
	constant := float64(a*a) - float64(square*vaa)
	root := math.Sqrt(max(0, float64(linear*linear)-float64(quadratic*constant)))
	return &Interval{Low: (linear - root) / quadratic, High: (linear + root) / quadratic}
}
