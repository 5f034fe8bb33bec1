package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestLinesOfProblems(t *testing.T) {
	e := &RowError{Line: 17, Problem: *problem("hs", "87I1", two{"not digits", "非数字"}, two{"give digits", "请填数字"})}
	e.Also = []Problem{*problem("ics", "", two{"is empty", "为空"}, two{"fill it in", "请填写"})}
	if got, want := e.Error(), `line 17, column hs, value "87I1": not digits; give digits; also column ics: is empty; fill it in`; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := e.ZH(), `第 17 行，hs 列，值 "87I1"：非数字；请填数字；另外，ics 列：为空；请填写`; got != want {
		t.Errorf("got %s", got)
	}
	b, err := json.Marshal(e)
	if want := `{"line":17,"column":"hs","value":"87I1","why":"not digits","fix":"give digits","why_zh":"非数字","fix_zh":"请填数字","also":[`; err != nil || !strings.HasPrefix(string(b), want) {
		t.Errorf("as JSON: %s %v", b, err)
	}
}

func TestOneLineStaysOneLine(t *testing.T) {
	e := &RowError{Line: 2, Problem: *problem("name_zh", "a\nb\x1b[31m", two{"why", "为何"}, two{"fix", "改"})}
	for _, text := range []string{e.Error(), e.ZH(), Remark{Value: "x\ny", Text: "t", TextZH: "文"}.String()} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("control characters reach the terminal: %q", text)
		}
	}
}

func TestAddressesInMessagesHoldNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"a@example.com": "a@example.com", "https://hooks.example/T0/B0/token": "https://hooks.example/…",
		"https://h.example:8443/?key=1": "https://h.example:8443/…", "https://user:pw@h.example/": "https://h.example/…",
		"https://oapi.dingtalk.com/robot/send?access_token=token#SECsecret": "https://oapi.dingtalk.com/…", "https://open.feishu.cn/open-apis/bot/v2/hook/token#secret": "https://open.feishu.cn/…",
		"https://oapi.dingtalk.com/robot/send?access_token=token#%zzsecret": "(a web address)",
		"https://bad host/secret": "(a web address)", "#channel": "#channel", "C0123456789": "C0123456789",
		"qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret": "(a web address)", "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa": "…",
	} {
		if got := withoutSecret(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
}

// Every message that a broken file can cause speaks both languages.
func TestMessagesAreComplete(t *testing.T) {
	text := productHeader + ",,,,,,1;x;00,z,,,,Nowhere,-1\nE,\"x\nE,x,,P,,,,,,,,,\nE,#REF!,a\x01,P,\uFFFD,,8711,1.04,,,,,x\n" +
		"E,,,P,车,,87112,,,,,,1\nE,,,P,车,,87112,,,,,*,2\n"
	s := openSheet(t, Products, text)
	var problems []Problem
	var remarks []Remark
	for _, i := range drain(t, ParseProducts(s)) {
		if i.Err != nil {
			problems = append(append(problems, i.Err.Problem), i.Err.Also...)
		}
		remarks = append(remarks, i.Remarks...)
	}
	if len(problems) < 12 || len(remarks) < 2 {
		t.Fatalf("only %d problems and %d remarks", len(problems), len(remarks))
	}
	chinese := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for _, p := range problems {
		if p.Why == "" || p.Fix == "" || !chinese(p.WhyZH) || !chinese(p.FixZH) || strings.Contains(p.Why+p.Fix+p.WhyZH+p.FixZH, "%!") {
			t.Errorf("incomplete: %+v", p)
		}
	}
	for _, r := range remarks {
		if r.Text == "" || !chinese(r.TextZH) || strings.Contains(r.Text+r.TextZH, "%!") {
			t.Errorf("incomplete: %+v", r)
		}
	}
}
