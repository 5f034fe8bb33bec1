package trade

import (
	"regexp"
	"strings"
)

// cue is a way to say in a text which of its dates follows, in folded words.
// Past tenses tell of a draft's own fate in a follow-up only: in a first paper
// they tell of the act that it amends.
type cue struct {
	what  string
	form  *regexp.Regexp
	stems []string // one of them stands in whatever form matches: a cheap look first
	past  bool
}

var dateCues = []cue{
	{what: DateCommentDeadline, stems: []string{"comment", "consultation"}, form: regexp.MustCompile(`(?:final|closing|last|new|due) (?:date|day)(?: for| of) (?:the )?(?:submi\w+ of |receiv\w+ |receipt of )?(?:public |written )?comments?` +
		`|(?:deadline|time limit|period)(?: of time)?(?: for| to) (?:the )?(?:submi\w+ (?:of )?|receiv\w+ |provid\w+ )?(?:public |written )?comments?` +
		`|(?:public )?comment(?:ing)?s? (?:period|deadline|closing date|due date)|consultation (?:period|deadline|closes|ends|is open)|open for (?:public )?(?:comments?|consultation)` +
		`|comments? (?:on [\w ]{1,40} )?(?:should|must|may|can|will|are|is|were|shall)? ?(?:to )?(?:be )?(?:submitted|sent|received|accepted|due|provided|welcome|made|close)|comments? (?:until|by|before|no later than)`)},
	{what: DateCommentDeadline, stems: []string{"议", "議", "意", "截止"}, form: regexp.MustCompile(`[评評][议議](?:意[见見])?(?:期限?|截止|日期)|(?:征求|反[馈饋]|提[交出])(?:[评評][议議])?意[见見]|意[见見](?:征求|反[馈饋])?(?:截止|期)|截止(?:日期|[时時][间間]|日)`)},
	{what: DateCommentDeadline, stems: []string{"observaciones", "comentarios", "consulta", "observations", "commentaires", "comentários", "contribuições", "observações"}, form: regexp.MustCompile(`(?:plazo|fecha l[ií]mite|fecha final|per[ií]odo)(?: [a-záéíóúñ]+){0,6} (?:observaciones|comentarios)|(?:observaciones|comentarios)(?: [a-záéíóúñ]+){0,4} (?:hasta|antes)|consulta pública (?:hasta|finaliza|termina|estará)` +
		`|(?:délai|date limite|période)(?: [a-zà-ÿ'’]+){0,6} (?:d[’'])?(?:observations|commentaires)|(?:observations|commentaires)(?: [a-zà-ÿ]+){0,4} (?:jusqu|avant)` +
		`|(?:prazo|data[- ]limite|data final|período)(?: [a-zà-ÿ]+){0,6} (?:comentários|contribuições|observações)|(?:comentários|contribuições)(?: [a-zà-ÿ]+){0,4} (?:até|antes)`)},
	{what: DateAdoption, stems: []string{"adopt", "adopción", "adoção", "批准", "通", "采"}, form: regexp.MustCompile(`(?:proposed )?date of adoption|adoption(?: date)?\b|(?:to|will|shall|should) be adopted|fecha(?: propuesta)? de adopción|date(?: projetée)? d['’]adoption|data(?: proposta)? de adoção` +
		`|[拟擬]?(?:批准|通[过過]|采[纳納])(?:日期|[时時][间間])?`)},
	{what: DateAdoption, stems: []string{"adopt", "approved", "aprobad", "adoptad", "aprovad", "adotad", "批准", "通"}, past: true, form: regexp.MustCompile(`\b(?:was|were|been|has been) (?:adopted|approved)|\b(?:adopted|approved) on|(?:fue|ha sido|adoptad[oa]|aprobad[oa])(?: adoptad[oa]| aprobad[oa])? el|a été adopté|adopté(?:e)? le|foi (?:adotad[oa]|aprovad[oa])|已[于於]?.{0,40}(?:批准|通[过過])`)},
	{what: DateEntryIntoForce, stems: []string{"force", "effect", "implement", "appl", "生效", "施", "执行", "執行", "vigor", "vigencia", "vigência", "vigueur"}, form: regexp.MustCompile(`(?:date of )?entry in(?:to)? (?:force|effect)|\b(?:enters?|entering|comes?|coming|brought|put) in(?:to)? (?:force|effect)|in force (?:from|on|since|as of)|effective (?:date|from|on|as of)|takes? effect|taking effect|implementation date|implemented (?:from|on|as of)|appl(?:y|ies|icable) (?:from|as of|as from)` +
		`|生效|[实實]施|施行|起[执執]行|entrada em vigor|entrada en vigor|entra(?:r|rá|rán|n)? (?:en|em) vigor|vigencia|vigência|entrée en vigueur|entre(?:ra|ront|nt)? en vigueur|applicable à partir`)},
	{what: DateEntryIntoForce, stems: []string{"force", "effect", "vigor", "vigueur", "生效", "施"}, past: true, form: regexp.MustCompile(`(?:entered|came) in(?:to)? (?:force|effect)|took effect|entró en vigor|est entré(?:e)? en vigueur|entrou em vigor|已[于於]?.{0,40}(?:生效|[实實]施)`)},
}

// saidIn is the cheap look.
func saidIn(text string, stems []string) bool {
	for _, s := range stems {
		if strings.Contains(text, s) {
			return true
		}
	}
	return len(stems) == 0
}

// formGazette names the day on which the measure itself was published, from
// which its entry into force is often counted.
var gazetteStems = []string{"publi", "promulg", "布", "佈", "刊登"}

var formGazette = regexp.MustCompile(`\b(?:published|publication|promulgated|publicad[oa]|publicación|publié(?:e)?|publicação)\b|公布|公佈|[发發]布|刊登|[颁頒]布`)
