package trade

import (
	"regexp"
	"time"
)

// Intervals: the text names a month, a quarter, a half, a third or a year. The
// interval is exactly what is named; thirds are the usual reading of early,
// mid and late (of a month: 上旬, 中旬, 下旬).
var (
	formMonthHan   = regexp.MustCompile(`(\d{4}) ?年 ?(\d{1,2}) ?月 ?(上旬|中旬|下旬|初|中|底|末)?`)
	formMonthWord  = regexp.MustCompile(`(?:\b(early|beginning of|mid|middle of|late|end of)[- ])?([a-zà-ÿ]{3,10})\.?,? (?:of |de |del )?(\d{4})\b`)
	formMonthNum   = regexp.MustCompile(`^(?:(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2}))$`)
	formQuarter    = regexp.MustCompile(`\b(?:q ?([1-4])|([1-4])q|(1st|2nd|3rd|4th|first|second|third|fourth|last|primer|segundo|tercer|cuarto|premier|deuxième|troisième|quatrième|primeiro|terceiro|quarto|[1-4][º°.]?(?:er|ème|e)?) (?:quarter|trimestre)),? ?(?:of |de |del |du )?(?:the year )?(\d{4})\b`)
	formQuarterRev = regexp.MustCompile(`\b(\d{4}) ?[-/,]? ?q ?([1-4])\b`)
	formQuarterHan = regexp.MustCompile(`(\d{4}) ?年 ?第? ?([1-4一二三四]) ?季度`)
	formHalf       = regexp.MustCompile(`\b(?:h([12])|(1st|2nd|first|second|primer|segundo|premier|deuxième|second|primeiro|[12][º°.]?(?:er|ème|e)?) (?:half|semester|semestre|semestre)),? ?(?:of |de |del |du )?(?:the year )?(\d{4})\b`)
	formHalfHan    = regexp.MustCompile(`(\d{4}) ?年 ?([上下])半年`)
	formThird      = regexp.MustCompile(`\b(early|beginning of|start of|mid|middle of|late|end of|finales de|fines de|final de|fim de|finais de|mediados de|meados de|principios de|início de|début|fin|mi)[- ](?:the )?(?:year )?(?:de )?(\d{4})\b`)
	formThirdHan   = regexp.MustCompile(`(\d{4}) ?年 ?(年初|年中|年底|年末|初|中|底|末)`)
	formYearHan    = regexp.MustCompile(`(\d{4}) ?年`)
	formYear       = regexp.MustCompile(`^(?:in |during |the year |year )?(\d{4})(?: ?年)?$`)
)

var ordinals = map[string]int{
	"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4,
	"primer": 1, "segundo": 2, "tercer": 3, "cuarto": 4, "premier": 1, "deuxième": 2, "troisième": 3, "quatrième": 4,
	"primeiro": 1, "terceiro": 3, "quarto": 4, "一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4, "上": 1, "下": 2,
}

// ordinal reads a word of ordinals, or a figure with its ending.
func ordinal(word string) int {
	if n, ok := ordinals[word]; ok {
		return n
	}
	return ordinals[word[:min(1, len(word))]]
}

// third maps the words for the beginning, middle and end to 1, 2 and 3.
var third = map[string]int{
	"early": 1, "beginning of": 1, "start of": 1, "principios de": 1, "初": 1, "上旬": 1,
	"mid": 2, "middle of": 2, "mediados de": 2, "mi": 2, "中": 2, "中旬": 2,
	"late": 3, "end of": 3, "finales de": 3, "fines de": 3, "final de": 3, "fim de": 3, "finais de": 3, "meados de": 2, "início de": 1, "début": 1, "年初": 1, "年中": 2, "年底": 3, "年末": 3,
	"fin": 3, "底": 3, "末": 3, "下旬": 3,
}

var thirdName = map[int]string{1: "first third of ", 2: "middle third of ", 3: "last third of "}

// readIntervals resolves texts that name no day but an interval.
func readIntervals(text string, _ known) (span, bool) {
	for _, read := range []func(string) (span, bool){readQuarter, readHalf, readMonth, readThird, readYear} {
		if s, ok := read(text); ok {
			return s, true
		}
	}
	return span{}, false
}

// yearPart is the interval of months first to last of year y.
func yearPart(y, first, last int, basis string) (span, bool) {
	from, why := calendarDay(y, first, 1)
	if why != "" {
		return open(why), true
	}
	to := time.Date(y, time.Month(last)+1, 0, 0, 0, 0, 0, time.UTC)
	return span{from, to, "interval: " + basis}, true
}

func readQuarter(text string) (span, bool) {
	var q int
	var year string
	if m := formQuarter.FindStringSubmatch(text); m != nil {
		q, year = ordinal(m[1]+m[2]+m[3]), m[4]
	} else if m := formQuarterRev.FindStringSubmatch(text); m != nil {
		q, year = ordinals[m[2]], m[1]
	} else if m := formQuarterHan.FindStringSubmatch(text); m != nil {
		q, year = ordinals[m[2]], m[1]
	} else {
		return span{}, false
	}
	return yearPart(atoi(year), 3*q-2, 3*q, "quarter "+string(rune('0'+q))+" of "+year)
}

func readHalf(text string) (span, bool) {
	var h int
	var year string
	if m := formHalf.FindStringSubmatch(text); m != nil {
		h, year = ordinal(m[1]+m[2]), m[3]
	} else if m := formHalfHan.FindStringSubmatch(text); m != nil {
		h, year = ordinals[m[2]], m[1]
	} else {
		return span{}, false
	}
	return yearPart(atoi(year), 6*h-5, 6*h, "half "+string(rune('0'+h))+" of "+year)
}

func readMonth(text string) (span, bool) {
	if m := formMonthHan.FindStringSubmatch(text); m != nil {
		return monthPart(atoi(m[1]), atoi(m[2]), third[m[3]])
	}
	if m := formMonthNum.FindStringSubmatch(text); m != nil {
		return monthPart(atoi(m[2]+m[3]), atoi(m[1]+m[4]), 0)
	}
	for _, m := range formMonthWord.FindAllStringSubmatch(text, -1) {
		if n, ok := months[m[2]]; ok {
			return monthPart(atoi(m[3]), n, third[m[1]])
		}
	}
	return span{}, false
}

// monthPart is a month, or its part-th third in days 1–10, 11–20 and 21–end.
func monthPart(y, m, part int) (span, bool) {
	if m < 1 || m > 12 {
		return open("not a day: the calendar does not have that month"), true
	}
	name := time.Month(m).String()
	s, ok := yearPart(y, m, m, "the month of "+name)
	if part == 0 || s.from.IsZero() {
		return s, ok
	}
	s.basis = "interval: " + thirdName[part] + name
	s.from = s.from.AddDate(0, 0, 10*(part-1))
	if part < 3 {
		s.to = s.from.AddDate(0, 0, 9)
	}
	return s, true
}

func readThird(text string) (span, bool) {
	var part int
	var year string
	if m := formThird.FindStringSubmatch(text); m != nil {
		part, year = third[m[1]], m[2]
	} else if m := formThirdHan.FindStringSubmatch(text); m != nil {
		part, year = third[m[2]], m[1]
	} else {
		return span{}, false
	}
	return yearPart(atoi(year), 4*part-3, 4*part, thirdName[part]+year)
}

func readYear(text string) (span, bool) {
	m := formYear.FindStringSubmatch(text)
	if m == nil {
		return span{}, false
	}
	return yearPart(atoi(m[1]), 1, 12, "the year "+m[1])
}
