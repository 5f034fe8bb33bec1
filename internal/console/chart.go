package console

import (
	"math"
	"strconv"
	"strings"
)

// chart is a picture of numbers with the same numbers as a table. Its colours
// are classes, because the pages' policy forbids style attributes.
type chart struct {
	ID     string // of the elements that name it for screen readers
	Title  string
	About  string // what is counted
	Width  float64
	Height float64
	Lined  bool // its series are lines
	Legend []legend
	Rects  []rect
	Texts  []textMark
	Lines  []polyline
	Dots   []dot
	Rules  []rule
	Head   []string // of the table
	Rows   [][]string
}

type legend struct{ Class, Label string }

type rect struct {
	X, Y, W, H float64
	Class, Tip string
}

type textMark struct {
	X, Y        float64
	Class, Text string
}

type polyline struct{ Points, Class string }

type dot struct {
	X, Y, R    float64
	Class, Tip string
}

// rule is a horizontal line of the grid.
type rule struct{ X, Y, W float64 }

// Empty reports whether there is nothing to draw.
func (c *chart) Empty() bool { return len(c.Rects)+len(c.Dots) == 0 }

// The measures of a picture, in its own units: as wide as a phone.
const (
	chartWidth = 360
	barPitch   = 38 // from one bar to the next: a line of text and the bar
	barTall    = 11
	plotLeft   = 40
	plotTop    = 12
	plotTall   = 150
	plotBelow  = 36 // months and years under the plot
	leastDrawn = 1.5
)

// series is a row of values for one group of bars, columns or points.
type series struct {
	Class, Label string
	Values       []float64 // NaN: none, for a line
	Words        []string  // the values as they are shown
}

// length is how long v is drawn where most fills full. What is there is seen,
// however small it is beside the rest; what is negative or no number is not.
func length(v, most, full float64) float64 {
	if !(v > 0) || !(most > 0) || math.IsInf(most, 1) {
		return 0
	}
	return round(max(min(v/most, 1)*full, leastDrawn))
}

// niceTop is the end of an axis that shows most: a round number that has a
// whole half, or 1.
func niceTop(most float64) float64 {
	if !(most > 1) || math.IsInf(most, 1) {
		return 1
	}
	for power := 1.0; ; power *= 10 {
		for _, step := range []float64{1, 2, 4, 6, 10} {
			if top := step * power; top >= most {
				return top
			}
		}
	}
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// bars draws a bar for each name, made of the parts side by side; sums are
// written at its end.
func bars(id, title, about string, names []string, parts []series, sums []string) chart {
	c := chart{ID: id, Title: title, About: about, Width: chartWidth, Height: float64(len(names))*barPitch + 2}
	most := 0.0
	for i := range names {
		most = max(most, total(parts, i))
	}
	for i, name := range names {
		y := float64(i) * barPitch
		c.Texts = append(c.Texts, textMark{0, y + 14, "", short(name, 44)}, textMark{chartWidth, y + 14, "end", sums[i]})
		c.Rects = append(c.Rects, rect{0, y + 20, chartWidth, barTall, "track", ""})
		x := 0.0
		for _, p := range parts {
			w := min(length(p.Values[i], most, chartWidth), chartWidth-x)
			if w <= 0 {
				continue
			}
			c.Rects = append(c.Rects, rect{round(x), y + 20, w, barTall, p.Class, tip(name, p, i)})
			x += w
		}
	}
	c.key(parts)
	return c
}

// columns draws a column for each month, made of the parts one on the other.
func columns(id, title, about string, months []monthMark, parts []series) chart {
	c := plot(id, title, about, months)
	most := 0.0
	for i := range months {
		most = max(most, total(parts, i))
	}
	top := c.axis(most)
	step := (chartWidth - plotLeft) / float64(len(months))
	for i, m := range months {
		y := float64(plotTop + plotTall)
		for _, p := range parts {
			h := min(length(p.Values[i], top, plotTall), y-plotTop)
			if h <= 0 {
				continue
			}
			y -= h
			c.Rects = append(c.Rects, rect{round(plotLeft + step*float64(i) + step*.15), round(y), round(step * .7), h, p.Class, tip(m.Name, p, i)})
		}
	}
	c.key(parts)
	return c
}

// lines draws a line for each series; where a month has no value it breaks.
func lines(id, title, about string, months []monthMark, all []series) chart {
	c := plot(id, title, about, months)
	c.Lined = true
	most := 0.0
	for _, s := range all {
		for _, v := range s.Values {
			if v > most {
				most = v
			}
		}
	}
	top := c.axis(most)
	step := (chartWidth - plotLeft) / float64(len(months))
	for n, s := range all {
		size := max(2, 5.5-1.5*float64(n)) // so that equal values are all seen
		var points []string
		flush := func() {
			if len(points) > 1 {
				c.Lines = append(c.Lines, polyline{strings.Join(points, " "), s.Class})
			}
			points = nil
		}
		for i, v := range s.Values {
			if math.IsNaN(v) {
				flush()
				continue
			}
			x, y := round(plotLeft+step*(float64(i)+.5)), round(plotTop+plotTall-min(max(v, 0)/top, 1)*plotTall)
			points = append(points, coordinate(x)+","+coordinate(y))
			c.Dots = append(c.Dots, dot{x, y, size, s.Class, tip(months[i].Name, s, i)})
		}
		flush()
	}
	c.key(all)
	return c
}

// monthMark names a month: whole, and as short as fits under a column.
type monthMark struct{ Name, Short, Year string }

// plot is an empty plot with its months.
func plot(id, title, about string, months []monthMark) chart {
	c := chart{ID: id, Title: title, About: about, Width: chartWidth, Height: plotTop + plotTall + plotBelow}
	step := (chartWidth - plotLeft) / float64(len(months))
	for i, m := range months {
		x := round(plotLeft + step*(float64(i)+.5))
		c.Texts = append(c.Texts, textMark{x, plotTop + plotTall + 15, "small mid", m.Short})
		if m.Year != "" {
			c.Texts = append(c.Texts, textMark{x, plotTop + plotTall + 30, "small mid soft", m.Year})
		}
	}
	return c
}

// axis draws the grid up to a round number and returns that.
func (c *chart) axis(most float64) float64 {
	top := niceTop(most)
	marks := []float64{0, top / 2, top}
	if top == 1 {
		marks = []float64{0, 1}
	}
	for _, v := range marks {
		y := round(plotTop + plotTall - v/top*plotTall)
		c.Rules = append(c.Rules, rule{plotLeft, y, chartWidth - plotLeft})
		c.Texts = append(c.Texts, textMark{plotLeft - 6, y + 4, "small end soft", axisWords(v)})
	}
	return top
}

// axisWords writes large numbers short, to fit beside the plot.
func axisWords(v float64) string {
	for _, unit := range []struct {
		from float64
		sign string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}} {
		if v >= unit.from {
			by := unit.from
			if unit.sign == "k" {
				by = 1e3
			}
			return strconv.FormatFloat(v/by, 'g', 4, 64) + unit.sign
		}
	}
	return number(int(v))
}

func (c *chart) key(all []series) {
	for _, s := range all {
		if s.Label != "" {
			c.Legend = append(c.Legend, legend{s.Class, s.Label})
		}
	}
}

func total(parts []series, i int) (sum float64) {
	for _, p := range parts {
		sum += max(p.Values[i], 0)
	}
	return sum
}

func tip(name string, s series, i int) string {
	if s.Label == "" {
		return name + ": " + s.Words[i]
	}
	return name + ", " + s.Label + ": " + s.Words[i]
}

func coordinate(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
