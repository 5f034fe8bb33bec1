package console

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The centre fills in the survey for a firm that called: it begins with what is
// registered, then with what was answered, and shows on the case.
func TestASurveyIsFilledInForAFirm(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	form := "/cases/" + key + "/survey?exporter=E1"
	doc := r.page(form, http.StatusOK)
	if !strings.Contains(doc.Find("#survey").Text(), "登记库中已有的") || !strings.Contains(doc.Text(), "甲头盔厂") {
		t.Errorf("the form does not show what is known: %s", doc.Find("#survey").Text())
	}
	if doc := r.submit("/cases/"+key+"/survey", url.Values{"exporter": {"E1"}, "affected": {"viel"}, "cost": {"5"}}, http.StatusUnprocessableEntity); !strings.Contains(doc.Text(), "不是金额") || doc.Find(`input[name=cost]`).AttrOr("value", "") != "5" {
		t.Errorf("a bad amount: %s", doc.Find("main").Text())
	}
	doc = r.submit("/cases/"+key+"/survey", url.Values{"exporter": {"E1"}, "affected": {"120,000"}, "cost": {"3000"}, "difficulty": {"time", "cost"}, "need": {"funds"}, "words": {"时间太紧"}}, http.StatusOK)
	for _, says := range []string{"US$120,000", "US$3,000", "成本增加 1", "资金支持 1", "时间太紧", "演示 lead"} {
		if !strings.Contains(doc.Text(), says) {
			t.Errorf("the case does not say %q", says)
		}
	}
	if again := r.page(form, http.StatusOK); again.Find(`input[name=affected]`).AttrOr("value", "") != "120000" || again.Find(`input[value=time][checked]`).Length() != 1 {
		t.Error("the form does not begin with the answer before")
	}
	r.page("/cases/"+key+"/survey?exporter=nobody", http.StatusNotFound)
	r.submit("/cases/"+key+"/survey", url.Values{"exporter": {"nobody"}, "cost": {"5"}}, http.StatusUnprocessableEntity)
}

func TestLeadsOnTheirPageAndInTheirFile(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	r.submit("/cases/"+key+"/survey", url.Values{"exporter": {"E1"}, "affected": {"120000"}, "cost": {"3000"}}, http.StatusOK)
	waitFor(t, "the answer to be counted", func() bool { return strings.Contains(r.page("/leads", http.StatusOK).Text(), "US$120,000") })
	r.shows("/leads?market=BR", "巴西新措施：头盔", "新增成本 US$3,000", "1 家反映")
	r.shows("/leads?market=JP", "没有线索")
	r.page("/leads?since=gestern", http.StatusUnprocessableEntity)
	for path, begins := range map[string]string{"/leads.csv": "\ufeff通报号,成员", "/leads.xlsx": "PK"} {
		resp, err := r.browser.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), begins) {
			t.Errorf("%s: %d %.80q", path, resp.StatusCode, body)
		}
	}
}
