package console

import (
	"net/http"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/portal"
)

// tenants are the pages for readers from outside the centre. They hold the
// portal and nothing else that reads records: what no scope opens they cannot
// show.
type tenants struct {
	portal *portal.Portal
	render func(w http.ResponseWriter, r *http.Request, status int, name, title, nav string, body any) error
}

// tenantHandler makes a page for whoever has that scope.
type tenantHandler func(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error

// scoped hands the reader's scope to the page. Somebody without one finds no
// page.
func scoped(h tenantHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		t, ok := auth.Actor(r.Context()).Tenant()
		if !ok {
			return errNoPage
		}
		return h(w, r, t)
	}
}

func own(h tenantHandler) route     { return route{auth.Own, scoped(h)} }
func members(h tenantHandler) route { return route{auth.Members, scoped(h)} }
func area(h tenantHandler) route    { return route{auth.Area, scoped(h)} }
