package trade

import "regexp"

// effectCue is a way to say in a text what a paper changes, in folded words.
type effectCue struct {
	what string
	form *regexp.Regexp
}

// measureWords are what a withdrawal, adoption or publication has to be of, so
// that a recall ("withdrawn from the market") or a cited act is none.
const measureWords = `(?:measures?|drafts?|proposals?|regulations?|rules?|standards?|notifications?|orders?|decrees?|acts?|bills?|resolutions?|laws?|requirements?|directives?|notices?|texts?|documents?|specifications?|g/(?:tbt|sps)/n/[\w/.]+|it|this)`

// effectCues are tried in every clause; the first match of each effect counts.
var effectCues = []effectCue{
	{EffectCommentPeriod, regexp.MustCompile(`(?:extend|extension|postpon|prolong|chang|modif|amend|reopen|re-open|new|short|prorog|revis)\w*(?: of)?(?: \w+){0,5} (?:comments?\b|commenting|consultation|final date for comments)(?: period| deadline)?` +
		`|(?:comments?|commenting|consultation|final date for comments|deadline for comments|submission of comments)(?: [\w']+){0,5} (?:extended|extension|postponed|prolonged|changed|modified|reopened|re-opened|amended|shortened)` +
		`|new (?:deadline|final date) for comments` +
		`|(?:[评評][议議]|意[见見]|截止)[^，。；]{0,20}(?:延[长長期]|[顺順]延|推[迟遲]|[变變]更|改[为為]|[调調]整|展延)|延[长長期][^，。；]{0,12}(?:[评評][议議]|意[见見])` +
		`|(?:plazo|fecha límite|período|periodo)(?: [\wáéíóúñ]+){0,8} (?:prorrog|amplía|ampliad|extiend|extendid|modific)[\wáéíóúñ]*|(?:prórroga|ampliación|modificación)(?: [\wáéíóúñ]+){0,5} (?:plazo|fecha límite)(?: [\wáéíóúñ]+){0,5} (?:observaciones|comentarios)` +
		`|(?:délai|date limite|période)(?: [\wà-ÿ'’]+){0,8} (?:prolong|prorog|report|modifi)[\wà-ÿ]*|(?:prolongation|prorogation|report|modification)(?: [\wà-ÿ'’]+){0,5} (?:délai|date limite|période)` +
		`|(?:prazo|data[- ]limite|período)(?: [\wà-ÿ]+){0,8} (?:prorrog|estend|ampliad|alterad)[\wà-ÿ]*|(?:prorrogação|extensão|alteração)(?: [\wà-ÿ]+){0,5} (?:prazo|data[- ]limite)`)},
	{EffectAdopted, regexp.MustCompile(measureWords + `(?: [\w'’-]+){0,6} (?:was|were|is|are|has|have|had|been|being)(?: [\w'’-]+){0,3} (?:adopted|approved)|(?:adopted|approved)(?:,? (?:on|by)|:? - date| - date)|(?:notified measure|measure) adopted|notification of adoption|final (?:rule|regulation|version) (?:was |has been )?adopted|\badoption of (?:the )?(?:final |notified |draft )*` + measureWords +
		`|(?:已|[获獲]|正式)[^，。；]{0,24}(?:通[过過]|批准|采[纳納])|(?:通[过過]|批准)了|[获獲]得?(?:通[过過]|批准)` +
		`|(?:fue|ha sido|ha quedado|se ha|se) (?:adoptad[oa]|aprobad[oa]|aprobó|adoptó)|(?:a été|est) (?:adopté|approuvé)e?|foi (?:adotad[oa]|aprovad[oa])`)},
	{EffectPublished, regexp.MustCompile(measureWords + `(?: [\w'’,-]+){0,8} (?:was|were|is|has|have|been)(?: [\w'’-]+){0,3} (?:published|promulgated)|(?:notified measure|measure) published|published (?:in|on|as)\b|publication of the (?:final|adopted|approved|notified)|was promulgated` +
		`|(?:已|正式|[业業]已)[^，。；]{0,24}(?:公布|公佈|[发發]布|刊登|[颁頒]布)|(?:公布|[发發]布|[颁頒]布|刊登)了` +
		`|(?:fue|ha sido|se) (?:publicad[oa]|publicó|promulgad[oa])|a été (?:publié|promulgué)e?|foi publicad[oa]`)},
	{EffectInForce, regexp.MustCompile(`(?:enter(?:s|ed|ing)?|come|comes|came|will come|entry) in(?:to)? (?:force|effect)|in force (?:since|from|on|as of)|(?:took|takes|will take) effect|effective (?:on|from|as of|since|date)|notified measure enters into force` +
		`|生效|起?[实實]施(?:日期|[时時][间間])|起[实實施]|起施行|[开開]始[实實]施` +
		`|entr(?:a|ó|ará|ada) en vigor|en vigencia|entre(?:ra)? en vigueur|est entrée? en vigueur|entrée en vigueur|entr(?:a|ou|ará|ada) em vigor`)},
	{EffectWithdrawn, regexp.MustCompile(`\b` + measureWords + `(?: (?:no|nos|number|the|of|on|dated|and|has|have|had|been|is|are|was|were|being|will|be|hereby|now|therefore|subsequently|formally|previously|notified|draft|technical|proposed|regulation|in|document|as|g/(?:tbt|sps)/n/[\w/.]+|\d{4}|not)\b,?){1,14} (?:withdrawn|revoked|repealed|cancelled|canceled|rescinded|abandoned|discontinued|annulled)\b` +
		`|withdrawal of (?:the |this |its )?(?:\w+ ){0,3}(?:notif\w+|draft|propos\w+|measure|regulation|g/(?:tbt|sps))|(?:withdraws?|withdrew|has decided to withdraw|revokes|is withdrawing|cancels) (?:the |this |its |their )?(?:\w+ ){0,3}(?:notif\w+|draft|propos\w+|measure|g/(?:tbt|sps))` +
		`|notified measure withdrawn|measure (?:was )?(?:withdrawn|revoked)|no longer (?:proceed|pursu|be (?:pursued|adopted))\w*|will not proceed|(?:notification|draft) withdrawn|withdrawn or revoked` +
		`|(?:撤[销銷回]|[废廢]止|取消|作[废廢])(?:了|[该該]|此|上述|本|原|前述)?(?:通[报報]|措施|草案|[法规法規]{2}|[标標][准準]|[条條]例|提案|g/)|(?:通[报報]|措施|草案|法[规規]|[标標][准準]|[条條]例|提案)[^，。；]{0,16}(?:被|已|予以|正式|[决決]定)[^，。；]{0,8}(?:撤[销銷回]|[废廢]止|取消|作[废廢])|(?:已|予以)(?:撤[销銷回]|[废廢]止)` +
		`|(?:notificación|notificad[oa]|proyecto|medida|reglamento|norma|resolución)(?: [\wáéíóúñ/.]+){0,6} (?:retirad[oa]|retira|derogad[oa]|anulad[oa]|revocad[oa]|sin efecto)|(?:retiro|retirada|derogación) (?:de la|del|de) (?:notificación|proyecto|medida|reglamento)|se retira (?:la|el)` +
		`|(?:notification|notifié[e]?|projet|mesure|règlement|décret|arrêté)(?: [\wà-ÿ/.'’]+){0,6} (?:retirée?|abrogée?|annulée?)|(?:retrait|abrogation) (?:de la|du|de l['’]) ?(?:notification|projet|mesure|règlement)` +
		`|(?:notificação|notificad[oa]|projeto|medida|regulamento|portaria|resolução)(?: [\wà-ÿ/.]+){0,6} (?:retirad[oa]|revogad[oa]|cancelad[oa]|anulad[oa])|(?:retirada|revogação) (?:da|do) (?:notificação|projeto|medida|regulamento)`)},
	{EffectScope, regexp.MustCompile(`(?:content|scope)(?: [\w'/-]+){0,8} (?:changed|modified|amended|revised|extended|expanded|narrowed|reduced|limited)|(?:chang|modif|amend|revis|extension|expan)\w*(?: (?:of|to|in))?(?: [\w'/-]+){0,4} (?:content|scope|text of the|draft|annex|requirements|regulation|standard)|(?:adopted|approved) with (?:\w+ )?(?:changes|amendments|modifications)|revised (?:draft|version|text)` +
		`|(?:内容|[範范][围圍]|草案|[条條]款|文本|附件|要求)[^，。；]{0,14}(?:修改|修[订訂]|[变變]更|[调調]整|修正|[扩擴]大|[缩縮]小|[删刪]除)|(?:修改|修[订訂]|[变變]更|[调調]整|修正)[^，。；]{0,14}(?:内容|[範范][围圍]|草案|[条條]款|文本|附件|要求)` +
		`|(?:modific|enmiend|ampl[ií])[\wáéíóúñ]*(?: [\wáéíóúñ]+){0,6} (?:contenido|alcance|ámbito|proyecto|texto)|(?:contenido|alcance|ámbito)(?: [\wáéíóúñ]+){0,6} modific[\wáéíóúñ]*` +
		`|modifi[\wà-ÿ]*(?: [\wà-ÿ'’]+){0,6} (?:contenu|champ|portée|projet|texte)|(?:contenu|champ|portée)(?: [\wà-ÿ'’]+){0,6} modifi[\wà-ÿ]*` +
		`|(?:alter|modific)[\wà-ÿ]*(?: [\wà-ÿ]+){0,6} (?:conteúdo|escopo|âmbito|projeto|texto)|(?:conteúdo|escopo|âmbito)(?: [\wà-ÿ]+){0,6} (?:alterad|modificad)[oa]`)},
	{EffectGuidance, regexp.MustCompile(`interpretive guid|interpretative guid|guidance (?:document|note|issued|on the (?:interpretation|application))|guidelines? (?:issued|on the (?:interpretation|application))|frequently asked questions|解[释釋]性?(?:指南|[说說]明|指[导導])|[实實]施指南|指南文件|gu[ií]a interpretativa|orientaci[oó]n interpretativa|orientations? interprétative|guide d['’]interprétation|orientação interpretativa`)},
	{EffectTranslation, regexp.MustCompile(`(?:unofficial |courtesy |english |french |spanish )?translation(?: of| into| is| available)|(?:english|french|spanish) version (?:of|is|available)|(?:非正式|非官方|英文|中文)(?:[译譯]文|[译譯]本|[翻][译譯])|traducción|traduction|tradução`)},
}

// replacedBy stands before the notification that takes a withdrawn one's place.
var replacedBy = regexp.MustCompile(`replac\w+ (?:by|with)|superseded by|re-?notified (?:as|under|in)|relevant symbol[^:]{0,40}:|see (?:also )?(?:the )?(?:new )?(?:notification )?|取代|替代|由|sustituid[oa] por|reemplazad[oa] por|remplacée? par|substituíd[oa] p(?:or|elo|ela)`)
