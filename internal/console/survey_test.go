package console

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tbtwatch/internal/trade"
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

func TestDeliveryStatisticsOnTheirPage(t *testing.T) {
	r := newRig(t, true, nil)
	key, _ := r.seed()
	r.shows("/statistics/deliveries", "这段时间没有通知")
	r.press(r.page("/cases/"+key, http.StatusOK), "/release", url.Values{"reason": {"确认"}}, http.StatusOK)
	w, err := r.bus.Warnings.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := time.Parse(time.RFC3339, w.Value.At)
	d := trade.Delivery{Subscriber: "S1", Exporter: "E1", Channel: "email", Family: w.Value.Family, Release: 1, State: trade.Accepted, At: at.Add(50 * time.Second).Format(time.RFC3339)}
	if _, err := r.bus.Deliveries.Put(t.Context(), trade.DeliveryKey("S1", "email", d.Family, 1), d, 0); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the delivery to be counted", func() bool {
		return strings.Contains(r.page("/statistics/deliveries?by=day", http.StatusOK).Text(), "按渠道")
	})
	doc := r.page("/statistics/deliveries?by=week&kind=exporter", http.StatusOK)
	if text := doc.Find("main").Text(); !strings.Contains(text, "49") && !strings.Contains(text, "50") && !strings.Contains(text, "51") || doc.Find(`select[name=by] option[selected]`).Text() != "周" {
		t.Errorf("the page: %s", text)
	}
	r.page("/statistics/deliveries?by=year", http.StatusUnprocessableEntity)
	resp, err := r.browser.Get(r.url + "/statistics/deliveries.csv?by=day")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if !strings.HasPrefix(string(body), "\ufeff分类,项目,代码,计划") || !strings.Contains(string(body), "接收人类别,企业,exporter,1,0,1") {
		t.Errorf("the table: %s", body)
	}
}
