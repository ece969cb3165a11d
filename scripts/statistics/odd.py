"""Writes core/statistics/testdata/odd.json: vectors for odd inputs, computed without the Go package.

    /usr/bin/python3 scripts/statistics/odd.py >core/statistics/testdata/odd.json

Sums, moments and exact distributions are those of rationals and of decimals with 60 digits; quantiles of
the normal distribution and the checks of the test are SciPy's (Debian's package python3-scipy).
"""

import itertools
import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy
from scipy import stats

getcontext().prec = 60
getcontext().Emax, getcontext().Emin = 10**6, -(10**6)
LEVELS = {"0.90": 0.10, "0.95": 0.05, "0.99": 0.01}
EXACT_WORK = 2e7


def exact(value):
    """The decimal of a float or a fraction."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def quantile(x, p):
    h = (len(x) - 1) * p
    i = math.floor(h)
    f = h - i
    if f == 0 or x[i] == x[i + 1]:
        return x[i]
    return (1 - f) * x[i] + f * x[i + 1]


def median_rank(n, alpha):
    """l of the median interval, by counting."""
    below, limit, rank = Fraction(0), Fraction(alpha) / 2 * (1 - Fraction(1, 10**12)), 0
    for j in range(n + 1):
        below += Fraction(math.comb(n, j), 2**n)
        if below >= limit:
            return rank, float(1 - 2 * (below - Fraction(math.comb(n, j), 2**n)))
        rank += 1
    return rank, 1.0


def summary(values):
    x = sorted(values)
    n = len(x)
    mean = sum(map(Fraction, x)) / n
    out = {"n": n, "min": x[0], "max": x[-1], "mean": float(exact(mean))}
    for name, p in (("p05", 0.05), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("p95", 0.95)):
        out[name] = quantile(x, p)
        with numpy.errstate(all="ignore"):
            if max(map(abs, x)) < 1e299:
                assert math.isclose(out[name], numpy.quantile(x, p), rel_tol=1e-12, abs_tol=1e-290), (x, p)
    if n > 1:
        variance = sum((Fraction(v) - mean) ** 2 for v in x) / (n - 1)
        sd = exact(variance).sqrt()
        out["sd"] = float(sd)
        if x[0] > 0:
            out["cov"] = float(sd / exact(mean))
    if x[0] > 0:
        out["geomean"] = float((sum(exact(v).ln() for v in x) / n).exp())
    middle = Fraction(out["median"])
    out["mad"] = float(exact(quantile(sorted(abs(Fraction(v) - middle) for v in x), 0.5))) if n % 2 else None
    if n % 2 == 0:
        d = sorted(abs(Fraction(v) - middle) for v in x)
        out["mad"] = float(exact((d[n // 2 - 1] + d[n // 2]) / 2))
    out["median_ci"] = {}
    for level, alpha in LEVELS.items():
        rank, coverage = median_rank(n, alpha) if n <= 2000 else (None, None)
        if rank is None:
            rank = int(stats.binom.ppf(alpha / 2, n, 0.5))
            coverage = float(1 - 2 * stats.binom.cdf(rank - 1, n, 0.5))
        out["median_ci"][level] = None if rank == 0 else {"l": rank, "lo": x[rank - 1], "hi": x[n - rank], "coverage": coverage}
    return out


def counts(m, ranks):
    """How many choices of m of the ranks have each sum."""
    table = [{0: 1}] + [{} for _ in range(m)]
    for rank in ranks:
        for j in range(m, 0, -1):
            for s, c in table[j - 1].items():
                table[j][s + rank] = table[j].get(s + rank, 0) + c
    return table[m]


def mann_whitney(x, y):
    n1, n2, both = len(x), len(y), sorted(x + y)
    n = n1 + n2
    x_sorted, y_sorted = numpy.sort(x), numpy.sort(y)
    less = numpy.searchsorted(y_sorted, x_sorted, "left").sum()
    upto = numpy.searchsorted(y_sorted, x_sorted, "right").sum()
    u = float(less + upto) / 2
    if both[0] == both[-1]:
        return u, 1.0, True
    if n1 * n2 * n * min(n1, n2) <= EXACT_WORK:
        rank, i = {}, 0
        for value, group in itertools.groupby(both):
            size = len(list(group))
            rank[value] = 2 * i + size + 1
            i += size
        small = x if n1 <= n2 else y
        m, center = len(small), len(small) * (n + 1)
        distance = abs(sum(rank[v] for v in small) - center)
        found = counts(m, [rank[v] for v in both])
        far = sum(c for s, c in found.items() if abs(s - center) >= distance)
        return u, float(Fraction(far, math.comb(n, m))), True
    return u, float(stats.mannwhitneyu(x, y, use_continuity=True, method="asymptotic").pvalue), False


def interval_rank(n1, n2, alpha):
    n = n1 + n2
    if n1 * n2 * n * min(n1, n2) > EXACT_WORK:
        width = stats.norm.isf(alpha / 2) * math.sqrt(n1 * n2 * (n + 1) / 12)
        return max(0, math.floor(n1 * n2 / 2 + 0.5 - width))
    m = min(n1, n2)
    found, below, k = counts(m, range(n)), Fraction(0), 0
    limit = Fraction(alpha) / 2 * (1 - Fraction(1, 10**12)) * math.comb(n, m)
    for u in range(n1 * n2 + 1):
        below += found.get(u + m * (m - 1) // 2, 0)
        if below >= limit:
            return k
        k += 1
    return k


def combined(x, y, ratio):
    with numpy.errstate(all="ignore"):
        a, b = numpy.array(x)[:, None], numpy.array(y)[None, :]
        return numpy.sort(((a / b) if ratio else (a - b)).ravel())


def middle(d, ratio):
    n = len(d)
    low, high = float(d[(n - 1) // 2]), float(d[n // 2])
    if n % 2:
        return low
    return math.sqrt(low) * math.sqrt(high) if ratio else low / 2 + high / 2


def has_ratio(x, y):
    low, high = min(x + y), max(x + y)
    if low <= 0:
        return False
    with numpy.errstate(all="ignore"):
        return bool(numpy.isfinite(numpy.float64(high) / low)) and low / high >= 2.2250738585072014e-308


def bound(a, n1, n2, z):
    """The lower bound of Newcombe's method 5, by bisection with 60 digits."""
    if a == 0:
        return Decimal(0)
    a, z, m = Decimal(a), Decimal(z), Decimal(n1 + n2) / 2 - 1
    low, high = Decimal(0), a
    for _ in range(180):
        t = (low + high) / 2
        h = (1 + m * ((1 - t) / (2 - t) + t / (1 + t))) / (Decimal(n1) * n2)
        over = (1 - t) - z * z * t * h if a == 1 else (a - t) - z * (t * (1 - t) * h).sqrt()
        low, high = (t, high) if over > 0 else (low, t)
    return low


def pair(x, y):
    n1, n2 = len(x), len(y)
    u, p, is_exact = mann_whitney(x, y)
    differences = combined(x, y, False)
    out = {"u": u, "p": p, "exact": is_exact, "shift": middle(differences, False), "hl": {}}
    ratios = combined(x, y, True) if has_ratio(x, y) else None
    if ratios is not None:
        out["ratio"] = middle(ratios, True)
    for level, alpha in LEVELS.items():
        k = interval_rank(n1, n2, alpha)
        if k < 1:
            out["hl"][level] = None
            continue
        found = {"k": k, "shift_lo": float(differences[k - 1]), "shift_hi": float(differences[-k])}
        if ratios is not None:
            found |= {"ratio_lo": float(ratios[k - 1]), "ratio_hi": float(ratios[-k])}
        out["hl"][level] = found
    z, a = stats.norm.isf(0.025), Fraction(u) / (n1 * n2)
    out["superiority"] = float(exact(a))
    out["superiority_lo"] = float(bound(exact(a), n1, n2, z))
    out["superiority_hi"] = float(1 - bound(exact(1 - a), n1, n2, z))
    return out


def trend(times, x):
    n = len(x)
    s = sum((times[j] > times[i]) - (times[j] < times[i]) if x[j] != x[i] and x[j] > x[i]
            else ((times[j] < times[i]) - (times[j] > times[i]) if x[j] != x[i] else 0)
            for i in range(n) for j in range(i + 1, n))
    sizes = lambda v: [v.count(k) for k in set(v)]
    a, b = sizes(times), sizes(x)
    n0, n1, n2 = n * (n - 1) // 2, sum(k * (k - 1) // 2 for k in a), sum(k * (k - 1) // 2 for k in b)
    if n0 in (n1, n2):
        return {"s": 0, "z": 0.0, "p": 1.0, "tau_b": None}
    v = Fraction(n * (n - 1) * (2 * n + 5) - sum(k * (k - 1) * (2 * k + 5) for k in a) - sum(k * (k - 1) * (2 * k + 5) for k in b), 18)
    v += Fraction(sum(k * (k - 1) for k in a) * sum(k * (k - 1) for k in b), 2 * n * (n - 1))
    v += Fraction(sum(k * (k - 1) * (k - 2) for k in a) * sum(k * (k - 1) * (k - 2) for k in b), 9 * n * (n - 1) * (n - 2))
    z = float(Decimal(s - (s > 0) + (s < 0)) / exact(v).sqrt())
    tau = float(Decimal(s) / (Decimal(n0 - n1) * Decimal(n0 - n2)).sqrt())
    assert math.isclose(tau, stats.kendalltau(times, x).statistic if hasattr(stats.kendalltau(times, x), "statistic")
                        else stats.kendalltau(times, x)[0], rel_tol=1e-9, abs_tol=1e-12)
    return {"s": s, "z": z, "p": float(math.erfc(abs(z) / math.sqrt(2))), "tau_b": tau}


class Generator:
    """As core/statistics/testdata/generators.json describes."""

    def __init__(self, spec):
        self.spec, self.state = spec, spec["seed"]

    def uniform(self):
        self.state = 48271 * self.state % 2147483647
        return self.state / 2147483647

    def bell(self):
        t = 0.0
        for _ in range(12):
            t += self.uniform()
        return t - 6

    def values(self):
        a, b = self.spec["a"], self.spec["b"]
        one = {
            "bell": lambda: a + b * self.bell(), "pareto": lambda: a + b / math.sqrt(self.uniform()),
            "grid": lambda: a + math.floor(b * self.uniform()), "uniform": lambda: a + b * self.uniform(),
        }[self.spec["gen"]]
        return [one() for _ in range(self.spec["n"])]


def read(series):
    return Generator(series).values() if isinstance(series, dict) else series


def gen(kind, seed, n, a, b):
    return {"gen": kind, "seed": seed, "n": n, "a": a, "b": b}


ONE = {
    "one": [3.5], "two": [1.0, 4.0], "two equal": [2.0, 2.0], "three": [5.0, 1.0, 3.0], "four with ties": [1.0, 1.0, 1.0, 2.0],
    "five": [0.1, 0.2, 0.3, 0.4, 0.5], "all equal": [7.25] * 9, "all zero": [0.0] * 6, "zeros and one": [0.0] * 7 + [1.0],
    "huge": [1e300, 9.9e299, 5e299, 1e300, 2.5e299, 7e299], "huge of both signs": [1e300, -1e300, 1e299, -1e299, 3e298, -2e298, 1e300],
    "tiny": [1e-300, 2e-300, 1.5e-300, 1e-300, 3e-300, 9e-300, 4e-300], "tiny of both signs": [1e-300, -1e-300, 2e-300, -3e-300, 0.0, 1e-300],
    "of all magnitudes": [1e-300, 1e-100, 1.0, 1e100, 1e300, 1e-200, 1e200], "negative": [-3.0, -1.0, -2.0, -8.0, -5.0, -1.5],
    "mixed signs": [-3.0, 4.0, 0.0, -0.5, 0.5, 12.0, -12.0], "close": [1 + k * 2.0**-52 for k in (0, 1, 2, 3, 1, 2, 5)],
    "close and large": [1e15 + k / 8 for k in (0, 1, 2, 3, 1, 2, 5, 9)], "skewed": [1.0, 1.1, 1.2, 1.15, 1.05, 1e6],
    "many": gen("pareto", 11, 100000, 1, 3), "many ties": gen("grid", 12, 100000, -3, 7), "many negative": gen("bell", 13, 99999, -5, 2),
}

TWO = {
    "1 v 1": ([1.0], [2.0]), "1 v 5": ([3.0], [1.0, 2.0, 3.0, 4.0, 5.0]), "2 v 3": ([1.0, 4.0], [2.0, 2.0, 9.0]),
    "3 v 3 apart": ([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]), "4 v 4 apart": ([1.0, 2.0, 3.0, 4.0], [7.0, 8.0, 9.0, 10.0]),
    "4 v 4 equal": ([5.0] * 4, [5.0] * 4), "5 v 5 ties everywhere": ([1.0, 1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 2.0, 3.0, 3.0]),
    "two values": ([1.0] * 6 + [2.0] * 3, [1.0] * 3 + [2.0] * 8), "constant v others": ([4.0] * 7, [1.0, 2.0, 4.0, 4.0, 9.0, 16.0]),
    "zeros": ([0.0] * 5, [0.0, 0.0, 1.0, 0.0, 2.0]), "negative": ([-5.0, -4.0, -3.5, -9.0, -1.0], [-2.0, -1.0, -0.5, -7.0, -3.0, -2.5]),
    "mixed signs": ([-5.0, 4.0, 0.0, 2.0, -1.0, 3.0], [1.0, -2.0, 6.0, 0.0, 8.0, 2.5, 9.0]),
    "huge": ([1e300, 9e299, 8e299, 7.5e299, 6e299], [5e299, 1e300, 4e299, 3e299, 2e299, 9.5e299]),
    "huge of both signs": ([1e300, -1e300, 5e299, 1e299], [-5e299, 1e300, -1e300, -1e299, 2e299]),
    "tiny": ([1e-300, 2e-300, 3e-300, 1.5e-300, 4e-300], [2e-300, 5e-300, 7e-300, 6e-300, 9e-300]),
    "all magnitudes, no ratio": ([1e-300, 1.0, 1e300, 5.0], [1e-299, 2.0, 1e299, 7.0]),
    "ratio at the limit": ([1e-150, 1.0, 3.0, 2.0, 4.0], [1e150, 1.0, 5.0, 2.0, 7.0, 9.0]),
    "4 v 300": ([1.0, 2.0, 30.0, 4.0], gen("pareto", 21, 300, 1, 3)), "2 v 500": ([0.5, 90.0], gen("grid", 22, 500, 1, 5)),
    "40 v 40 grid": (gen("grid", 23, 40, 1, 4), gen("grid", 24, 40, 1, 5)), "60 v 60 close": (gen("bell", 25, 60, 100, 1), gen("bell", 26, 60, 100.2, 1)),
    "7 v 3000": (gen("bell", 27, 7, 10, 1), gen("bell", 28, 3000, 10.5, 1)), "700 v 900 grid": (gen("grid", 29, 700, 1, 3), gen("grid", 30, 900, 1, 3)),
    "1500 v 1200 pareto": (gen("pareto", 31, 1500, 1, 2), gen("pareto", 32, 1200, 1.1, 2)),
    "1000 v 1100 of both signs": (gen("bell", 33, 1000, 0, 1), gen("grid", 34, 1100, -2, 5)),
}

SERIES = {
    "rising in pairs": ([float(k // 2) for k in range(14)], [float(k // 3) for k in range(14)]),
    "two values": ([float(k) for k in range(12)], [1.0, 2.0] * 6), "constant": ([float(k) for k in range(10)], [3.0] * 10),
    "one time": ([5.0] * 11, [float(k) for k in range(11)]), "falling, huge": ([float(k) for k in range(11)], [1e300 - k * 1e298 for k in range(11)]),
    "ties of both": ([1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0, 6.0, 7.0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 1.0, 3.0, 3.0]),
}

cases = {
    "summaries": [{"id": name, "x": x, "expected": summary(read(x))} for name, x in ONE.items()],
    "pairs": [{"id": name, "x": x, "y": y, "expected": pair(read(x), read(y))} for name, (x, y) in TWO.items()],
    "trends": [{"id": name, "t": t, "x": x, "expected": trend(t, x)} for name, (t, x) in SERIES.items()],
}
print("{")
print(",\n".join(f' "{kind}": [\n  ' + ",\n  ".join(json.dumps(c) for c in found) + "\n ]" for kind, found in cases.items()))
print("}")
