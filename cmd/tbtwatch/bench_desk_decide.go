package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tbtwatch/internal/bus"
	"tbtwatch/internal/nomenclature"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
)

const deskPublic = 20 // releases that everybody may read

// decide judges some of the cases, as people would, assigns some of the others
// and releases and publishes a few warnings.
func (f *deskFill) decide(ctx context.Context) error {
	var all []bus.Entry[trade.Case]
	if _, err := f.bus.Cases.Scan(ctx, func(e bus.Entry[trade.Case]) error { all = append(all, e); return nil }); err != nil {
		return err
	}
	f.rnd.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	b, release := batch[trade.Case]{table: f.bus.Cases}, []bus.Entry[trade.Case]{}
	judge := min(f.sizes.Judged, max(0, len(all)-f.sizes.Open)) // as many as were asked for stay open
	ended := 0
	for i, e := range all {
		c := e.Value
		at := f.now.Add(-time.Duration(1+f.rnd.IntN(60*24)) * time.Hour).UTC().Format(time.RFC3339)
		by := fmt.Sprintf("研判员%d", f.rnd.IntN(12))
		move := func(to trade.CaseState) {
			c.History = append(c.History, trade.Change{At: at, By: by, From: c.State, To: to, Reason: trade.Text{ZH: "经研判", EN: "judged"}})
			c.State, c.Pending = to, trade.Text{}
		}
		switch {
		case len(release) < judge/4 && c.Direct+c.Likely > 0:
			release = append(release, e)
			continue
		case ended < judge-judge/4:
			ended++
			move([]trade.CaseState{trade.CaseClosed, trade.CaseIrrelevant}[i%2])
		case i%10 == 0:
			move(trade.CaseInReview)
			c.Assignee = by
			sample(&f.keys.Cases, e.Key)
		case i%4 == 0:
			c.Assignee = by
			sample(&f.keys.Cases, e.Key)
		default:
			sample(&f.keys.Cases, e.Key)
			continue
		}
		if err := b.put(ctx, e.Key, c, e.Seq); err != nil {
			return err
		}
	}
	if f.keys.Open = len(all) - len(release) - ended; f.keys.Open < f.sizes.Open {
		return fmt.Errorf("%d cases wait, not %d: %d papers made %d cases; give more --notices", f.keys.Open, f.sizes.Open, f.sizes.Notices, len(all))
	}
	for _, s := range nomenclature.Sectors() {
		sample(&f.keys.Sectors, s.ID)
	}
	return errors.Join(b.flush(ctx), f.release(ctx, release))
}

// release sends warnings, the older ones first, and opens some to everybody.
func (f *deskFill) release(ctx context.Context, cases []bus.Entry[trade.Case]) error {
	for i, e := range cases {
		desk := f.desk(f.now.Add(-time.Duration(len(cases)-i) * 40 * 24 * time.Hour / time.Duration(len(cases))))
		if err := desk.Release(ctx, e.Value.Family, e.Seq, "研判员1", "经研判"); err != nil {
			return err
		}
		f.keys.Released = append(f.keys.Released, e.Key)
		if len(f.keys.Public) < deskPublic {
			if err := f.publish(ctx, desk, e.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *deskFill) publish(ctx context.Context, desk *triage.Desk, key string) error {
	c, err := f.bus.Cases.Get(ctx, key)
	if err != nil {
		return err
	}
	family, err := f.bus.Families.Get(ctx, key)
	if err != nil {
		return err
	}
	n, err := f.bus.Notices.Get(ctx, family.Value.Latest().Notice)
	if err != nil {
		return err
	}
	text := triage.BulletinOf(triage.BulletinFacts{Case: c.Value, Family: &family.Value, Latest: &n.Value, Config: f.cfg.Triage, Now: desk.Now()}, triage.Public)
	f.keys.Public = append(f.keys.Public, key)
	return desk.Publish(ctx, c.Value.Family, c.Seq, text, nil, "研判员1", "公开")
}

const deskRecipients = 25 // of each warning

// deliver writes the ledger of the released warnings, and what recipients
// answered to some.
func (f *deskFill) deliver(ctx context.Context) error {
	mails := filepath.Join(f.dir, "mail")
	if err := os.MkdirAll(mails, 0o750); err != nil {
		return err
	}
	for _, key := range f.keys.Released {
		w, err := f.bus.Warnings.Get(ctx, key)
		if err != nil {
			return err
		}
		if err := f.ledger(ctx, &w, mails); err != nil {
			return err
		}
		for i := 0; i < 3 && i < len(w.Value.Audience); i++ {
			m := w.Value.Audience[i]
			r := trade.Response{Family: w.Value.Family, Exporter: m.Exporter, Product: m.Product, Kind: trade.Relevant, By: m.Exporter, At: w.Value.At, Judged: []trade.Judged{triage.JudgedOf(&m)}}
			if i == 1 {
				r.Kind, r.Code = trade.NotRelevant, "other_goods"
			}
			if _, err := f.bus.Responses.Append(ctx, r.Key(), r); err != nil {
				return err
			}
		}
	}
	return nil
}

// ledger writes three transitions for each recipient: the batches of the
// second and third expect where the one before came to stand.
func (f *deskFill) ledger(ctx context.Context, w *bus.Entry[trade.Warning], mails string) error {
	last, err := f.bus.Deliveries.LastSeq(ctx)
	if err != nil {
		return err
	}
	ends := []trade.DeliveryState{trade.Rejected, trade.RetryAt, trade.Unknown, trade.Accepted}
	for step, state := range []trade.DeliveryState{trade.Planned, trade.Sending, trade.Accepted} {
		var writes []bus.Write[trade.Delivery]
		for i := range deskRecipients {
			sub := fmt.Sprint("SE", 50*((int(w.Seq)*31+i)%(1+(f.sizes.Exporters-1)/50))) //nolint:gosec // a small sequence
			d := trade.Delivery{Subscriber: sub, Channel: "email", Family: w.Value.Family, Release: 1, WarningSeq: w.Seq, State: state, Attempt: min(step, 1), At: w.Value.At}
			if step == 2 && i == 0 {
				d.State, d.Reason = ends[w.Seq%4], "as the channel said"
			}
			d.Key = trade.DeliveryKey(d.Subscriber, "email", fmt.Sprint(d.Family, i), 1)
			expect := uint64(0)
			if step > 0 {
				expect = last + uint64((step-1)*deskRecipients+i+1)
			}
			writes = append(writes, bus.Write[trade.Delivery]{Key: d.Key, Value: d, Last: expect})
			if step == 2 && i == 1 {
				sample(&f.keys.Deliveries, d.Key)
				if len(f.keys.Mails) < deskPublic {
					f.keys.Mails = append(f.keys.Mails, d.Key)
					if err := os.WriteFile(filepath.Join(mails, d.Key+"@tbt.example.eml"), []byte("Subject: x\r\nFrom: warnings@tbt.example\r\n\r\nx\r\n"), 0o600); err != nil {
						return err
					}
				}
			}
		}
		if err := f.bus.Deliveries.PutBatch(ctx, writes); err != nil {
			return err
		}
	}
	return nil
}

// rest writes what the runs of the sources left.
func (f *deskFill) rest(ctx context.Context) error {
	for i := range 1500 {
		at := f.now.Add(-time.Duration(1500-i) * time.Hour).UTC().Format(time.RFC3339)
		run := bus.Run{Source: deskSource(i * 3), Started: at, Ended: at, Trigger: "schedule", Fetched: 1, Bytes: 40_000, Tally: trade.Tally{Rows: 30, Notices: 25, Unchanged: 5}}
		if _, err := f.bus.Runs.Append(ctx, run.Source, run); err != nil {
			return err
		}
	}
	for i := range mostKeys {
		sha, err := f.bus.Raw.PutBytes(ctx, fmt.Appendf(nil, "<p>page %d</p>", i%20))
		if err != nil {
			return err
		}
		q := trade.Quarantine{Source: "eping", Where: fmt.Sprint("row ", i), Reason: "a date that is none", Raw: sha, Bytes: []byte("{}"), At: f.now.UTC().Format(time.RFC3339)}
		key := trade.Key("bench", fmt.Sprint(i))
		if _, err := f.bus.Quarantine.Append(ctx, key, q); err != nil {
			return err
		}
		sample(&f.keys.Quarantine, key)
		sample(&f.keys.Raw, sha)
	}
	return nil
}
