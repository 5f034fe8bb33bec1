package bus

import (
	"testing"

	"tbtwatch/internal/trade"
)

// Entries carry what is stored only where a copy is kept of it: a hundred
// thousand exporters stay in memory as entries.
func TestOnlyWhatIsCopiedCarriesWhatIsStored(t *testing.T) {
	b, ctx := open(t, Config{}), t.Context()
	if _, err := b.Exporters.Append(ctx, "k", exporter(1)); err != nil {
		t.Fatal(err)
	}
	if e, err := b.Exporters.Get(ctx, "k"); err != nil || e.Stored.Data != nil {
		t.Errorf("an exporter carries %d bytes, %v", len(e.Stored.Data), err)
	}
	if _, err := b.Notices.Append(ctx, "k", trade.Notice{ID: "N"}); err != nil {
		t.Fatal(err)
	}
	e, err := b.Notices.Get(ctx, "k")
	if err != nil || e.Stored.Data == nil {
		t.Fatalf("a notice carries nothing, %v", err)
	}
	again, err := b.Notices.Restore(Entry[trade.Notice]{Key: e.Key, Seq: e.Seq, At: e.At}, e.Stored)
	if err != nil || again.Value.ID != "N" || again.Seq != e.Seq {
		t.Errorf("restored: %+v, %v", again, err)
	}
}
