package calendar

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// dayForm is how days are written in the file.
const dayForm = "2006-01-02"

// longestSpan is more than any holiday has lasted: a longer one is a slip.
const longestSpan = 20

// kinds are the words of a row's first column; a worked day is true.
var kinds = map[string]bool{"off": false, "放假": false, "work": true, "上班": true}

// statutory are days off in every year. A year in which one is missing has been
// copied from its notice in part only, and would count holidays as working days.
var statutory = []struct {
	month time.Month
	day   int
}{{time.January, 1}, {time.May, 1}, {time.October, 1}}

// Parse reads the arrangements of one or more years: comma-separated rows of
// kind (off or work; 放假 or 上班), first day, last day (empty for a single one)
// and name. Lines that begin with # and a first row of column names are skipped.
// A year counts as known when its notice is whole; the worked or free days of
// the December before it may stand in the same file.
func Parse(r io.Reader) (*Calendar, error) {
	table := csv.NewReader(r)
	table.FieldsPerRecord, table.TrimLeadingSpace, table.Comment = -1, true, '#'
	c := &Calendar{days: map[date]bool{}}
	for first := true; ; first = false {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the calendar is no table of comma-separated cells; 日历文件不是逗号分隔的表格: %w", err)
		}
		if kind := strings.TrimPrefix(strings.TrimSpace(cells[0]), "\ufeff"); first && (kind == "kind" || kind == "类型" || strings.HasPrefix(kind, "#")) {
			continue
		}
		line, _ := table.FieldPos(0)
		if err := c.add(cells); err != nil {
			return nil, fmt.Errorf("line %d (第%d行): %w", line, line, err)
		}
	}
	return c, c.settle()
}

// add takes one row in.
func (c *Calendar) add(cells []string) error {
	cell := func(i int) string {
		if i < len(cells) {
			return strings.TrimSpace(strings.TrimPrefix(cells[i], "\ufeff"))
		}
		return ""
	}
	works, ok := kinds[cell(0)]
	if !ok {
		return fmt.Errorf("%q is neither off nor work (放假, 上班); write e.g. off,2027-01-01,2027-01-03,元旦; 第一列应为 off 或 work", cell(0))
	}
	from, err := time.Parse(dayForm, cell(1))
	if err != nil {
		return fmt.Errorf("%q is no day; write it as 2027-01-01; 日期应写成 2027-01-01", cell(1))
	}
	to := from
	if cell(2) != "" {
		if to, err = time.Parse(dayForm, cell(2)); err != nil {
			return fmt.Errorf("%q is no day; write it as 2027-01-03; 日期应写成 2027-01-03", cell(2))
		}
	}
	if days := int(to.Sub(from).Hours() / 24); days < 0 || days >= longestSpan {
		return fmt.Errorf("from %s to %s is no span of 1 to %d days; 起止日期有误", cell(1), cell(2), longestSpan)
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if works && !weekend(day) {
			return fmt.Errorf("%s is a %s: only a Saturday or Sunday is named as worked; 只有周末才需注明上班", day.Format(dayForm), day.Weekday())
		}
		if _, twice := c.days[dateOf(day)]; twice {
			return fmt.Errorf("%s is named twice; 该日重复", day.Format(dayForm))
		}
		c.days[dateOf(day)] = works
	}
	return nil
}

// settle finds the years that are known and refuses gaps and years in part. Of
// a year that is not known only the December before a known one may be named.
func (c *Calendar) settle() error {
	years := map[int]bool{}
	for d := range c.days {
		years[d.year] = true
	}
	if len(years) == 0 {
		return errors.New("the calendar names no day; 日历文件中没有任何日期")
	}
	sorted := slices.Sorted(maps.Keys(years))
	first := sorted[0]
	if c.onlyDecember(first) && len(sorted) > 1 {
		first++
	}
	last := sorted[len(sorted)-1]
	for year := first; year <= last; year++ {
		if !years[year] {
			return fmt.Errorf("the calendar knows %d, but not %d; add its arrangements; 缺少 %d 年的安排", last, year, year)
		}
		if err := c.whole(year); err != nil {
			return err
		}
	}
	c.from, c.to = first, last
	return nil
}

func (c *Calendar) whole(year int) error {
	for _, s := range statutory {
		if works, named := c.days[date{year, s.month, s.day}]; works || !named {
			day := fmt.Sprintf("%d-%02d-%02d", year, s.month, s.day)
			return fmt.Errorf("%s is not off: copy all of the notice for %d, or none of it; %d 年的安排不完整，缺 %s 放假", day, year, year, day)
		}
	}
	return nil
}

func (c *Calendar) onlyDecember(year int) bool {
	for d := range c.days {
		if d.year == year && d.month != time.December {
			return false
		}
	}
	return true
}

// Load reads an operator's file over the years that are built in: what it says
// of a year, it says instead of them.
func Load(file string) (*Calendar, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	defer f.Close()
	own, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("calendar: %s: %w", file, err)
	}
	all := &Calendar{days: maps.Clone(China().days)}
	for d := range China().days {
		if own.from <= d.year && d.year <= own.to {
			delete(all.days, d)
		}
	}
	maps.Copy(all.days, own.days)
	if err := all.settle(); err != nil {
		return nil, fmt.Errorf("calendar: %s: %w", file, err)
	}
	return all, nil
}
