package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// productInput is a product as its firm writes it; the firm is the token's.
type productInput struct {
	Precondition
	Body trade.Product
}

// subscriptionInput is a subscription as its firm writes it.
type subscriptionInput struct {
	Precondition
	Body struct {
		ID   string `json:"id,omitempty" maxLength:"200" doc:"of the one that is changed; empty for a new one"`
		Name string `json:"name,omitempty" maxLength:"300"`
		Wish
	}
}

// Wish is where and how a subscriber wants to hear.
type Wish struct {
	Channel     string   `json:"channel" maxLength:"60"`
	Address     string   `json:"address,omitempty" maxLength:"2000" doc:"empty keeps the one that is changed as it is"`
	Cadence     string   `json:"cadence,omitempty" maxLength:"200" doc:"immediate, daily or weekly, and exceptions by level: daily;red=immediate"`
	LowestLevel string   `json:"lowest_level,omitempty" maxLength:"60"`
	Language    string   `json:"language,omitempty" enum:"zh,en"`
	Markets     []string `json:"markets,omitempty" maxItems:"200"`
	Timezone    string   `json:"timezone,omitempty" maxLength:"60" doc:"such as Asia/Shanghai; the installation's where empty"`
	QuietHours  string   `json:"quiet_hours,omitempty" maxLength:"20" doc:"22:00-07:30: what comes then waits for their end, unless it is of the highest level"`
	RestDays    string   `json:"rest_days,omitempty" enum:"quiet" doc:"quiet: the same on weekends and statutory holidays of China"`
	PausedUntil string   `json:"paused_until,omitempty" maxLength:"10" doc:"a day; what comes before it waits for it, whatever its level"`
	Muted       string   `json:"muted,omitempty" maxLength:"2000" doc:"measures that are not wanted, for good or until a day: G/TBT/N/VNM/12; G/SPS/N/JPN/5 until 2027-03-01"`
}

// typed are the fields as a line of a file has them.
func (w *Wish) typed() map[string]string {
	return map[string]string{
		"channel": w.Channel, "address": w.Address, "cadence": w.Cadence, "lowest_level": w.LowestLevel, "language": w.Language, "markets": strings.Join(w.Markets, ";"),
		"timezone": w.Timezone, "quiet_hours": w.QuietHours, "rest_days": w.RestDays, "paused_until": w.PausedUntil, "muted": w.Muted,
	}
}

// byID is a request about one record of the firm.
type byID struct {
	Precondition
	ID string `query:"id" required:"true" minLength:"1" maxLength:"200"`
}

// myRoutes are an exporter's own: they hold the portal and nothing else.
func (s *server) myRoutes() {
	m := mine{s, s.Portal}
	m.warningRoutes()
	m.productRoutes()
	m.subscriptionRoutes()
}

type mine struct {
	*server
	portal *portal.Portal
}

// own hands the token's scope to fn.
func own[I, O any](m mine, op huma.Operation, fn func(ctx context.Context, t auth.TenantScope, in *I) (*O, error)) {
	route(m.server, op, func(ctx context.Context, in *I) (*O, error) {
		t, ok := auth.Actor(ctx).Tenant()
		if !ok {
			return nil, trade.ErrNotFound
		}
		return fn(ctx, t, in)
	})
}

func (m mine) warningRoutes() {
	own(m, get("/my/warnings", "my-warnings", "my", "Warnings that concern the exporter"), func(ctx context.Context, t auth.TenantScope, _ *struct{}) (*answer[portal.OwnHome], error) {
		h, err := m.portal.OwnWarnings(ctx, t)
		return &answer[portal.OwnHome]{h}, err
	})
	own(m, get("/my/warnings/{key}", "my-warning", "my", "One warning, as far as it concerns the exporter"), func(ctx context.Context, t auth.TenantScope, in *ByKey) (*answer[portal.OwnWarning], error) {
		w, err := m.portal.OwnWarning(ctx, t, in.Key)
		return &answer[portal.OwnWarning]{w}, err
	})
	type said struct {
		ByKey
		Body struct {
			Product string             `json:"product,omitempty" maxLength:"200" doc:"its id; all of the exporter's products without"`
			Kind    trade.ResponseKind `json:"kind" enum:"not_relevant,relevant,receipt,survey,comment"`
			Code    string             `json:"code,omitempty" enum:"other_goods,not_exported,compliant,discontinued,other"`
			Reason  string             `json:"reason,omitempty" maxLength:"1000"`
			Survey  *trade.Survey      `json:"survey,omitempty"`
		}
	}
	own(m, post("/my/warnings/{key}/responses", "my-respond", "my", "Answer a warning"), func(ctx context.Context, t auth.TenantScope, in *said) (*answer[portal.OwnWarning], error) {
		b := &in.Body
		err := m.portal.Answer(ctx, t, in.Key, trade.Response{Product: b.Product, Kind: b.Kind, Code: b.Code, Reason: b.Reason, Survey: b.Survey})
		if err != nil {
			return nil, err
		}
		w, err := m.portal.OwnWarning(ctx, t, in.Key)
		return &answer[portal.OwnWarning]{w}, err
	})
}

func (m mine) productRoutes() {
	type part struct {
		Before uint64 `query:"before" doc:"next of the part before; 0 for the newest"`
	}
	own(m, get("/my/products", "my-products", "my", "The exporter's products"), func(ctx context.Context, t auth.TenantScope, in *part) (*answer[view.Page[trade.Product]], error) {
		p, err := m.portal.OwnProducts(ctx, t, in.Before)
		return &answer[view.Page[trade.Product]]{p}, err
	})
	own(m, get("/my/product", "my-product", "my", "One product, with its ETag"), func(ctx context.Context, t auth.TenantScope, in *byID) (*tagged[trade.Product], error) {
		p, seq, err := m.portal.OwnProductByID(ctx, t, in.ID)
		return &tagged[trade.Product]{etag(seq), p}, err
	})
	op := post("/my/products", "my-save-product", "my", "Add a product, or with If-Match change it")
	op.DefaultStatus = http.StatusOK
	own(m, op, func(ctx context.Context, t auth.TenantScope, in *productInput) (*tagged[trade.Product], error) {
		seq, err := in.seq()
		if err != nil {
			return nil, err
		}
		p, _, bad, err := m.portal.ReadProduct(t, portal.ProductValues(in.Body))
		if err == nil {
			err = refusedRow(bad)
		}
		if err == nil {
			err = m.portal.SaveProduct(ctx, t, p, seq)
		}
		if err != nil {
			return nil, err
		}
		p, seq, err = m.portal.OwnProductByID(ctx, t, p.ID)
		return &tagged[trade.Product]{etag(seq), p}, err
	})
	op = get("/my/product", "my-remove-product", "my", "Remove a product; If-Match is needed")
	op.Method = http.MethodDelete
	own(m, op, func(ctx context.Context, t auth.TenantScope, in *byID) (*struct{}, error) {
		seq, err := in.seq()
		if err != nil {
			return nil, err
		}
		return nil, m.portal.RemoveProduct(ctx, t, in.ID, seq)
	})
	own(m, post("/my/products/preview", "my-preview-product", "my", "Which open measures would touch a product"), func(ctx context.Context, t auth.TenantScope, in *productInput) (*answer[[]trade.Touching], error) {
		found, err := m.portal.PreviewProduct(ctx, t, in.Body)
		return &answer[[]trade.Touching]{found}, err
	})
}

func (m mine) subscriptionRoutes() {
	own(m, get("/my/subscriptions", "my-subscriptions", "my", "The exporter's subscriptions, secret addresses masked"), func(_ context.Context, t auth.TenantScope, _ *struct{}) (*answer[[]trade.Subscriber], error) {
		all, err := m.portal.OwnSubscriptions(t)
		return &answer[[]trade.Subscriber]{append([]trade.Subscriber{}, all...)}, err
	})
	own(m, get("/my/subscription", "my-subscription", "my", "One subscription, with its ETag"), func(ctx context.Context, t auth.TenantScope, in *byID) (*tagged[trade.Subscriber], error) {
		x, seq, err := m.portal.OwnSubscription(ctx, t, in.ID)
		return &tagged[trade.Subscriber]{etag(seq), x}, err
	})
	op := post("/my/subscriptions", "my-save-subscription", "my", "Add a subscription, or with If-Match change it")
	op.DefaultStatus = http.StatusOK
	own(m, op, func(ctx context.Context, t auth.TenantScope, in *subscriptionInput) (*tagged[trade.Subscriber], error) {
		seq, err := in.seq()
		if err != nil {
			return nil, err
		}
		x, err := m.read(ctx, t, in)
		if err == nil {
			err = m.portal.SaveSubscription(ctx, t, x, seq)
		}
		if err != nil {
			return nil, err
		}
		x, seq, err = m.portal.OwnSubscription(ctx, t, x.ID)
		return &tagged[trade.Subscriber]{etag(seq), x}, err
	})
	op = get("/my/subscription", "my-remove-subscription", "my", "End a subscription; If-Match is needed")
	op.Method = http.MethodDelete
	own(m, op, func(ctx context.Context, t auth.TenantScope, in *byID) (*struct{}, error) {
		seq, err := in.seq()
		if err != nil {
			return nil, err
		}
		return nil, m.portal.RemoveSubscription(ctx, t, in.ID, seq)
	})
	own(m, post("/my/subscriptions/preview", "my-preview-subscription", "my", "What a subscription would have been sent in the last twelve months"), func(ctx context.Context, t auth.TenantScope, in *subscriptionInput) (*answer[portal.OwnPreview], error) {
		x, err := m.read(ctx, t, in)
		if err != nil {
			return nil, err
		}
		p, err := m.portal.PreviewSubscription(ctx, t, x)
		return &answer[portal.OwnPreview]{p}, err
	})
}

// read reads a subscription as a line of a file is read.
func (m mine) read(ctx context.Context, t auth.TenantScope, in *subscriptionInput) (trade.Subscriber, error) {
	typed := in.Body.typed()
	typed["name"] = in.Body.Name
	x, bad, err := m.portal.ReadSubscription(ctx, t, in.Body.ID, typed)
	if err == nil {
		err = refusedRow(bad)
	}
	return x, err
}

// refusedRow makes a problem of what is wrong with a record.
func refusedRow(bad *registry.RowError) error {
	if bad == nil {
		return nil
	}
	return problem(http.StatusUnprocessableEntity, bad.Error(), bad.ZH())
}
