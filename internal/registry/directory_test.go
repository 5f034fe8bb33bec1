package registry

import (
	"context"
	"errors"
	"testing"
	"time"

	"tbtwatch/internal/trade"
)

func TestDirectoryFollowsTheRegistry(t *testing.T) {
	b, ctx := openBus(t), t.Context()
	importText(t, b, Products, productHeader+"E1,甲厂,东区,P1,摩托车,,871120,,,,,US,\nE2,,西区,P2,头盔,,650610,,,,,US,\n")
	d, err := NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	if c := d.Counts(); c != (Counts{Exporters: 2}) || d.ExporterName("E1") != "甲厂" || d.ExporterName("E2") != "E2" || d.ExporterName("?") != "?" {
		t.Errorf("at the start: %+v", c)
	}
	if in := d.InDistrict("西区"); len(in) != 1 || in[0].ID != "E2" || len(d.Districts()) != 2 {
		t.Errorf("district: %v of %v", in, d.Districts())
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- d.Run(running) }()
	importText(t, b, Subscribers, subscriberHeader+"S1,exporter,甲厂,E1,,,,,email,a@example.com,,\n")
	importText(t, b, Products, productHeader+"E1,甲公司,东区,P1,摩托车,,871120,,,,,US,\n")
	e2, err := b.Exporters.Get(ctx, ExporterKey("E2"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Exporters.Delete(ctx, ExporterKey("E2"), e2.Seq); err != nil {
		t.Fatal(err)
	}
	last, err := b.Exporters.LastSeq(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.WaitFor(ctx, last); err != nil {
		t.Fatal(err)
	}
	if _, there := d.Exporter("E2"); there || d.ExporterName("E1") != "甲公司" || len(d.Exporters()) != 1 || d.Counts() != (Counts{1, 1}) {
		t.Errorf("after changes: %+v %+v", d.Exporters(), d.Counts())
	}
	if s, ok := d.Subscriber("S1"); !ok || s.Exporter != "E1" || len(d.Subscribers()) != 1 {
		t.Errorf("subscriber: %+v", s)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestDirectoryReadsProducts(t *testing.T) {
	b, ctx := openBus(t), t.Context()
	importText(t, b, Products, productHeader+"E1,甲厂,东区,P1,摩托车,,871120,,,,,US,\n")
	d, err := NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	key := (&trade.Product{ID: "P1", Exporter: "E1"}).Key()
	if p, err := d.Product(ctx, key); err != nil || p.NameZH != "摩托车" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := d.Product(ctx, "nokey"); !errors.Is(err, trade.ErrNotFound) {
		t.Errorf("unknown product: %v", err)
	}
	if ps, err := d.Products(ctx, []string{key, "nokey"}); err != nil || len(ps) != 1 {
		t.Errorf("%v %v", ps, err)
	}
}

// A late entry of the follower must not undo what a scan has read.
func TestTheMirrorKeepsTheLaterEntry(t *testing.T) {
	b, ctx := openBus(t), t.Context()
	first, err := b.Exporters.Put(ctx, ExporterKey("E"), trade.Exporter{ID: "E", Name: "old"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	old, err := b.Exporters.Get(ctx, ExporterKey("E"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Exporters.Put(ctx, ExporterKey("E"), trade.Exporter{ID: "E", Name: "new"}, first); err != nil {
		t.Fatal(err)
	}
	d, err := NewDirectory(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.exporters.apply(old); err != nil || d.ExporterName("E") != "new" {
		t.Errorf("name %q, %v", d.ExporterName("E"), err)
	}
}

// Without WaitFor, Run alone brings changes in.
func TestRunBringsChangesIn(t *testing.T) {
	b := openBus(t)
	d, err := NewDirectory(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	importText(t, b, Products, productHeader+"E1,甲厂,东区,P1,摩托车,,871120,,,,,US,\n")
	for tick := time.NewTicker(5 * time.Millisecond); d.ExporterName("E1") != "甲厂"; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("waited 20 s for exporter E1 to appear")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
