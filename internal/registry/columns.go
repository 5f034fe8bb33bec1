package registry

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"golang.org/x/text/unicode/norm"

	"tbtwatch/internal/trade"
)

// Kind names what a sheet holds.
type Kind string

// The kinds of sheet.
const (
	Products    Kind = "products"    // one product a row, with its exporter
	Subscribers Kind = "subscribers" // one subscriber a row
)

// Column is a column of a sheet: its name, other headings that are understood
// (compared without case, blanks and punctuation) and whether a file without
// it is refused.
type Column struct {
	Name     string
	Synonyms []string
	Required bool
}

// productColumns in the order of templates and exports.
var productColumns = []Column{
	{"exporter_id", []string{"企业编号", "企业代码", "企业id", "出口企业编号", "统一社会信用代码"}, true},
	{"exporter_name", []string{"exporter", "企业名称", "公司名称", "单位名称", "出口企业", "出口企业名称"}, false},
	{"district", []string{"区县", "所属区县", "所在区县", "地区", "区域"}, false},
	{"product_id", []string{"产品编号", "产品代码", "产品id", "货号"}, true},
	{"name_zh", []string{"chinese name", "中文名称", "中文品名", "产品名称", "产品中文名称", "品名"}, false},
	{"name_en", []string{"english name", "英文名称", "英文品名", "产品英文名称"}, false},
	{"hs", []string{"hs code", "hs codes", "hs编码", "海关编码", "商品编码", "税号"}, false},
	{"ics", []string{"ics code", "ics codes", "ics编码", "ics分类号", "ics代码"}, false},
	{"terms", []string{"term", "keywords", "别名", "俗称", "术语", "关键词"}, false},
	{"standards", []string{"standard", "标准", "标准号", "执行标准"}, false},
	{"substances", []string{"substance", "物质", "成分", "化学物质"}, false},
	{"markets", []string{"market", "countries", "市场", "出口市场", "目标市场", "出口国家", "出口国家和地区"}, false},
	{"export_value_usd", []string{"export value", "export value (us$)", "出口额", "出口额(美元)", "年出口额(美元)"}, false},
}

// subscriberColumns in the order of templates and exports.
var subscriberColumns = []Column{
	{"subscriber_id", []string{"订阅编号", "订阅者编号", "用户编号"}, true},
	{"kind", []string{"type", "类型", "订阅者类型", "类别"}, true},
	{"name", []string{"名称", "姓名", "订阅者名称"}, false},
	{"exporter_id", []string{"企业编号", "企业代码", "企业id", "出口企业编号", "统一社会信用代码"}, false},
	{"district", []string{"区县", "所属区县", "所在区县", "地区", "区域"}, false},
	{"sector", []string{"行业", "产业", "行业代码"}, false},
	{"markets", []string{"market", "countries", "市场", "关注市场", "目标市场"}, false},
	{"language", []string{"lang", "语言", "语种"}, false},
	{"channel", []string{"渠道", "通知渠道", "发送渠道"}, true},
	{"address", []string{"地址", "接收地址", "邮箱"}, true},
	{"cadence", []string{"frequency", "频率", "发送频率"}, false},
	{"lowest_level", []string{"最低级别", "最低等级", "最低预警级别"}, false},
	{"timezone", []string{"时区"}, false},
	{"quiet_hours", []string{"免打扰时段", "免打扰"}, false},
	{"rest_days", []string{"休息日"}, false},
	{"paused_until", []string{"暂停至"}, false},
	{"muted", []string{"静音的措施", "静音"}, false},
}

// Columns lists the columns of a kind of sheet, nil for an unknown kind.
func Columns(k Kind) []Column {
	return map[Kind][]Column{Products: productColumns, Subscribers: subscriberColumns}[k]
}

// header says where each known column stands in a sheet.
type header struct {
	at      map[string]int    // position by column name
	width   int               // fields of the header line
	given   map[string]string // values of columns that it lacks
	remarks []Remark
}

// mapHeader finds the columns of a header line. It returns a trade.Refused
// when a required one is missing.
func mapHeader(k Kind, line int, cells []string, given map[string]string) (*header, error) {
	columns := Columns(k)
	h := &header{at: map[string]int{}, width: len(cells), given: given}
	for i, cell := range cells {
		name := columnNamed(columns, cell)
		switch {
		case strings.TrimSpace(cell) == "":
		case name == "":
			h.remarks = append(h.remarks, unknownColumn(columns, line, cell))
		default:
			if first, twice := h.at[name]; twice {
				return nil, refuse("line %d: column %s stands twice, as field %d (%q) and field %d (%q); keep one", "第 %d 行：列 %s 出现两次，分别为第 %d 项（%q）和第 %d 项（%q）；请只保留一个", line, name, first+1, cells[first], i+1, cell)
			}
			h.at[name] = i
		}
	}
	return h, h.missing(columns, line, cells)
}

func (h *header) missing(columns []Column, line int, cells []string) error {
	var names []string
	for _, c := range columns {
		if _, ok := h.at[c.Name]; !ok && c.Required && h.given[c.Name] == "" {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	t := twof("line %d: no column %s; the first line has to name the columns, found: %s", "第 %d 行：缺少列 %s；首行必须是列名，现为：%s",
		line, strings.Join(names, ", "), shorten(strings.Join(cells, " | ")))
	for _, r := range h.remarks {
		t.en += " (" + r.Text + ")"
		t.zh += "（" + r.TextZH + "）"
	}
	return &trade.Refused{Reason: t.en, ZH: t.zh}
}

// known counts the cells that name a column.
func known(k Kind, cells []string) int {
	n := 0
	for _, c := range cells {
		if columnNamed(Columns(k), c) != "" {
			n++
		}
	}
	return n
}

func columnNamed(columns []Column, cell string) string {
	folded := foldHeading(cell)
	if folded == "" {
		return ""
	}
	for _, c := range columns {
		if foldHeading(c.Name) == folded {
			return c.Name
		}
		for _, s := range c.Synonyms {
			if foldHeading(s) == folded {
				return c.Name
			}
		}
	}
	return ""
}

// foldHeading keeps letters and digits only, in lower case, compatibility
// forms resolved: "ＨＳ Code(s)" and "hs_codes" are the same heading.
func foldHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

func unknownColumn(columns []Column, line int, cell string) Remark {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	r := Remark{Line: line, Value: shorten(cell), Text: "unknown column, ignored", TextZH: "未知的列，已忽略"}
	if near := nearest(cell, names); near != "" {
		r.Text += fmt.Sprintf("; did you mean %s?", near)
		r.TextZH += fmt.Sprintf("；是否应为 %s？", near)
	}
	return r
}

// nearest is the name with the fewest changes to word, or "" when none is
// close: a third of its letters, at least one, may differ.
func nearest(word string, names []string) string {
	word = foldHeading(word)
	best, bestDistance := "", len([]rune(word))/3+1
	for _, n := range names {
		if d := levenshtein.ComputeDistance(word, foldHeading(n)); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = n, d
		}
	}
	return best
}
