#!/usr/bin/env python3
"""Recompute comparisons with SciPy from exported values, and compare with the server's answers.

    check.py URL

URL is the address of a server with data. For each approved benchmark with a metric, and for
groups by site, by flavor and by tag, the script asks for the comparison as JSON, and exports
the results of the same question as CSV. It computes every number of the groups from the values
in that file, with code of its own and SciPy, and fails if a number differs by more than 1e-9.
The definitions are those of docs/explanation/statistics.md.
"""
import csv
import io
import json
import math
import re
import sys
import urllib.parse
import urllib.request
from itertools import product

import numpy
from scipy import stats

TOLERANCE = 1e-9
BORDER = 1 - 1e-12


def get(url, path, **query):
    pairs = [(k, v) for k, values in query.items() for v in (values if isinstance(values, list) else [values])]
    with urllib.request.urlopen(f"{url}{path}?{urllib.parse.urlencode(pairs)}") as answer:
        return answer.read().decode()


def value_of(metric, row):
    """The median of the samples of a result, or the number at the metric's path."""
    texts = [row.get(metric["samples"], "")] if "samples" in metric else []
    for text in texts:
        words = text.strip("[]").split(metric["separator"]) if "separator" in metric else re.split(r"[:;,|\s]+", text.strip("[]"))
        try:
            samples = [float(w.strip(' "')) for w in words if w.strip()]
        except ValueError:
            continue
        if samples:
            return float(numpy.median(samples))
    text = row[metric["path"]]
    return float(text) if text else None


def median_interval(x, alpha):
    n = len(x)
    rank = 0
    while rank <= n // 2 and stats.binom.cdf(rank, n, 0.5) < alpha / 2 * BORDER:
        rank += 1
    return (x[rank - 1], x[n - rank]) if rank else None


def counts(m, ranks):
    """Numbers of subsets of m ranks by their sum."""
    table = [{0: 1}] + [{} for _ in range(m)]
    for rank in ranks:
        for j in range(m, 0, -1):
            for total, count in table[j - 1].items():
                table[j][total + rank] = table[j].get(total + rank, 0) + count
    return table[m]


def is_exact(n1, n2):
    return n1 * n2 * (n1 + n2) * min(n1, n2) <= 2e7


def p_value(x, y):
    n1, n2 = len(x), len(y)
    u = sum((a > b) + (a == b) / 2 for a, b in product(x, y))
    if not is_exact(n1, n2):
        return stats.mannwhitneyu(x, y, alternative="two-sided", method="asymptotic", use_continuity=True).pvalue, u
    ranks = [int(2 * r) for r in stats.rankdata(list(x) + list(y))]
    smaller = ranks[:n1] if n1 <= n2 else ranks[n1:]
    m, mean = len(smaller), len(smaller) * (n1 + n2 + 1)
    found = counts(m, ranks)
    far = abs(sum(smaller) - mean)
    return sum(c for s, c in found.items() if abs(s - mean) >= far) / sum(found.values()), u


def interval_rank(n1, n2, alpha):
    if not is_exact(n1, n2):
        return math.floor(n1 * n2 / 2 + 0.5 - stats.norm.isf(alpha / 2) * math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12))
    m = min(n1, n2)
    found = counts(m, range(n1 + n2))
    total, below, k = sum(found.values()), 0, 0
    while True:
        below += found.get(k + m * (m - 1) // 2, 0)
        if below / total >= alpha / 2 * BORDER:
            return k
        k += 1


def mad(x):
    return float(numpy.median(numpy.abs(numpy.array(x) - numpy.median(x))))


def is_unequal(x, y):
    smaller, larger = (x, y) if len(x) <= len(y) else (y, x)
    return len(larger) >= 1.5 * len(smaller) and mad(numpy.log(smaller)) > 1.25 * mad(numpy.log(larger))


def ratio(x, y, alpha):
    """x/y with its interval, all values positive."""
    if is_unequal(x, y):
        a, b = math.log(numpy.median(x)), math.log(numpy.median(y))
        of_x, of_y = median_interval(x, alpha), median_interval(y, alpha)
        if not of_x or not of_y:
            return math.exp(a - b), None
        low = math.hypot(a - math.log(of_x[0]), math.log(of_y[1]) - b)
        high = math.hypot(math.log(of_x[1]) - a, b - math.log(of_y[0]))
        return math.exp(a - b), (math.exp(a - b - low), math.exp(a - b + high))
    pairs = sorted(a / b for a, b in product(x, y))
    n, k = len(pairs), interval_rank(len(x), len(y), alpha)
    estimate = pairs[n // 2] if n % 2 else math.sqrt(pairs[n // 2 - 1]) * math.sqrt(pairs[n // 2])
    return estimate, (pairs[k - 1], pairs[n - k]) if k >= 1 else None


def verdict(interval, tau):
    if interval is None:
        return "not_enough_data"
    low, high, t = interval[0], interval[1], 1 + tau
    if 1 / t <= low and high <= t:
        return "equivalent"
    if low > 1:
        return "faster"
    return "slower" if high < 1 else "indistinguishable"


class Check:
    def __init__(self):
        self.numbers = 0
        self.wrong = []

    def same(self, what, got, want):
        self.numbers += 1
        if isinstance(want, float) and got is not None:
            if not math.isclose(got, want, rel_tol=TOLERANCE, abs_tol=1e-12):
                self.wrong.append(f"{what}: the server says {got!r}, SciPy {want!r}")
        elif got != want:
            self.wrong.append(f"{what}: the server says {got!r}, SciPy {want!r}")

    def group(self, what, got, x):
        n = len(x)
        self.same(what + ".n", got["n"], n)
        for i, q in enumerate(numpy.quantile(x, [0.25, 0.5, 0.75])):
            self.same(f"{what}.quartiles[{i}]", got["quartiles"][i], float(q))
        self.same(what + ".mean", got["mean"], float(numpy.mean(x)))
        if n > 1:
            self.same(what + ".sd", got["sd"], float(numpy.std(x, ddof=1)))
        if min(x) > 0:
            self.same(what + ".geometric_mean", got["geometric_mean"], float(stats.gmean(x)))
        interval = median_interval(x, 0.05)
        self.same(what + ".median_interval", got.get("median_interval"), list(interval) if interval else None)

    def family(self, what, answer, groups):
        """All groups against the baseline; see statistics.md, section 5."""
        metric, items = answer["metric"], answer["items"]
        if "baseline" not in answer:
            return
        base = next(i for i in items if i["key"] == answer["baseline"])
        y = groups[json.dumps(base["key"])]
        members = [i for i in items if i is not base and len(groups[json.dumps(i["key"])]) >= 4 and len(y) >= 4]
        members = [i for i in members if "overlap" not in [w["code"] for w in i["warnings"]]]
        m = len(members)
        self.same(what + ".family.m", answer["family"]["m"], m)
        if not m:
            return
        p = [p_value(groups[json.dumps(i["key"])], y)[0] for i in members]
        order = sorted(range(m), key=lambda i: p[i])
        adjusted, smallest = [0.0] * m, 1.0
        for j in range(m, 0, -1):
            smallest = min(smallest, m * p[order[j - 1]] / j)
            adjusted[order[j - 1]] = smallest
        r = sum(a <= 0.05 * (1 + 1e-12) for a in adjusted)
        while True:
            alpha = 0.05 * max(r, 1) / m
            pairs = [self.oriented(metric, groups[json.dumps(i["key"])], y) for i in members]
            found = [ratio(a, b, alpha) for a, b in pairs]
            excluding = sum(i is not None and not i[0] <= 1 <= i[1] for _, i in found)
            if excluding >= r:
                break
            r = excluding
        self.same(what + ".family.R", answer["family"]["R"], r)
        self.same(what + ".family.level", answer["family"]["level"], 1 - alpha)
        for item, (estimate, interval), p_i, adjusted_i in zip(members, found, p, adjusted):
            name, versus = f"{what} {json.dumps(item['key'])}", item["versus_baseline"]
            self.same(name + ".speedup", versus["speedup"], float(estimate))
            for side in (0, 1) if interval else ():
                self.same(f"{name}.interval[{side}]", versus["interval"][side], float(interval[side]))
            self.same(name + ".p", versus["p"], float(p_i))
            self.same(name + ".p_adjusted", versus["p_adjusted"], float(adjusted_i))
            self.same(name + ".verdict", versus["verdict"], verdict(interval, metric["materiality"]))

    @staticmethod
    def oriented(metric, a, b):
        return (b, a) if metric["better"] == "lower" else (a, b)


def check(url):
    c = Check()
    for benchmark in json.loads(get(url, "/benchmarks"))["items"]:
        metrics = json.loads(get(url, f"/benchmarks/{benchmark['id']}/metrics"))["items"]
        if not metrics:
            continue
        metric = metrics[0]
        columns = ["site_id", "flavor_id", "tags", f"json.{metric['path']}"]
        columns += [f"json.{metric['samples']}"] if "samples" in metric else []
        exported = get(url, "/results:export", benchmark_id=benchmark["id"], format="csv", columns=columns)
        rows = [{k.split(" [")[0].removeprefix("json."): v for k, v in row.items()} for row in csv.DictReader(io.StringIO(exported))]
        for by in ("site", "flavor"):
            answer = json.loads(get(url, "/results:compare", benchmark_id=benchmark["id"], group_by=by))
            groups = {}
            for item in answer["items"]:
                ours = [value_of(metric, row) for row in rows if row[f"{by}_id"] == item["key"][f"{by}_id"]]
                groups[json.dumps(item["key"])] = sorted(v for v in ours if v is not None)
                c.group(f"{by} {item['key']}", item, groups[json.dumps(item["key"])])
            c.family(f"{benchmark['docker_image']} by {by}", answer, groups)
    return c


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    result = check(sys.argv[1].rstrip("/"))
    for line in result.wrong:
        print(line, file=sys.stderr)
    print(f"{result.numbers} numbers compared with SciPy, {len(result.wrong)} differ")
    sys.exit(1 if result.wrong or not result.numbers else 0)
