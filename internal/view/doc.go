// Package view is what people and programs see of the system: a projection
// that follows the bus in memory, for the pages (console) and the REST API
// alike. It holds identities, places in streams and short texts only; details
// are read from the bus when asked for. It can be thrown away at any moment:
// it is built again from the bus at every start.
package view
