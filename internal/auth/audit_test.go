package auth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/trade"
)

func TestTheAuditIsAChain(t *testing.T) {
	b, c := openBus(t), &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var writers [2]*auditor
	for i := range writers {
		writers[i] = &auditor{table: b.Audit}
	}
	var wg sync.WaitGroup
	const each = 40
	for i, w := range writers {
		wg.Go(func() {
			for n := range each {
				if err := w.write(t.Context(), trade.Audit{At: c.t, Actor: fmt.Sprint(i), Action: fmt.Sprint(n)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	n, head, err := VerifyAudit(t.Context(), b, trade.Checkpoint{})
	if err != nil || n != 2*each || head == "" {
		t.Errorf("%d entries, head %q, %v", n, head, err)
	}
	if _, err := b.Audit.Append(t.Context(), auditLog, trade.Audit{Actor: "somebody with the keys of the bus", Before: strings.Repeat("0", 64)}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := VerifyAudit(context.Background(), b, trade.Checkpoint{}); err == nil || !strings.Contains(err.Error(), "entry 81") {
		t.Errorf("an entry slipped in: %v", err)
	}
}

func TestWritesAreAuditedWhoeverRefusesThem(t *testing.T) {
	g, _, _ := newGuard(t, false)
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	h := g.Allow(Judge, "POST /cases/{key}/dismiss", echo, refuse)
	for role, want := range map[trade.Role]int{trade.RoleStaff: 200, trade.RoleAdmin: 403, trade.RoleExporter: 403, "": 403} {
		r := request("POST", "/cases/k/dismiss")
		r.PostForm = map[string][]string{"reason": {"同一措施"}}
		w := serve(h, r.WithContext(With(r.Context(), Person{ID: "u", Name: string(role), Role: role, Member: trade.Member{Exporter: "E"}})))
		if w.Code != want {
			t.Errorf("%q: %d, want %d", role, w.Code, want)
		}
	}
	var got []trade.Audit
	if err := g.bus.Audit.Since(t.Context(), time.Time{}, func(e bus.Entry[trade.Audit]) error { got = append(got, e.Value); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Fatalf("%d entries, want one for each try: %+v", len(got), got)
	}
	for _, e := range got {
		if e.Action != "POST /cases/{key}/dismiss" || e.Target != "/cases/k/dismiss" || e.Reason != "同一措施" || (e.Result == 200) != (e.Actor == "staff") {
			t.Errorf("entry: %+v", e)
		}
	}
}
