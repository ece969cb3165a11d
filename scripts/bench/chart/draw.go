package main

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The sizes and colors of the chart.
const (
	inARow      = 3
	panelWidth  = 11 * vg.Centimeter
	panelHeight = 7.5 * vg.Centimeter
	gap         = 4 * vg.Millimeter
	lineWidth   = 1.5
	lineGap     = 2 * vg.Millimeter
)

// colors differ also for people with color blindness.
var colors = map[string]color.Color{
	"PostgreSQL": color.RGBA{R: 0, G: 114, B: 178, A: 255},
	"embedded":   color.RGBA{R: 213, G: 94, B: 0, A: 255},
}

// dashes are the line styles of the quantiles. No dash is a solid line.
var dashes = map[string][]vg.Length{slow: {vg.Points(4), vg.Points(3)}}

// render draws the panels, and a last panel with the legend.
func render(panels []*panel) (*vgsvg.Canvas, error) {
	legend := plot.New()
	legend.HideAxes()
	legend.Legend.Top, legend.Legend.Left, legend.Legend.Padding = true, true, lineGap
	lowest, highest := bounds(panels)
	rows := len(panels)/inARow + 1
	plots := make([][]*plot.Plot, rows)
	for i := range rows * inARow {
		var p *plot.Plot
		switch {
		case i < len(panels):
			p = panels[i].frame(lowest, highest)
			if err := panels[i].draw(p, legend, i == 0); err != nil {
				return nil, err
			}
		case i == len(panels):
			p = legend
		}
		plots[i/inARow] = append(plots[i/inARow], p)
	}
	canvas := vgsvg.New(inARow*panelWidth, vg.Length(rows)*panelHeight)
	tiles := draw.Tiles{
		Rows: rows, Cols: inARow, PadX: gap, PadY: gap, PadTop: gap, PadBottom: gap, PadLeft: gap, PadRight: gap,
	}
	for row, places := range plot.Align(plots, tiles, draw.New(canvas)) {
		for column, place := range places {
			if p := plots[row][column]; p != nil {
				p.Draw(place)
			}
		}
	}
	return canvas, nil
}

// frame returns a panel without lines. All panels have the same axes.
func (p *panel) frame(lowest, highest plotter.XY) *plot.Plot {
	frame := plot.New()
	frame.Title.Text, frame.X.Label.Text, frame.Y.Label.Text = p.title, "results", "ms"
	for _, axis := range []*plot.Axis{&frame.X, &frame.Y} {
		axis.Scale, axis.Tick.Marker = plot.LogScale{}, plot.TickerFunc(powers)
	}
	frame.Add(plotter.NewGrid())
	frame.X.Min, frame.X.Max, frame.Y.Min, frame.Y.Max = lowest.X, highest.X, lowest.Y, highest.Y
	return frame
}

// powers are powers of ten, from 0.1 (milliseconds) to ten million (results).
func powers(least, greatest float64) []plot.Tick {
	var ticks []plot.Tick
	value := 0.1
	for _, label := range []string{"0.1", "1", "10", "100", "1,000", "10,000", "100,000", "1,000,000", "10,000,000"} {
		if least <= value && value <= greatest {
			ticks = append(ticks, plot.Tick{Value: value, Label: label})
		}
		value *= 10
	}
	return ticks
}

func (p *panel) draw(frame, legend *plot.Plot, explain bool) error {
	for _, line := range p.lines {
		l, points, err := plotter.NewLinePoints(line.points)
		if err != nil {
			return fmt.Errorf("draw %s: %w", p.name, err)
		}
		l.Width, l.Color, l.Dashes = vg.Points(lineWidth), colors[line.database], dashes[line.quantile]
		points.Color, points.Shape = l.Color, draw.CircleGlyph{}
		frame.Add(l, points)
		if explain {
			legend.Legend.Add(line.database+", "+line.quantile, l, points)
		}
	}
	return nil
}
