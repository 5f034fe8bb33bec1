package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

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
