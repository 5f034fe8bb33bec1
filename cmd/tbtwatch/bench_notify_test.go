package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A release reaches everybody once, without the ledger and with it, and also
// where the sender is killed on the way.
func TestBenchNotify(t *testing.T) {
	replaceSelf(t)
	status, out, errs := program(t, "bench", "notify", "--recipients", "400", "--few", "60", "--kills", "4", "--workers", "8")
	if status != exitDone {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	told := map[string]map[string]any{}
	for line := range strings.Lines(out) {
		var said map[string]any
		if json.Unmarshal([]byte(line), &said) == nil {
			told[said["what"].(string)] = said
		}
	}
	for name, recipients := range map[string]float64{"without ledger": 400, "few recipients": 60, "with ledger": 400} {
		if m := told[name]; m == nil || m["recipients"] != recipients || m["more_than_once"] != 0.0 || m["deliveries_s"].(float64) <= 0 {
			t.Errorf("%s: %v", name, m)
		}
	}
	if m := told["killed"]; m == nil || m["lost"] != 0.0 || m["identities_beyond"] != 0.0 || m["kills"] != 4.0 {
		t.Errorf("killed: %v", m)
	}
}
