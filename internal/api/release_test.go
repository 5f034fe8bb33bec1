package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
)

func TestAReleaseIsPreviewed(t *testing.T) {
	path := "/api/v1/cases/" + trade.FamilyKey(brazil) + "/release-preview"
	checkProblem(t, "without the notifier", newRig(t, nil).do("GET", path, ""), http.StatusServiceUnavailable)
	r := newRig(t, func(d *Deps) {
		d.PreviewRelease = func(_ context.Context, w *trade.Warning) (trade.ReleasePreview, error) {
			return trade.ReleasePreview{Family: w.Family, Release: w.Release, Recipients: len(w.Audience)}, nil
		}
	})
	got := r.do("GET", path, "")
	if got.status != http.StatusOK || !strings.Contains(got.body, `"family":"`+brazil+`"`) || !strings.Contains(got.body, `"release":1`) || !strings.Contains(got.body, `"recipients":1`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if e := must(r.bus.Cases.Get(t.Context(), trade.FamilyKey(brazil)))(t); e.Value.State != trade.CaseOpen {
		t.Errorf("the preview moved the case: %+v", e.Value)
	}
	checkProblem(t, "no such case", r.do("GET", "/api/v1/cases/none/release-preview", ""), http.StatusNotFound)
}

// What the brake holds is let go, or given up; with a token that may.
func TestTheLeadLetsAReleaseGo(t *testing.T) {
	did := ""
	r := newRig(t, func(d *Deps) {
		do := func(verb string, n int) func(context.Context, string, int, string, string) (int, error) {
			return func(_ context.Context, family string, release int, by, reason string) (int, error) {
				did = fmt.Sprint(verb, " ", family, " ", release, " ", reason)
				return n, nil
			}
		}
		d.PassRelease, d.DropRelease = do("pass", 3), do("drop", 4)
	})
	w := trade.Warning{Number: "2026-0009", Family: "G/TBT/N/BRA/77", Release: 1}
	key := trade.FamilyKey(w.Family)
	if _, err := r.bus.Warnings.Put(t.Context(), key, w, 0); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/warnings/" + key + "/1/pass"
	waitFor(t, "the release to be seen", func() bool { return r.do("GET", "/api/v1/warnings/"+key+"/1", "").status == 200 })
	for do, want := range map[string]string{"pass": `"deliveries":3`, "give_up": `"deliveries":4`} {
		if got := r.do("POST", path, `{"do":"`+do+`","reason":"看过"}`); got.status != 200 || !strings.Contains(got.body, want) || !strings.HasSuffix(did, " "+w.Family+" 1 看过") {
			t.Errorf("%s: %d %s, %q", do, got.status, got.body, did)
		}
	}
	checkProblem(t, "without a reason", r.do("POST", path, `{"do":"pass"}`), http.StatusUnprocessableEntity)
	checkProblem(t, "of no release", r.do("POST", "/api/v1/warnings/"+key+"/9/pass", `{"do":"pass","reason":"x"}`), http.StatusNotFound)
	for role, want := range map[trade.Role]bool{trade.RoleLead: true, trade.RoleAdmin: true, trade.RoleStaff: false, trade.RoleExporter: false} {
		if got := auth.May(role, actions["pass-release"]); got != want {
			t.Errorf("%s may let go: %v", role, got)
		}
	}
}

func TestAReleaseIsCorrectedAndRecalled(t *testing.T) {
	r := newRig(t, nil)
	path := "/api/v1/cases/" + trade.FamilyKey(brazil)
	checkProblem(t, "nothing was released", r.do("POST", path+"/recall", `{"reason":"x"}`), http.StatusUnprocessableEntity)
	for i, verb := range []string{"release", "correct", "recall"} {
		if verb != "release" {
			checkProblem(t, verb+" without a reason", r.do("POST", path+"/"+verb, `{}`), http.StatusUnprocessableEntity)
		}
		if got := r.do("POST", path+"/"+verb, `{"reason":"编码有误"}`); got.status != http.StatusOK {
			t.Fatalf("%s: %d %s", verb, got.status, got.body)
		}
		w := must(r.bus.Warnings.Get(t.Context(), trade.FamilyKey(brazil)))(t).Value
		if w.Release != i+1 || w.Voids() != i || (w.Recalls > 0) != (verb == "recall") {
			t.Errorf("%s: %+v", verb, w)
		}
	}
}
