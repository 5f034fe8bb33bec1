package registry

import (
	"errors"
	"testing"

	"tbtwatch/internal/trade"
)

func TestSettleReadsAgainWhenItLosesARace(t *testing.T) {
	b, ctx := openBus(t), t.Context()
	key := ExporterKey("E")
	rounds := 0
	changed, err := settle(ctx, b.Exporters, []string{key, ExporterKey("F")}, func(k string, stored *trade.Exporter) trade.Exporter {
		if k != key {
			return trade.Exporter{ID: "F"}
		}
		if rounds++; rounds == 1 { // somebody else registers it between our reading and our writing
			if _, err := b.Exporters.Put(ctx, key, trade.Exporter{ID: "E", District: "东区"}, 0); err != nil {
				t.Fatal(err)
			}
		}
		return mergeExporter(stored, trade.Exporter{ID: "E", Name: "甲厂"})
	})
	if err != nil || rounds != 2 || len(changed) != 2 {
		t.Fatalf("%d rounds, %v, %v", rounds, changed, err)
	}
	if e, err := b.Exporters.Get(ctx, key); err != nil || e.Value != (trade.Exporter{ID: "E", Name: "甲厂", District: "东区"}) {
		t.Errorf("the other's district is lost: %+v %v", e.Value, err)
	}
}

func TestSettleGivesUpInTheEnd(t *testing.T) {
	b, ctx := openBus(t), t.Context()
	key := ExporterKey("E")
	_, err := settle(ctx, b.Exporters, []string{key}, func(string, *trade.Exporter) trade.Exporter {
		if _, err := b.Exporters.Append(ctx, key, trade.Exporter{ID: "E", Name: "other"}); err != nil {
			t.Fatal(err)
		}
		return trade.Exporter{ID: "E", Name: "ours"}
	})
	if !errors.Is(err, trade.ErrConflict) {
		t.Errorf("%v", err)
	}
}

func TestMergeSubscriberKeepsWhatTheFileDoesNotState(t *testing.T) {
	stored := trade.Subscriber{ID: "S", Kind: trade.SubExporter, Name: "甲厂", Exporter: "E", District: "东区", Sector: "x", Markets: []string{"US"},
		Language: "en", Channel: "email", Address: "old@example.com", Cadence: "weekly", LowestLevel: "red"}
	row := trade.Subscriber{ID: "S", Kind: trade.SubExporter, Language: "zh", Channel: "email", Address: "new@example.com", Cadence: "immediate"}
	stopped := stored
	stopped.Stopped = "2026-03-02T08:00:00Z"
	if got := mergeSubscriber(&stopped, stored, func(string) bool { return true }); got.Stopped != stopped.Stopped {
		t.Errorf("a file brings back who unsubscribed: %+v", got)
	}
	if got := mergeSubscriber(&stopped, row, func(string) bool { return true }); got.Stopped != "" {
		t.Errorf("who unsubscribed at another address hears nothing: %+v", got)
	}
	got := mergeSubscriber(&stored, row, func(string) bool { return false })
	want := stored
	want.Address = "new@example.com"
	if got.Address != want.Address || got.Name != want.Name || got.Exporter != "E" || got.Language != "en" || got.Cadence != "weekly" || got.LowestLevel != "red" || len(got.Markets) != 1 || got.Sector != "x" || got.District != "东区" {
		t.Errorf("%+v", got)
	}
	if got := mergeSubscriber(&stored, row, func(string) bool { return true }); got.Name != "" || got.Language != "zh" || got.Cadence != "immediate" || got.Markets != nil {
		t.Errorf("a stated empty cell empties: %+v", got)
	}
}
