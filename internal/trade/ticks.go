package trade

import (
	"regexp"
	"strings"
)

// The forms of the WTO have boxes to tick: "[X] Notified measure adopted –
// date: …; [ ] Notified measure withdrawn". What is not ticked is not said.
var (
	anyBox    = regexp.MustCompile(`\[[ \x{a0}_]{0,3}\]|\[ ?[xX×√✓✔] ?\]|[☐□▢◻☑☒✓✔■]|\( ?[xX×√✓] ?\)|\([ _]{1,3}\)`)
	tickedBox = regexp.MustCompile(`[xX×√✓✔☑☒■]`)
)

// hideUnticked overwrites the lines of unticked boxes with blanks, so that
// offsets stay. A text without a ticked box is left alone.
func hideUnticked(text string) string {
	boxes := anyBox.FindAllStringIndex(text, 64)
	if len(boxes) == 0 {
		return text
	}
	out := []byte(text)
	for i, box := range boxes {
		if tickedBox.MatchString(text[box[0]:box[1]]) {
			continue
		}
		end := len(text)
		if i+1 < len(boxes) {
			end = boxes[i+1][0]
		} else if n := strings.IndexByte(text[box[1]:], '\n'); n >= 0 {
			end = box[1] + n
		}
		for j := box[0]; j < end; j++ {
			if out[j] != '\n' {
				out[j] = ' '
			}
		}
	}
	return string(out)
}
