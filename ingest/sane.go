package ingest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tbtwatch/internal/trade"
)

// What a notice may hold at most.
const maxNoticeText = 512 << 10 // bytes of all its texts and fields together

// suspect says in words why n is not to be believed, or "". It looks at what a
// reader would see; now bounds what dates are possible.
func suspect(n *trade.Notice, now time.Time) string {
	if err := n.Validate(); err != nil {
		return err.Error()
	}
	if size := weigh(n); size > maxNoticeText {
		return fmt.Sprintf("the notice holds %v of text, more than %v", Size(size), Size(maxNoticeText))
	}
	if strings.TrimSpace(n.Title) == "" && len(n.Symbols) == 0 {
		return "the notice has neither a title nor a WTO symbol"
	}
	text := n.Text()
	for _, check := range []func(string) string{poisoned, pinyinGarble, mojibake, markup} {
		if why := check(text); why != "" {
			return why
		}
	}
	if why := truncated(n); why != "" {
		return why
	}
	return impossible(n.Dates, now)
}

func weigh(n *trade.Notice) int {
	size := len(n.Title) + len(n.Description) + len(n.Products)
	for k, v := range n.Fields {
		size += len(k) + len(v)
	}
	for _, list := range [][]string{n.HS, n.ICS, n.Keywords, n.Objectives, n.Members, n.Markets, n.Affected, n.Symbols} {
		for _, s := range list {
			size += len(s)
		}
	}
	return size
}

// Words that are put into captured government pages in place of others. One
// alone may stand in a measure about gaming machines; together with the words
// of an advertisement they do not. All are in lower case.
var (
	gamblingHan = strings.Fields("赌场 赌博网 博彩 皇冠体育 皇冠赌场 皇冠游戏 皇冠网 投注 娱乐城 百家乐 六合彩 葡京 真人视讯 棋牌 老虎机 时时彩")
	advertHan   = strings.Fields("app官网 官网下载 官网入口 官网平台 下载安装 注册送 手机版 平台登录 代理加盟")
	gambling    = []string{"slot gacor", "judi online", "togel", "sportsbook", "online casino", "casino bonus"}
	advert      = []string{"free spins", "no deposit", "sign-up bonus", "signup bonus", "login link", "best odds", "viagra", "cialis"}
)

func poisoned(text string) string {
	text = strings.ToLower(text)
	g, hits := present(text, gambling, gamblingHan)
	if len(g) == 0 {
		return ""
	}
	a, _ := present(text, advert, advertHan)
	if len(g) >= 3 || len(a) >= 1 && len(g)+len(a) >= 3 || len(g) >= 2 && hits >= 8 {
		return fmt.Sprintf("advertising for gambling stands in the text (%s): the page was tampered with", strings.Join(firstOf(append(g, a...), 4), ", "))
	}
	return ""
}

// present gives the words that text contains, and how often all of them stand
// there. Chinese ones are not looked for in a text of ASCII.
func present(text string, latin, han []string) (found []string, hits int) {
	lists := [][]string{latin, han}
	if isASCII(text) {
		lists = lists[:1]
	}
	for _, list := range lists {
		for _, w := range list {
			if n := strings.Count(text, w); n > 0 {
				found, hits = append(found, w), hits+n
			}
		}
	}
	return found, hits
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func firstOf(list []string, n int) []string { return list[:min(n, len(list))] }

// pinyinForm is one syllable with a tone mark, in brackets behind a Chinese
// character: 標準(zhǔn)化.
var pinyinForm = regexp.MustCompile(`\p{Han}[(（][a-zɡ]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ][a-zɡ]{0,3}[)）]`)

func pinyinGarble(text string) string {
	if isASCII(text) || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return ""
	}
	found := pinyinForm.FindAllString(text, 3)
	if len(found) >= 2 || len(found) == 1 && utf8.RuneCountInString(text) < 80 {
		return fmt.Sprintf("pinyin in brackets stands inside words (%s): the text was garbled on its way", strings.Join(found, ", "))
	}
	return ""
}

// doubleForm is UTF-8 that was read as Latin-1 or Windows-1252: é as Ã©.
var doubleForm = regexp.MustCompile(`Ã[\x{80}-\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\x{80}-\x{BF}™œ˜“”¢¦]|[ÐÑ][\x{80}-\x{BF}][ÐÑ]|å[\x{80}-\x{BF}][\x{80}-\x{BF}]`)

func mojibake(text string) string {
	if isASCII(text) {
		return ""
	}
	all := utf8.RuneCountInString(text)
	if lost := strings.Count(text, "\uFFFD"); lost >= 3 || lost*50 > all {
		return fmt.Sprintf("%d of %d characters could not be read", lost, all)
	}
	if strings.Contains(text, "锟斤拷") {
		return "the text was decoded in a wrong charset before we got it (锟斤拷)"
	}
	if !strings.Contains(text, "Ã") && !strings.Contains(text, "â€") && !strings.Contains(text, "Ð") && !strings.Contains(text, "å") {
		return ""
	}
	if found := doubleForm.FindAllString(text, 4); len(found) >= 3 {
		return fmt.Sprintf("the text was decoded in a wrong charset before we got it (%s)", strings.Join(found, " "))
	}
	return ""
}

var markupForm = regexp.MustCompile(`(?i)</?(?:p|div|span|br|table|tr|td|th|ul|ol|li|script|style|iframe|font|strong|img|a)(?:\s[^<>]{0,300})?/?>|_x000D_|&(?:nbsp|lt|gt|quot|#\d{2,5});`)

func markup(text string) string {
	if !strings.ContainsAny(text, "<&") && !strings.Contains(text, "_x000D_") {
		return ""
	}
	if found := markupForm.FindString(text); found != "" {
		return fmt.Sprintf("markup is left in the text (%s)", clip(found, 40))
	}
	return ""
}

// truncated looks for a title that breaks off while nothing else says the rest.
func truncated(n *trade.Notice) string {
	title := strings.TrimSpace(n.Title)
	stem := strings.TrimRight(title, " .…[]")
	if !strings.HasSuffix(title, "…") && !strings.HasSuffix(title, "...") && !strings.HasSuffix(title, "…]") {
		return ""
	}
	if strings.Contains(n.Description, stem) || len(n.Description)+len(n.Products) > len(title) {
		return ""
	}
	return fmt.Sprintf("the title breaks off (%q)", clip(title, 80))
}

// Days outside these are misread, not far away.
const (
	firstYear   = 1980
	yearsAhead  = 50
	publishSlip = 7 * 24 * time.Hour // of clocks and time zones
)

func impossible(dates []trade.Date, now time.Time) string {
	for _, d := range dates {
		for _, day := range []string{d.From, d.To} {
			if day == "" {
				continue
			}
			t, err := time.Parse(trade.Day, day)
			if err != nil || t.Year() < firstYear || t.Year() > now.Year()+yearsAhead {
				return fmt.Sprintf("%s is %q (written %q), which is no possible day", d.What, day, clip(d.Text, 40))
			}
			if d.What == trade.DatePublished && t.After(now.Add(publishSlip)) {
				return fmt.Sprintf("published %s lies in the future (written %q)", day, clip(d.Text, 40))
			}
		}
		if d.From != "" && d.To != "" && d.From > d.To {
			return fmt.Sprintf("%s ends on %s before it begins on %s", d.What, d.To, d.From)
		}
	}
	return ""
}

// shrunken says why a run's number of rows is not to be believed, or "". A
// list that was long does not become short overnight; its site did change.
func shrunken(rows, minRows, lastRows int) string {
	switch {
	case minRows > 0 && rows < minRows:
		return fmt.Sprintf("the run has %d rows; min_rows asks for %d", rows, minRows)
	case minRows == 0 && rows == 0:
		return "the run has no rows, which is a fault of the source and no quiet day"
	case minRows == 0 && lastRows >= 20 && rows*10 < lastRows:
		return fmt.Sprintf("the run has %d rows, less than a tenth of the last one's %d", rows, lastRows)
	}
	return ""
}
