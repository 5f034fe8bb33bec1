package main

import "testing"

// Whatever the zone of the process: days left and numbers of the year are the
// centre's.
func TestClocksShowTheCentresDay(t *testing.T) {
	for _, zone := range []string{"Asia/Shanghai", "Pacific/Auckland"} {
		tl := newTimeline(t, func(c *Config) { c.Notify.Timezone = zone })
		for what, got := range map[string]string{
			"the desk": tl.sys.desk.Now().Location().String(), "the desk of pages": tl.sys.deskOfPages().Now().Location().String(), "the view": tl.sys.view.Now().Location().String(),
			"the matcher": tl.sys.late.Stage.Now().Location().String(),
		} {
			if got != zone {
				t.Errorf("%s counts days in %s, the centre is in %s", what, got, zone)
			}
		}
	}
}
