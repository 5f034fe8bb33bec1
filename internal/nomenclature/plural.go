package nomenclature

import (
	"bytes"
	"slices"
	"strings"
)

// singular brings a folded Latin word to the form that is compared: the
// English singular, roughly. It is deliberately timid ("gas", "chassis" and
// "citrus" stay); what it cannot undo, inflections puts beside the term.
func singular(w []byte) []byte {
	n := len(w)
	if n < 4 || w[n-1] != 's' {
		return w
	}
	switch w[n-2] {
	case 's', 'u', 'i':
		return w
	case 'e':
		return singularES(w)
	}
	return w[:n-1]
}

func singularES(w []byte) []byte {
	n := len(w)
	switch {
	case n > 4 && w[n-3] == 'i':
		w[n-3] = 'y'
		return w[:n-2]
	case bytes.HasSuffix(w, []byte("sses")), bytes.HasSuffix(w, []byte("xes")), bytes.HasSuffix(w, []byte("ches")),
		bytes.HasSuffix(w, []byte("shes")), bytes.HasSuffix(w, []byte("oes")):
		return w[:n-2]
	}
	return w[:n-1]
}

// inflections lists the folded forms under which a word of a term is found:
// its own and those of its English, Spanish, Portuguese and French plurals.
func inflections(word string) []string {
	forms := []string{stemmed(word)}
	add := func(surface string) {
		if s := stemmed(surface); !slices.Contains(forms, s) {
			forms = append(forms, s)
		}
	}
	if len(word) < 3 || word[len(word)-1] >= 0x80 || isDigit(word[len(word)-1]) {
		return forms
	}
	stem, last := word[:len(word)-1], word[len(word)-1]
	if last == 's' {
		if forms[0] == word { // not a plural itself
			add(word + "es")
		}
		return forms
	}
	add(word + "s")
	if len(word) < 4 {
		return forms
	}
	switch last {
	case 'l':
		add(word + "es")
		add(stem + "is")
		if strings.HasSuffix(word, "al") {
			add(word[:len(word)-2] + "aux")
		}
		if strings.HasSuffix(word, "il") {
			add(word[:len(word)-2] + "eis")
		}
	case 'r', 'n', 'd':
		add(word + "es")
	case 'z':
		add(stem + "ces")
		add(word + "es")
	case 'm':
		add(stem + "ns")
	case 'f':
		add(stem + "ves")
	case 'e':
		if strings.HasSuffix(word, "fe") {
			add(word[:len(word)-2] + "ves")
		}
	case 'o':
		if strings.HasSuffix(word, "ao") {
			add(word[:len(word)-2] + "oes")
			add(word[:len(word)-2] + "aes")
		}
	case 'u':
		add(word + "x")
	}
	return forms
}

func stemmed(word string) string { return string(singular([]byte(word))) }
