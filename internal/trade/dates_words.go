package trade

import (
	"regexp"
	"strconv"
	"strings"
)

// Lengths of time that are written out: "sixty days", 六十日. They become
// figures before a date is read.
var (
	numberWords = func() map[string]int {
		out := map[string]int{}
		for n, words := range map[int]string{
			1: "one|un|una|um|uma", 2: "two|dos|deux|dois", 3: "three|tres|trois|três", 6: "six|seis", 9: "nine|nueve|neuf|nove", 12: "twelve|doce|douze|doze",
			15: "fifteen|quince|quinze", 18: "eighteen|dieciocho|dix-huit|dezoito", 20: "twenty|veinte|vingt|vinte", 24: "twenty-four|twenty four|veinticuatro|vingt-quatre",
			30: "thirty|treinta|trente|trinta", 45: "forty-five|forty five|cuarenta y cinco|quarante-cinq|quarenta e cinco", 60: "sixty|sesenta|soixante|sessenta",
			90: "ninety|noventa|quatre-vingt-dix", 180: "one hundred and eighty|one hundred eighty|ciento ochenta|cent quatre-vingts|cento e oitenta",
		} {
			for _, w := range strings.Split(words, "|") {
				out[w] = n
			}
		}
		return out
	}()
	formSpelled = regexp.MustCompile(`\b([a-zêà-ÿ]+(?:(?:-| y | e | and | )[a-zêà-ÿ]+){0,3}?)( (?:calendar |natural |working |business |consecutive )?(?:days?|weeks?|months?|years?|días|dias|jours|semanas|semaines|meses|mois|años|anos|ans)\b)`)
	formHanNum  = regexp.MustCompile(`[一二两三四五六七八九十百]{1,5}( ?(?:个|個)?(?:日历|自然|工作)?(?:天|日|周|週|月|年))`)
)

// spellFigures writes the lengths of time in text as figures.
func spellFigures(text string) string {
	if saidIn(text, hanUnits) && strings.ContainsAny(text, "一二两三四五六七八九十百") {
		text = spellHan(text)
	}
	if !saidIn(text, unitStems) {
		return text
	}
	return formSpelled.ReplaceAllStringFunc(text, func(s string) string {
		m := formSpelled.FindStringSubmatch(s)
		if m == nil {
			return s // it began in the middle of a word, such as "0ê mois"
		}
		words := strings.Fields(m[1])
		for from := range words { // "period of sixty days": the number stands last
			if n, ok := numberWords[strings.Join(words[from:], " ")]; ok {
				return strings.Join(append(words[:from], strconv.Itoa(n)), " ") + m[2]
			}
		}
		return s
	})
}

var (
	hanUnits  = []string{"天", "日", "周", "週", "月", "年"}
	unitStems = []string{" day", " week", " month", " year", " día", " dia", " jour", " seman", " semain", " mes", " mois", " año", " ano", " ans"}
)

func spellHan(text string) string {
	return formHanNum.ReplaceAllStringFunc(text, func(s string) string {
		unit := formHanNum.FindStringSubmatch(s)[1]
		if n := hanNumber(strings.TrimSuffix(s, unit)); n > 0 {
			return strconv.Itoa(n) + unit
		}
		return s
	})
}

// hanNumber reads 一百八十 as 180; 0 for what is no number up to 999.
func hanNumber(s string) int {
	digits := map[rune]int{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	sum, digit := 0, 0
	for _, r := range s {
		switch r {
		case '百', '十':
			unit := map[rune]int{'百': 100, '十': 10}[r]
			if sum%(unit*10) >= unit || sum > 0 && digit == 0 && unit == 100 {
				return 0
			}
			sum, digit = sum+unit*max(1, digit), 0
		default:
			if digit > 0 {
				return 0
			}
			digit = digits[r]
		}
	}
	return sum + digit
}
