package ingest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tbtwatch/internal/trade"
)

const (
	retryCap   = 24 * time.Hour   // no server may silence a source for longer
	retryUsual = 5 * time.Minute  // "slow down" without saying how much
	retryShut  = 60 * time.Minute // "forbidden": blocked, or a key that expired; asking often makes it worse
)

// statusError turns every status but 200 and 203 into the error that says what
// to do about it.
func statusError(resp *http.Response, now time.Time) error {
	code := resp.StatusCode
	err := fmt.Errorf("server answers %d %s", code, http.StatusText(code))
	after, said := retryAfter(resp.Header.Get("Retry-After"), now)
	switch {
	case code == http.StatusOK || code == http.StatusNonAuthoritativeInfo:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return trade.RetryAfter(fmt.Errorf("%w: it does not let us in (blocked, or a key is missing)", err), max(after, retryShut))
	case code == http.StatusTooManyRequests:
		if !said {
			after = retryUsual
		}
		return trade.RetryAfter(fmt.Errorf("%w: it asks us to slow down", err), after)
	case code == http.StatusRequestTimeout || code == http.StatusTooEarly || code >= 500:
		if said {
			return trade.RetryAfter(err, after)
		}
		return err
	case code >= 400:
		return trade.Permanent(err)
	}
	return fmt.Errorf("%w, which is no document", err)
}

// retryAfter reads a Retry-After header: seconds or an HTTP date, between one
// second and retryCap. What is neither counts as not said.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	d := retryCap
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		if seconds < 0 {
			return 0, false
		}
		if seconds < int64(retryCap/time.Second) {
			d = time.Duration(seconds) * time.Second
		}
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	} else if len(value) < 19 || strings.Trim(value, "0123456789") != "" { // digits beyond an int64 are just absurd
		return 0, false
	}
	return min(max(d, time.Second), retryCap), true
}
