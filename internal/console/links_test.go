package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
)

// Opening a link changes nothing; a mail provider's POST, which is no browser's
// and has no cookie, unsubscribes (RFC 8058), and so does the page's button.
func TestOneClickUnsubscribes(t *testing.T) {
	links, err := auth.NewLinks("", t.TempDir(), "https://tbt.example")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, false, func(d *Deps) {
		d.Portal = portal.New(portal.Options{Bus: d.Bus, View: d.View, Desk: d.Desk, Now: d.View.Now, Links: links})
	})
	s := trade.Subscriber{ID: "S1", Kind: trade.SubExporter, Name: "<b>甲厂</b>", Exporter: "E1", Channel: "email", Address: "a@example.org"}
	put(t, r.bus.Subscribers, registry.SubscriberKey("S1"), s)
	path := strings.TrimPrefix(links.To(portal.StopPath, portal.StopWords(s)...), "https://tbt.example")
	stopped := func() bool {
		t.Helper()
		e, err := r.bus.Subscribers.Get(t.Context(), registry.SubscriberKey("S1"))
		if err != nil {
			t.Fatal(err)
		}
		return e.Value.Stopped != ""
	}
	if doc := r.page(path, http.StatusOK); stopped() || !strings.Contains(doc.Text(), "<b>甲厂</b>") {
		t.Fatalf("opening the page: stopped %v, %s", stopped(), doc.Text())
	}
	post := func(form url.Values, origin string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if status := post(url.Values{"List-Unsubscribe": {"One-Click"}}, ""); status != http.StatusOK || !stopped() {
		t.Errorf("one click: %d, stopped %v", status, stopped())
	}
	if status := post(url.Values{"do": {"resume"}}, r.url); status != http.StatusOK || stopped() {
		t.Errorf("resume: %d, stopped %v", status, stopped())
	}
	if status := post(url.Values{"do": {"stop"}}, "https://elsewhere.example"); status != http.StatusForbidden || stopped() {
		t.Errorf("another site's page: %d, stopped %v", status, stopped())
	}
	r.page(path+"x", http.StatusNotFound)
	var did []string
	waitFor(t, "the audit", func() bool {
		p, err := r.view.Audit(t.Context(), 0, 10)
		did = did[:0]
		for _, e := range p.Rows {
			did = append(did, e.Action+" "+e.Target+" by "+e.Actor)
		}
		return err == nil && len(did) >= 2
	})
	if did[0] != "resume subscription S1 by link" || did[1] != "unsubscribe S1 by link" {
		t.Errorf("the audit says %q", did)
	}
}
