#!/usr/bin/env python3
"""Draw the intervals of the c-ray demo data by site as an SVG: draw.py URL > statistics.svg

Circles are results, bars the 95 % intervals of the medians, lines the medians; time x cores.
"""
import json
import math
import sys
import urllib.parse
import urllib.request

url = sys.argv[1].rstrip("/")


def get(path, **query):
    with urllib.request.urlopen(f"{url}{path}?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)


benchmark = get("/benchmarks", docker_image="thechristophe/openbench-c-ray")["items"][0]["id"]
groups = get("/results:compare", benchmark_id=benchmark, group_by="site", per="resource")["items"]
low, high = 600, 2600


def x(value):
    return 150 + 440 * (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))


lines = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 270" font-family="sans-serif" font-size="13">',
    "<title>Time x cores of c-ray by site, with 95 % intervals of the medians</title>",
    '<rect width="620" height="270" fill="white"/>',
]
for tick in (600, 800, 1000, 1300, 1700, 2200):
    lines.append(f'<line x1="{x(tick):.1f}" y1="20" x2="{x(tick):.1f}" y2="230" stroke="#ddd"/>')
    lines.append(f'<text x="{x(tick):.1f}" y="248" text-anchor="middle">{tick}</text>')
lines.append('<text x="370" y="265" text-anchor="middle">core-seconds (s x cores)</text>')
for i, group in enumerate(groups):
    y = 40 + 42 * i
    name = group["key"]["site_name"]
    lines.append(f'<text x="140" y="{y + 4}" text-anchor="end">{name} ({group["n"]})</text>')
    if "median_interval" in group:
        a, b = (x(v) for v in group["median_interval"])
        lines.append(f'<rect x="{a:.1f}" y="{y - 9}" width="{b - a:.1f}" height="18" fill="#9ecae1"/>')
    points = get("/results:series", benchmark_id=benchmark, site_id=group["key"]["site_id"], x="json.machine.cpu.count")["points"]
    for p in points:
        lines.append(f'<circle cx="{x(p["x"] * p["y"]):.1f}" cy="{y}" r="3.5" fill="none" stroke="#08519c"/>')
    m = x(group["median"])
    lines.append(f'<line x1="{m:.1f}" y1="{y - 12}" x2="{m:.1f}" y2="{y + 12}" stroke="#08519c" stroke-width="2"/>')
lines.append("</svg>")
print("\n".join(lines))
