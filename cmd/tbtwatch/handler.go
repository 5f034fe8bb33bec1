package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"tbtwatch/ingest"
	"tbtwatch/internal/alert"
	"tbtwatch/internal/api"
	"tbtwatch/internal/auth"
	"tbtwatch/internal/bus"
	"tbtwatch/internal/console"
	"tbtwatch/internal/netguard"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
	"tbtwatch/matcher"
	"tbtwatch/notify"
)

// handler is everything that this process answers over HTTP.
func (s *System) handler(ctx context.Context) (http.Handler, error) {
	token, err := auth.LoadOrCreate(s.cfg.Data)
	if err != nil {
		return nil, err
	}
	options := auth.Options{
		Bus: s.pages, Config: s.cfg.Auth, Dir: s.cfg.Data, Token: token, PublicURL: s.cfg.PublicURL, Demo: s.cfg.Demo, Stands: demoStands, HTTP: s.providerClient(), Now: time.Now, Log: s.log,
		Centre: trade.Text{ZH: s.cfg.Triage.Centre, EN: s.cfg.Triage.CentreEN}, Zone: s.zone(),
	}
	if s.cfg.mails() {
		options.Post = s.notifier.Post
	}
	s.guard, err = auth.New(ctx, options)
	if err != nil {
		return nil, err
	}
	s.portal = s.newPortal()
	s.notifier.Sums = s.portal.SumsFor // what is told of firms that are not named is one thing, on pages and in messages
	s.notifier.Occasions = occasions{s}
	mux, outside := http.NewServeMux(), s.portal
	api.Register(mux, s.apiDeps(s.guard, outside))
	console.Register(mux, s.consoleDeps(ctx, s.guard, outside))
	return s.courtesy.serve(s.guard.Wrap(mux)), nil
}

// deskOfPages is the desk for people's decisions.
func (s *System) deskOfPages() *triage.Desk {
	d := *s.desk
	d.Bus = s.pages
	return &d
}

// providerClient is the client that speaks with the OpenID Connect provider.
func (s *System) providerClient() *http.Client {
	return &http.Client{Transport: netguard.Transport(netguard.Options{Allow: s.cfg.networks, Proxy: s.cfg.proxy}), Timeout: 15 * time.Second}
}

func (s *System) apiDeps(guard *auth.Guard, outside *portal.Portal) api.Deps {
	return api.Deps{
		Bus: s.pages, View: s.view, Desk: s.deskOfPages(), Guard: guard, Portal: outside, Log: s.log, Spool: s.cfg.Data, PublicURL: s.linkBase(),
		Version:       api.Version{Version: versionText(), Go: runtime.Version()},
		ImportNotices: s.importNotices, ImportProducts: s.importRegistry(registry.Products), ImportSubscribers: s.importRegistry(registry.Subscribers),
		RunSource: s.runSource, Replay: s.replay, PreviewRelease: s.notifier.PreviewRelease, PassRelease: s.notifier.PassRelease, DropRelease: s.notifier.DropRelease, PreviewSubscriber: s.notifier.Preview, PreviewProduct: s.previewProduct, DecideDelivery: s.notifier.Decide, CAP: s.alertFrame(),
		RebuildIndex: func(ctx context.Context) (any, error) {
			if err := s.copy.Rebuild(ctx); err != nil {
				return nil, err
			}
			return s.copy.Verify(ctx)
		},
		VerifyIndex: func(ctx context.Context) (any, error) { return s.copy.Verify(ctx) },
		Guesses:     matcher.Guesses, Recode: s.late.Recode,
		StatisticsLines: console.StatisticsLines,
		Checks:          []api.Check{{Name: "index", Check: s.checkIndex}, {Name: "search", Check: s.checkSearch}},
	}
}

// linkBase is where those whom the API writes to open the pages; "" where
// nobody outside can.
func (s *System) linkBase() string {
	if s.cfg.Demo {
		return cmp.Or(s.cfg.PublicURL, s.URL)
	}
	return s.cfg.PublicURL
}

// messageBase is where links of messages begin, "" where nobody outside can
// open this installation. The demo's mails show what others would.
func (s *System) messageBase() string {
	if s.cfg.Demo {
		return cmp.Or(s.cfg.PublicURL, demoURL)
	}
	return s.cfg.PublicURL
}

// alertFrame is what alerts of CAP 1.2 take from this installation: they are of
// the host that people open.
func (s *System) alertFrame() alert.Frame {
	sender := "tbtwatch"
	if u, err := url.Parse(s.cfg.PublicURL); err == nil && u.Hostname() != "" {
		sender = u.Hostname()
	}
	return alert.Frame{Sender: sender, Centre: trade.Text{ZH: s.cfg.Triage.Centre, EN: s.cfg.Triage.CentreEN}, Levels: s.cfg.Triage.LevelIDs(), Zone: s.zone(), Test: s.cfg.Demo}
}

// zone is the centre's; the configuration was refused if it names none.
func (s *System) zone() *time.Location {
	zone, err := time.LoadLocation(s.cfg.Notify.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// centreClock tells moments in the centre's zone: a process often runs in UTC,
// and days left, the day of a reminder and the year of a number are the centre's.
func (s *System) centreClock() func() time.Time { return view.InZone(time.Now, s.zone()) }

func (s *System) consoleDeps(ctx context.Context, guard *auth.Guard, outside *portal.Portal) console.Deps {
	running := s.cfg.Only
	if len(running) == 0 {
		running = stages
	}
	return console.Deps{
		Base: ctx, Bus: s.pages, View: s.view, Desk: s.deskOfPages(), Guard: guard, Log: s.log, Version: versionText(), PublicURL: s.cfg.PublicURL, Channels: slices.Sorted(maps.Keys(notify.AddressChecks())), Location: s.zone(), Running: running,
		RunSource: s.runSource, Replay: s.replay, Mail: s.mail, PreviewRelease: s.notifier.PreviewRelease, PassRelease: s.notifier.PassRelease, DropRelease: s.notifier.DropRelease, DecideDelivery: s.notifier.Decide, Guesses: matcher.Guesses, Recode: s.late.Recode,
		Portal: outside,
	}
}

// portal is what readers from outside the centre see.
func (s *System) newPortal() *portal.Portal {
	return portal.New(portal.Options{
		Bus: s.pages, View: s.view, Desk: s.deskOfPages(), Rules: s.subscriberRules(), Now: time.Now, Links: s.links, ConfirmExercise: s.notifier.Confirm, PreviewSubscriber: s.notifier.Preview, PreviewProduct: s.previewProduct,
		TestChannel: s.notifier.Test,
	})
}

// receiptLink is where a firm confirms a release, and everybody an exercise.
func (s *System) receiptLink(to trade.Subscriber, family string, release int) string {
	if to.Kind != trade.SubExporter && !trade.IsExercise(family) {
		return ""
	}
	return s.links.To(portal.ReceiptPath, portal.ReceiptWords(to, family, release)...)
}

// homeLink is where a recipient finds all its warnings.
func (s *System) homeLink(to trade.Subscriber) string {
	home, ok := map[trade.SubscriberKind]string{trade.SubExporter: "/my", trade.SubAssociation: "/members", trade.SubDistrict: "/area"}[to.Kind]
	if base := s.messageBase(); ok && base != "" {
		return base + home
	}
	return ""
}

// pageLink is where a recipient reads about a measure: on the page of its own,
// or in the list of its group. An exercise is on no page.
func (s *System) pageLink(to trade.Subscriber, family string) string {
	key := trade.FamilyKey(family)
	page, ok := map[trade.SubscriberKind]string{
		trade.SubExporter: "/my/warnings/" + key, trade.SubAssociation: "/members#" + key,
		trade.SubDistrict: "/area/measures#" + key, trade.SubDepartment: "/area/measures#" + key,
	}[to.Kind]
	if base := s.messageBase(); ok && base != "" && !trade.IsExercise(family) {
		return base + page
	}
	return ""
}

// sourceHealth says in a line how the sources are doing, for those who may take
// silence for good news.
func (s *System) sourceHealth() trade.Text {
	var good int
	var zh, en []string
	for _, row := range s.view.SourceRows() {
		switch row.Health {
		case view.HealthOK:
			good++
		case view.HealthFailing, view.HealthSilent:
			last, _, _ := strings.Cut(cmp.Or(row.LastOK, "-"), "T")
			zh, en = append(zh, row.Name+"（最近成功 "+last+"）"), append(en, row.Name+" (last success "+last+")")
		}
	}
	t := trade.Text{ZH: fmt.Sprintf("信息源：%d 个正常", good), EN: fmt.Sprintf("Sources in order: %d", good)}
	if len(zh) > 0 {
		t.ZH += fmt.Sprintf("，%d 个异常：%s", len(zh), strings.Join(zh, "、"))
		t.EN += fmt.Sprintf("; not in order: %d: %s", len(en), strings.Join(en, ", "))
	}
	return t
}

// mail opens a delivery's mail where mails are kept as files.
func (s *System) mail(_ context.Context, key string) (io.ReadCloser, error) {
	folder, ok := s.notifier.Channels["email"].(notify.Keeper)
	if !ok {
		return nil, trade.ErrNotFound
	}
	return folder.Kept(key)
}

// checkIndex never makes the system unready: without Redis it is slower only.
func (s *System) checkIndex(ctx context.Context) (string, error) {
	if err := s.store.Ping(ctx); err != nil {
		return "Redis does not answer, matching reads the registry instead: " + err.Error(), nil
	}
	if err := s.copy.Health(); err != nil {
		return "not used for the last batch: " + err.Error(), nil
	}
	if s.store.Embedded() {
		return "embedded", nil
	}
	return "external", nil
}

// checkSearch never makes the system unready: pages and lists work while the
// full-text index is being built, and without it.
func (s *System) checkSearch(context.Context) (string, error) {
	st := s.search.State()
	switch {
	case !st.Open:
		return "no full-text index, lists look through symbols and titles: " + cmp.Or(st.Why, "not opened yet"), nil
	case !st.Ready:
		return fmt.Sprintf("being built: %d of %d records", st.Done, st.Of), nil
	}
	return searchReady, nil
}

const searchReady = "ready"

func (s *System) runSource(ctx context.Context, name, _ string) (bus.Run, error) {
	return s.runner.Run(ctx, name, "person")
}

func (s *System) replay(ctx context.Context, key, _ string, force bool) (bus.Run, error) {
	return s.runner.Replay(ctx, key, force)
}

func (s *System) importNotices(ctx context.Context, body io.Reader, filename string, progress func(api.Progress)) (any, error) {
	importer := &ingest.Importer{Bus: s.bus, ReadLine: matcher.ReadLine, Log: s.log}
	return importer.ImportNotices(ctx, body, filename, func(p ingest.Progress) {
		progress(api.Progress{Phase: p.Phase, Rows: p.Rows, Total: p.Total, Line: p.Line})
	})
}

// importRegistry takes products or subscribers.
func (s *System) importRegistry(kind registry.Kind) api.ImportFunc {
	return func(ctx context.Context, body io.Reader, filename string, progress func(api.Progress)) (any, error) {
		sheet, err := registry.Open(body, kind)
		if err != nil {
			return nil, err
		}
		defer func() { _ = sheet.Close() }()
		items := registry.ParseProducts(sheet)
		if kind == registry.Subscribers {
			items = registry.ParseSubscribers(sheet, s.subscriberRules())
		}
		items.OnBad = func(e registry.RowError) { progress(api.Progress{Line: "refused: " + e.Error()}) }
		items.OnRemark = func(r registry.Remark) { progress(api.Progress{Line: "remark: " + r.String()}) }
		summary, err := registry.Import(ctx, s.bus, items, func(p registry.Progress) { progress(api.Progress{Phase: "storing", Rows: p.Rows}) })
		return summary.Progress, err
	}
}

// previewProduct says which open measures would touch a product.
func (s *System) previewProduct(ctx context.Context, p trade.Product) ([]trade.Touching, error) {
	found, err := s.late.Preview(ctx, p)
	var out []trade.Touching
	for _, t := range found {
		m := t.Match
		out = append(out, trade.Touching{Family: m.Family, Notice: m.Notice, Title: t.Title, Grade: m.Grade, Score: m.Score, Markets: m.Markets, Why: t.Why})
	}
	return out, err
}

// subscriberRules says which channels, levels and sectors there are.
func (s *System) subscriberRules() registry.Rules {
	return rulesFor(s.cfg.Triage)
}

// rulesFor are the rules of subscribers under that policy. Channels go by their
// Chinese names, too.
func rulesFor(policy triage.Config) registry.Rules {
	words := map[string]string{}
	for _, name := range notify.ChannelNames() {
		words[strings.ToLower(triage.ChannelName(name).ZH)] = name
	}
	return registry.Rules{Channels: notify.AddressChecks(), Levels: policy.LevelIDs(), Synonyms: words}
}

// viewSources are the declared sources as the pages name them.
func (s *System) viewSources(ctx context.Context) ([]view.Source, error) {
	statuses, err := s.scheduler.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	var out []view.Source
	for _, st := range statuses {
		out = append(out, view.Source{Name: st.Name, Kind: st.Kind, About: st.About, Every: st.Every, Off: st.Off})
	}
	return out, nil
}
