package console

import "tbtwatch/internal/trade"

// searchWords are of the page that searches everything.
var searchWords = map[string]trade.Text{
	"search.all":      {ZH: "搜索全部", EN: "Search everything"},
	"search.example":  {ZH: "摩托车 头盔", EN: "motorcycle helmet"},
	"search.how":      {ZH: "可输入中文（简繁体均可，一个字起）、外文词、文号或其开头（G/TBT/N/VNM/12）、HS 或 ICS 编码（8711、43.140）。多个词用空格分开，须全部出现；引号内的词须连续出现。", EN: "Words in Chinese (either script, from one character on) or any language, a symbol or the beginning of one (G/TBT/N/VNM/12), an HS or ICS code (8711, 43.140). All words must stand in a record; words in quotes must follow each other."},
	"search.none":     {ZH: "没有找到同时包含这些词的研判、通报、标准或预警。可减少词数、去掉引号，或只输入词或文号的开头；中文词之间加空格。", EN: "No case, notice, standard or warning has all of these words. Try fewer words, none in quotes, or only the beginning of a word or symbol; put a blank between Chinese words."},
	"search.nothing":  {ZH: "输入的内容没有可搜索的文字或数字。", EN: "There is no letter or digit to look for in what was typed."},
	"search.building": {ZH: "全文索引正在建立：已读入 %v 条记录，共 %v 条。在此之前，结果可能不完整。", EN: "The full-text index is being built: %v of %v records are in it. Until then something may be missing here."},
	"search.closed":   {ZH: "本进程现在没有全文索引，只查找列表中的编号、标题和概述开头。", EN: "This process has no full-text index now: only what lists show of symbols, titles and headlines is looked through."},
	"search.cut":      {ZH: "只按前 200 个字符、前 12 个词搜索。", EN: "Only the first 200 characters and the first 12 words were looked for."},
	"search.slow":     {ZH: "部分搜索超过两秒，已停止，结果不完整。请加词缩小范围。", EN: "A part of the search took longer than two seconds and was given up; something is missing. Add a word to narrow it."},
	"search.partial":  {ZH: "可能有遗漏：全文索引正在建立、暂不可用，或两秒内未查完。", EN: "Something may be missing: the full-text index is being built, is not there, or did not finish within two seconds."},

	"search.partial.cases":   {ZH: "除已查到的以外，只在概述、标题、文号、预警编号和经办人中查找了这些词；多加一个词会更快。", EN: "Beside what it found, only headlines, titles, symbols, numbers and assignees were looked through. One more word makes it faster."},
	"search.partial.notices": {ZH: "除已查到的以外，只在编号、文号和标题开头查找了输入的内容；多加一个词会更快。", EN: "Beside what it found, only identities, symbols and the beginnings of titles were looked through. One more word makes it faster."},

	"search.group": {ZH: "全部 %v 条", EN: "All %v"},
}
