package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/export"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/registry"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/view"
)

// errForm refuses what no page of ours has sent.
var errForm = trade.Refusef("the form is incomplete: open it again; 表单不完整，请重新打开")

// myProductsBody is a part of the exporter's products.
type myProductsBody struct {
	view.Page[trade.Product]
	Next string
}

func (p tenants) myProducts(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	before, _ := strconv.ParseUint(r.URL.Query().Get("before"), 10, 64) // what is no number is the beginning
	page, err := p.portal.OwnProducts(r.Context(), t, before)
	if err != nil {
		return err
	}
	b := myProductsBody{Page: page}
	if page.Next > 0 {
		b.Next = "/my/products?before=" + strconv.FormatUint(page.Next, 10)
	}
	return p.render(w, r, http.StatusOK, "myproducts", "nav.myproducts", "myproducts", b)
}

// myProductBody is the form of a product. It is filled in step by step, so
// that it works without scripts.
type myProductBody struct {
	New         bool
	Seq         uint64 // place of the product that the form was made from
	Values      map[string]string
	Bad         *registry.RowError
	Remarks     []registry.Remark
	Suggested   bool
	Suggestions []portal.Suggestion
	Previewed   bool
	Touching    []trade.Touching
	Conflict    []portal.FieldChange // stored meanwhile, and typed
	Gone        bool                 // it was removed meanwhile
	Taken       bool                 // a new product with the id of another one
	Problem     string
}

func (p tenants) myProduct(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	id := r.URL.Query().Get("id")
	if id == "" {
		free, err := p.portal.FreeProductID(r.Context(), t)
		if err != nil {
			return err
		}
		return p.showMyProduct(w, r, http.StatusOK, myProductBody{New: true, Values: map[string]string{"product_id": free}})
	}
	x, seq, err := p.portal.OwnProductByID(r.Context(), t, id)
	if err != nil {
		return err
	}
	return p.showMyProduct(w, r, http.StatusOK, myProductBody{Seq: seq, Values: portal.ProductValues(x)})
}

func (p tenants) showMyProduct(w http.ResponseWriter, r *http.Request, status int, b myProductBody) error {
	return p.render(w, r, status, "myproduct", "my.product", "myproducts", b)
}

func (p tenants) saveMyProduct(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	b, x, err := p.typedProduct(r, t)
	if err != nil {
		return err
	}
	if b.Bad != nil {
		return p.showMyProduct(w, r, http.StatusUnprocessableEntity, b)
	}
	switch r.PostFormValue("do") {
	case "suggest":
		b.Suggested = true
		b.Suggestions, err = p.portal.Suggest(r.Context(), t, x)
	case "preview":
		b.Previewed = true
		b.Touching, err = p.portal.PreviewProduct(r.Context(), t, x)
	default:
		err = p.portal.SaveProduct(r.Context(), t, x, b.Seq)
		if errors.Is(err, trade.ErrConflict) {
			return p.productConflict(w, r, t, b, x)
		}
		if err == nil {
			http.Redirect(w, r, "/my/product?done=product&id="+url.QueryEscape(x.ID), http.StatusSeeOther)
			return nil
		}
	}
	if reason, ok := refusal(err, langOf(r)); ok {
		b.Problem = reason
		return p.showMyProduct(w, r, http.StatusUnprocessableEntity, b)
	}
	if err != nil {
		return err
	}
	return p.showMyProduct(w, r, http.StatusOK, b)
}

// typedProduct reads the form; suggestions that were ticked are in.
func (p tenants) typedProduct(r *http.Request, t auth.TenantScope) (myProductBody, trade.Product, error) {
	b := myProductBody{Values: map[string]string{}}
	for _, name := range portal.ProductFields {
		b.Values[name] = r.PostFormValue(name)
	}
	for _, ticked := range r.PostForm["add"] {
		field, value, ok := strings.Cut(ticked, "=")
		if ok && slices.Contains([]string{"hs", "ics", "terms", "standards"}, field) {
			b.Values[field] = strings.Trim(strings.TrimSpace(b.Values[field])+";"+value, "; ")
		}
	}
	var err error
	if b.Seq, err = typedSeq(r); err != nil {
		return b, trade.Product{}, err
	}
	b.New = b.Seq == 0
	x, remarks, bad, err := p.portal.ReadProduct(t, b.Values)
	b.Remarks, b.Bad = remarks, bad
	return b, x, err
}

// productConflict shows what was stored meanwhile beside what was typed.
func (p tenants) productConflict(w http.ResponseWriter, r *http.Request, t auth.TenantScope, b myProductBody, typed trade.Product) error {
	stands, seq, err := p.portal.OwnProductByID(r.Context(), t, typed.ID)
	switch {
	case errors.Is(err, trade.ErrNotFound): // removed: to save again adds it
		b.Gone, b.New, b.Seq = true, true, 0
	case err != nil:
		return err
	case b.New:
		b.Taken = true
	default:
		b.Conflict, b.Seq = portal.ProductChanges(stands, typed), seq
	}
	return p.showMyProduct(w, r, http.StatusConflict, b)
}

func (p tenants) removeMyProduct(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	seq, err := typedSeq(r)
	if err != nil {
		return err
	}
	if err := p.portal.RemoveProduct(r.Context(), t, r.PostFormValue("product_id"), seq); err != nil {
		return err
	}
	return done(w, r, "/my/products", "removed")
}

func (p tenants) myTableCSV(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	rows, err := p.portal.ProductTable(r.Context(), t)
	if err != nil {
		return err
	}
	return csvFile(w, "products.csv", rows)
}

func (p tenants) myTableXLSX(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	rows, err := p.portal.ProductTable(r.Context(), t)
	if err != nil {
		return err
	}
	attach(w, export.XLSX.MediaType(), "products.xlsx")
	return export.WriteXLSX(w, "products", rows)
}
