package nomenclature

import (
	"regexp"
	"strings"
)

var (
	// electrical are the numbers that IEC and CENELEC share.
	electrical = regexp.MustCompile(`^(?:6[0-4]|8[0-2])\d{3}(?:[.\-].*)?$`)
	// interference are those under which CENELEC publishes CISPR: EN 55032 is CISPR 32.
	interference = regexp.MustCompile(`^550(\d\d)((?:-.*)?)$`)
	// vehicleRule is a motor vehicle safety standard as it stands in the Code of Federal Regulations.
	vehicleRule = regexp.MustCompile(`^49 CFR 571\.(\d{3,4}[a-z]?)$`)
	// series is the series of amendments of a UN Regulation.
	series = regexp.MustCompile(`^(UN R\d{1,3})\.\d\d$`)
)

// sameNumbers are bodies that publish IEC standards under the IEC's number,
// without saying so in the name.
var sameNumbers = map[string]bool{"EN": true, "EN IEC": true, "AS/NZS": true, "UL": true, "SANS": true, "KC": true, "SI": true, "ABNT NBR NM": true, "NM": true, "CSA C22.2 No.": true, "HD": true, "ISO/IEC": true}

// oneSpace are bodies whose numbers come from one row, so that the letters
// tell only what kind of document it is.
var oneSpace = map[string]string{
	"ISO/TS": "ISO", "ISO/TR": "ISO", "ISO/PAS": "ISO", "ISO/IEC": "ISO", "ISO/IEC TS": "ISO", "ISO/IEC TR": "ISO", "ISO/IEC/IEEE": "ISO",
	"IEC/TS": "IEC", "IEC/TR": "IEC", "IEC/IEEE": "IEC", "GB/T": "GB", "GB/Z": "GB",
}

// StandardBase brings a name that Standards gives to that of the family it
// belongs to, where the numbers are the same by rule: "BS EN 60335-1" and "AS/NZS
// 60335.1" are "IEC 60335-1", "EN ISO 12100" is "ISO 12100", "EN 55032" is
// "CISPR 32", "GB/T 4706.1" is "GB 4706.1", "UN R22.06" is "UN R22", "49 CFR
// 571.108" is "FMVSS 108". National standards that follow an international one
// under another number (GB/T 19001) are themselves. A name that is no standard
// stays as it is.
func StandardBase(name string) string {
	if m := vehicleRule.FindStringSubmatch(name); m != nil {
		return "FMVSS " + strings.ToUpper(m[1])
	}
	if m := series.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	body, num := splitStandard(name)
	if inner, ok := loadStandards().inner[body]; ok {
		body = inner
	}
	switch {
	case body == "EN ISO":
		body = "ISO"
	case body == "EN ISO/IEC":
		body = "ISO/IEC"
	case body == "EN IEC", body == "UL/IEC":
		body = "IEC"
	case body == "EN" && spaced.MatchString(num):
		body = "ETSI EN"
	}
	if m := interference.FindStringSubmatch(num); m != nil && body == "EN" {
		return "CISPR " + strings.TrimLeft(m[1], "0") + m[2]
	}
	if sameNumbers[body] && electrical.MatchString(num) {
		if body == "AS/NZS" {
			num = strings.ReplaceAll(num, ".", "-")
		}
		body = "IEC"
	}
	if one, ok := oneSpace[body]; ok {
		body = one
	}
	if num == "" {
		return body
	}
	return body + " " + num
}

// splitStandard parts a name into body and number: before the last blank,
// unless the number has one itself (EN 301 489-1).
func splitStandard(name string) (body, num string) {
	at := strings.LastIndexByte(name, ' ')
	if at < 0 {
		return name, ""
	}
	if before := strings.LastIndexByte(name[:at], ' '); before > 0 && spaced.MatchString(name[before+1:]) {
		at = before
	}
	return name[:at], name[at+1:]
}
