package ingest

import "testing"

func TestLangOf(t *testing.T) {
	cases := []struct{ text, said, want string }{
		{"Draft technical regulation on the labelling of helmets for the market", "en", "en"},
		{"Proyecto de Resolución para regular la importación de las plantas por el Ministerio y se notifica", "en", "es"},
		{"Projet d'arrêté pour le marquage des casques et sur le contrôle dans une zone", "en", "fr"},
		{"Resolución 3.874", "en", "en"},
		{"", "en", "en"},
		{"The labelling of helmets for the market, by order of the Ministry", "es", "en"},
	}
	for _, c := range cases {
		if got := langOf(c.text, c.said); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}
