package console

// exporterRoutes are the pages of an exporter's portal.
func (p tenants) exporterRoutes() map[string]route {
	return map[string]route{
		"GET /my":                        own(p.myHome),
		"GET /my/warnings/{key}":         own(p.myWarning),
		"POST /my/warnings/{key}/answer": own(p.myAnswer),
		"GET /my/products":               own(p.myProducts),
		"GET /my/products/table.csv":     own(p.myTableCSV),
		"GET /my/products/table.xlsx":    own(p.myTableXLSX),
		"GET /my/product":                own(p.myProduct),
		"POST /my/product":               own(p.saveMyProduct),
		"POST /my/product/remove":        own(p.removeMyProduct),
		"GET /my/import":                 own(p.myImport),
		"POST /my/import":                own(p.planMyImport),
		"POST /my/import/confirm":        own(p.confirmMyImport),
		"POST /my/import/refused":        own(p.myRefused),
		"GET /my/channels":               own(p.myChannels),
		"GET /my/channel":                own(p.myChannel),
		"POST /my/channel":               own(p.saveMyChannel),
		"POST /my/channel/remove":        own(p.removeMyChannel),
		"POST /my/channel/test":          own(p.testMyChannel),
		"POST /my/feed":                  own(p.changeMyFeed),
	}
}

// feedRoutes are read without signing in, by whoever has the token.
func (p tenants) feedRoutes() map[string]handler {
	return map[string]handler{
		"GET /feeds/{token}/deadlines.ics": p.calendar,
		"GET /feeds/{token}/warnings.atom": p.atom,
	}
}
