package prose

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Suspect says in words why a text is not to be believed, or "": advertising
// that was put in place of words or behind them, text that was garbled or read
// in a wrong charset on its way, markup that is left.
func Suspect(text string) string {
	for _, check := range []func(string) string{poisoned, solicits, pinyinGarble, mojibake, markup} {
		if why := check(text); why != "" {
			return why
		}
	}
	return ""
}

// Words that are put into captured government pages in place of others, in
// lower case. Those of the first pair stand in measures about gaming machines
// and their advertising, too; those of the second only in advertisements.
var (
	gambling    = []string{"sportsbook", "online casino", "casino bonus", "free spins", "no deposit", "sign-up bonus", "signup bonus"}
	gamblingHan = strings.Fields("赌场 赌博网 博彩 投注 娱乐城 百家乐 六合彩 棋牌 老虎机 下载安装 手机版")
	brands      = []string{"slot gacor", "judi online", "togel", "login link", "best odds", "viagra", "cialis"}
	brandsHan   = strings.Fields("皇冠体育 皇冠赌场 皇冠游戏 皇冠网 葡京 真人视讯 时时彩 app官网 官网下载 官网入口 官网平台 注册送 平台登录 代理加盟")
)

// leastSpam is how many different words of both kinds are no accident.
const leastSpam = 3

func poisoned(text string) string {
	text = strings.ToLower(text)
	found := present(text, brands, brandsHan)
	if len(found) == 0 {
		return ""
	}
	if found = append(found, present(text, gambling, gamblingHan)...); len(found) >= leastSpam {
		return fmt.Sprintf("advertising for gambling stands in the text (%s): the page was tampered with", strings.Join(firstOf(found, 4), ", "))
	}
	return ""
}

// present gives the words that text contains. Chinese ones are not looked for
// in a text of ASCII.
func present(text string, latin, han []string) []string {
	lists := [][]string{latin, han}
	if isASCII(text) {
		lists = lists[:1]
	}
	var found []string
	for _, list := range lists {
		for _, w := range list {
			if strings.Contains(text, w) {
				found = append(found, w)
			}
		}
	}
	return found
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

// Words with which somebody offers services to the reader. A regulator's page
// may have a hotline; together with an invitation and an offer they are an
// advertisement that a copier put behind the text.
var (
	invites = []string{"详情请关注", "詳情請關注", "欢迎随时", "歡迎隨時", "欢迎来电", "歡迎來電", "欢迎咨询", "歡迎諮詢", "有任何咨询", "有任何咨詢", "加微信", "添加微信", "扫码添加", "掃碼添加", "contact us today", "call us today", "call now", "order now", "buy now", "visit our website for more offers", "limited offer", "free consultation"}
	offers  = []string{"专注于", "專注于", "專注於", "代理注册", "代办", "代辦", "专利注册", "專利注冊", "專利註冊", "著作权登记", "著作權登記", "项目申报", "項目申報", "官方网站", "官方網站", "一站式办理", "our services include", "we offer", "we provide professional", "best price", "discount"}
	// reach is how the reader is to answer.
	reach = regexp.MustCompile(`https?://|www\.|(?:服务|服務|咨询|諮詢)(?:热线|熱線|电话|電話)|1[3-9]\d-?\d{4}-?\d{4}|whatsapp`)
)

func solicits(text string) string {
	text = strings.ToLower(text)
	i := present(text, invites, nil)
	o := present(text, offers, nil)
	if len(i) >= 1 && len(o) >= 1 && len(i)+len(o) >= 3 && reach.MatchString(text) {
		return fmt.Sprintf("an advertisement stands in the text (%s): the page was copied by somebody else", strings.Join(firstOf(append(i, o...), 4), ", "))
	}
	return ""
}

// garbled is how many glossed syllables say that a page was taken apart and put
// together again by a machine. Fewer are read over: nomenclature finds the
// words without them.
const garbled = 5

// pinyinForm is one syllable with a tone mark, in brackets behind a Chinese
// character: 標準(zhǔn)化.
var pinyinForm = regexp.MustCompile(`\p{Han}[(（][a-zɡ]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ][a-zɡ]{0,3}[)）]`)

func pinyinGarble(text string) string {
	if isASCII(text) || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return ""
	}
	if found := pinyinForm.FindAllString(text, garbled); len(found) >= garbled {
		return fmt.Sprintf("pinyin in brackets stands inside words (%s): the text was garbled on its way", strings.Join(found[:3], ", "))
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
		return fmt.Sprintf("markup is left in the text (%s)", found[:min(len(found), 40)])
	}
	return ""
}
