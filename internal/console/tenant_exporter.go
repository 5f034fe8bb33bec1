package console

// exporterRoutes are the pages of an exporter's portal.
func (p tenants) exporterRoutes() map[string]route {
	return map[string]route{}
}
