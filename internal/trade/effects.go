package trade

import (
	"slices"
	"strings"
)

// What a follow-up changes (the boxes of the WTO's addendum, G/TBT/35).
const (
	EffectCommentPeriod = "comment_period" // the comment period is extended or otherwise changed
	EffectAdopted       = "adopted"
	EffectPublished     = "published"
	EffectInForce       = "in_force"  // entered, or enters, into force
	EffectWithdrawn     = "withdrawn" // or revoked; Symbol is what replaces it
	EffectScope         = "scope"     // content or scope changed
	EffectGuidance      = "guidance"  // interpretive guidance issued
	EffectTranslation   = "translation"
	EffectOther         = "other"
)

// Effects lists them in the order of importance.
var Effects = []string{
	EffectWithdrawn, EffectScope, EffectCommentPeriod, EffectInForce, EffectPublished, EffectAdopted, EffectGuidance, EffectTranslation, EffectOther,
}

// Effect is something that a follow-up changes, with the words that say so.
type Effect struct {
	What   string `json:"what"`
	Symbol string `json:"symbol,omitempty"` // the notification that replaces a withdrawn one
	Where  string `json:"where"`            // title, description, keywords, or kind where only the kind of paper tells it
	Words  string `json:"words"`
}

// EffectsOf says what a follow-up changes: by its words and ticked boxes in
// English, Chinese, Spanish, French and Portuguese, else by its kind. Each
// effect is named once, the most important first. A paper that follows none
// changes nothing.
func EffectsOf(n *Notice) []Effect {
	if !n.Kind.FollowUp() {
		return nil
	}
	var out []Effect
	for _, part := range []struct{ where, text string }{
		{"title", n.Title}, {"description", n.Description}, {"keywords", strings.Join(n.Keywords, "\n")},
	} {
		for _, c := range clausesOf(part.text) {
			out = appendEffects(out, c, part.where)
		}
	}
	switch {
	case n.Kind == KindRevision && !hasEffect(out, EffectScope):
		out = append(out, Effect{What: EffectScope, Where: "kind", Words: string(n.Kind)})
	case n.Kind == KindSupplement && !hasEffect(out, EffectTranslation):
		out = append(out, Effect{What: EffectTranslation, Where: "kind", Words: string(n.Kind)})
	case len(out) == 0:
		out = append(out, Effect{What: EffectOther, Where: "kind", Words: string(n.Kind)})
	}
	slices.SortStableFunc(out, func(a, b Effect) int { return slices.Index(Effects, a.What) - slices.Index(Effects, b.What) })
	return out
}

func hasEffect(list []Effect, what string) bool {
	return slices.ContainsFunc(list, func(e Effect) bool { return e.What == what })
}

// appendEffects adds what a clause says, unless it is there already.
func appendEffects(out []Effect, c clause, where string) []Effect {
	for _, cue := range effectCues {
		if hasEffect(out, cue.what) {
			continue
		}
		for _, ix := range cue.form.FindAllStringIndex(c.folded, 8) {
			if denied(c.folded, ix[0], ix[1]) {
				continue
			}
			e := Effect{What: cue.what, Where: where, Words: wordsAt(c, ix[0], ix[1])}
			if cue.what == EffectWithdrawn {
				e.Symbol = replacement(c.folded)
			}
			out = append(out, e)
			break
		}
	}
	return out
}

// wordsAt quotes the clause as written where folding has kept the place of the
// words, else as folded.
func wordsAt(c clause, from, to int) string {
	if to <= len(c.text) && strings.EqualFold(c.text[from:to], c.folded[from:to]) {
		return c.text[from:to]
	}
	return c.folded[from:to]
}

// denied reports whether the words say that it did not happen: "has not been
// withdrawn", 尚未通过.
func denied(text string, from, to int) bool {
	before, words := text[max(0, from-16):from], text[from:to]
	for _, no := range []string{"not ", "n't ", "no longer to be ", "yet to be ", "未", "不", "没有"} {
		if i := strings.LastIndex(before, no); i >= 0 && !strings.ContainsAny(before[i:], ",.;") {
			return true
		}
	}
	for _, no := range []string{" not ", "尚未", "不会", "未予"} {
		if strings.Contains(words, no) {
			return true
		}
	}
	return false
}

// replacement is the notification that a withdrawal names as its successor.
func replacement(text string) string {
	if m := replacedBy.FindStringIndex(text); m != nil {
		if symbols := ParseSymbols(text[m[1]:]); len(symbols) > 0 {
			return symbols[0].String()
		}
	}
	return ""
}
