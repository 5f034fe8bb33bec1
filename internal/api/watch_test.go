package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestReadiness(t *testing.T) {
	broken := false
	r := newRig(t, func(d *Deps) {
		d.Checks = []Check{{"index", func(context.Context) (string, error) {
			if broken {
				return "", errors.New("index: nothing answers")
			}
			return "40 products", nil
		}}}
	})
	for _, c := range []struct {
		broken bool
		status int
		detail string
	}{{false, http.StatusOK, "40 products"}, {true, http.StatusServiceUnavailable, "index: nothing answers"}} {
		broken = c.broken
		got := r.do("GET", "/readyz", "", "Authorization", "")
		var ready Readiness
		if err := json.Unmarshal([]byte(got.body), &ready); err != nil {
			t.Fatal(err)
		}
		if got.status != c.status || ready.Ready == c.broken || ready.Parts["index"].Detail+ready.Parts["index"].Error != c.detail {
			t.Errorf("with broken=%v: %d %s", c.broken, got.status, got.body)
		}
		if !ready.Parts["bus"].Ready || !ready.Parts["view"].Ready || !ready.Parts["consumers"].Ready {
			t.Errorf("a part that works is not ready: %s", got.body)
		}
	}
}

func TestMetricsAndHealth(t *testing.T) {
	r := newRig(t, nil)
	if got := r.do("GET", "/healthz", "", "Authorization", ""); got.status != http.StatusOK || strings.TrimSpace(got.body) != "ok" {
		t.Errorf("/healthz: %d %q", got.status, got.body)
	}
	got := r.do("GET", "/metrics", "", "Authorization", "")
	for _, want := range []string{
		`tbtwatch_input_rows{outcome="published"} 1`, `tbtwatch_input_rows{outcome="quarantined"} 1`, `tbtwatch_notices{source="eping"} 1`,
		`tbtwatch_cases{state="open"} 1`, `tbtwatch_deliveries{state="accepted"} 0`, `tbtwatch_consumer_lag{consumer="matcher"} 1`,
		`tbtwatch_source_last_ok_age_seconds{source="eping"} 3600`, `tbtwatch_registered{what="product"} 1`, `tbtwatch_bus_up 1`, "tbtwatch_stream_fill_ratio{",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(got.body, "甲头盔厂") {
		t.Error("/metrics names a firm")
	}
}
