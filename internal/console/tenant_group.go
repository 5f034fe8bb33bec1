package console

// groupRoutes are the pages of associations, districts and departments.
func (p tenants) groupRoutes() map[string]route {
	return map[string]route{}
}
