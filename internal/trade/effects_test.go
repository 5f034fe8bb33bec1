package trade

import (
	"strings"
	"testing"
)

func TestEffectsOf(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		text string
		want string // effects, with the replacing symbol
	}{
		{KindAddendum, "The comment period is extended to 15 September 2026.", "comment_period"},
		{KindAddendum, "Extension of the final date for comments", "comment_period"},
		{KindAddendum, "The deadline for comments has been postponed until further notice", "comment_period"},
		{KindAddendum, "评议期延长至2026年9月15日", "comment_period"},
		{KindAddendum, "El plazo para la presentación de observaciones se prorroga hasta el 15 de septiembre de 2026", "comment_period"},
		{KindAddendum, "Le délai pour la présentation des observations est prolongé", "comment_period"},
		{KindAddendum, "O prazo para comentários foi prorrogado até 15 de setembro de 2026", "comment_period"},
		{KindAddendum, "The draft regulation notified in G/TBT/N/EU/1 was adopted on 1 May 2026", "adopted"},
		{KindAddendum, "该草案已于2026年5月1日获得通过", "adopted"},
		{KindAddendum, "La resolución fue aprobada el 1 de mayo de 2026", "adopted"},
		{KindAddendum, "Le projet a été adopté", "adopted"},
		{KindAddendum, "A portaria foi aprovada", "adopted"},
		{KindAddendum, "The final regulation was published in the Official Gazette on 5 May 2026 and enters into force on 1 January 2027", "in_force published"},
		{KindAddendum, "该法规已正式公布，自2027年1月1日起施行", "in_force published"},
		{KindAddendum, "El reglamento fue publicado y entra en vigor el 1 de enero de 2027", "in_force published"},
		{KindAddendum, "La mesure est entrée en vigueur", "in_force"},
		{KindAddendum, "A norma entrou em vigor em 1 de janeiro", "in_force"},
		{KindAddendum, "The draft order notified in G/TBT/N/EU/1 has been withdrawn and is replaced by G/TBT/N/EU/900.", "withdrawn=G/TBT/N/EU/900"},
		{KindAddendum, "Withdrawal of the notification", "withdrawn"},
		{KindAddendum, "The measure was revoked", "withdrawn"},
		{KindAddendum, "该通报已被撤销，由G/TBT/N/CHN/9取代", "withdrawn"},
		{KindAddendum, "撤回该草案", "withdrawn"},
		{KindAddendum, "La notificación ha sido retirada", "withdrawn"},
		{KindAddendum, "Le projet notifié est retiré", "withdrawn"},
		{KindAddendum, "A medida foi revogada", "withdrawn"},
		{KindAddendum, "The scope of the draft was changed: electric bicycles are included", "scope"},
		{KindAddendum, "G/TBT/N/TPKM/541 was adopted with changes", "scope adopted"},
		{KindAddendum, "修改了草案第3条的内容", "scope"},
		{KindAddendum, "Interpretive guidance issued on the labelling rule", "guidance"},
		{KindAddendum, "An unofficial translation into English is available", "translation"},
		{KindAddendum, "[ ] Comment period changed - date:\n[X] Notified measure adopted - date: 1 May 2026\n[ ] Notified measure withdrawn or revoked\n[ ] Content or scope of notified measure changed", "adopted"},
		{KindAddendum, "☐ Notified measure published ☒ Interpretive guidance issued ☐ Other", "guidance"},
		{KindAddendum, "Products are withdrawn from the market; the veterinary withdrawal period is 5 days", "other"},
		{KindAddendum, "The notification has not been withdrawn", "other"},
		{KindAddendum, "该草案尚未通过", "other"},
		{KindAddendum, "Contact point updated", "other"},
		{KindCorrigendum, "The fax number is corrected", "other"},
		{KindSupplement, "Text in English", "translation"},
		{KindRevision, "Draft regulation on helmets", "scope"},
		{KindNew, "The comment period is extended", ""},
		{KindUrgent, "The measure entered into force", ""},
	} {
		n := Notice{Kind: c.kind, Description: c.text}
		var got []string
		for _, e := range EffectsOf(&n) {
			s := e.What
			if e.Symbol != "" {
				s += "=" + e.Symbol
			}
			got = append(got, s)
			if e.Words == "" || e.Where == "" || e.Where == "description" && !strings.Contains(strings.ToLower(c.text), strings.ToLower(e.Words)) {
				t.Errorf("%q: %s rests on %q in %q", c.text, e.What, e.Words, e.Where)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.text, s, c.want)
		}
	}
}
