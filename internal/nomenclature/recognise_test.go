package nomenclature

import (
	"slices"
	"strings"
	"testing"
)

// Facts that analysts of the centre would take for granted: what a notice says
// and which concepts, in order, it is about.
var facts = map[string]map[string]string{
	"motorcycles": {
		"电动摩托车和电动轻便摩托车安全要求":                                "electric-motorcycle",
		"摩托车和轻便摩托车排气污染物排放限值":                               "motorcycle moped",
		"Helmets for users of motor cycles":                "helmet motorcycle",
		"Protective helmets for motorcycle riders":         "motorcycle-helmet",
		"Cascos para motociclistas":                        "motorcycle-helmet",
		"Capacetes para motociclistas":                     "motorcycle-helmet",
		"Neumáticos para motocicletas":                     "motorcycle-tyre",
		"Pneus para motocicletas":                          "motorcycle-tyre",
		"摩托车内胎":                                            "inner-tube",
		"摩托车用铅酸蓄电池":                                        "motorcycle-battery",
		"Electric bicycles (pedelecs)":                     "e-bike",
		"电动自行车用充电器":                                        "ebike-charger",
		"Motor tricycles and quadricycles":                 "three-wheeler atv",
		"Roller chains for motorcycles":                    "motorcycle-chain motorcycle",
		"Replacement silencers for motorcycles":            "exhaust-system motorcycle",
		"Limits of noise emitted by motorcycles":           "motorcycle",
		"Anti-lock braking systems for motorcycles":        "motorcycle-abs",
		"vehicles of category L":                           "motorcycle",
		"Cyclomoteurs, motocyclettes et tricycles":         "moped motorcycle",
		"Reglamento técnico para bicicletas eléctricas":    "e-bike",
		"機車用輪胎":                                            "motorcycle-tyre",
		"personal electric mobility devices (hoverboards)": "e-scooter",
	},
	"vehicles": {
		"乘用车轮胎气压监测系统":                             "tpms",
		"Retreaded pneumatic tyres":               "used-tyre",
		"旧客车充气轮胎":                                 "used-tyre",
		"Child restraint systems for motor cars":  "child-restraint passenger-car",
		"School bus passenger seating":            "bus seat",
		"Safety glazing for vehicles":             "safety-glass motor-vehicle",
		"Electric vehicle charging stations":      "ev-charger",
		"电动汽车充电桩":                                 "electric-vehicle ev-charger",
		"Brake linings and brake fluid":           "brake-lining brake-fluid",
		"Agricultural tractors and trailers":      "tractor trailer",
		"Truck cranes":                            "",
		"Unmanned aircraft systems":               "drone",
		"Repuestos automotrices: amortiguadores":  "vehicle-parts shock-absorber",
		"Pneus neufs pour camions et autobus":     "tyre truck bus",
		"Autopeças; para-brisas e limpadores":     "vehicle-parts safety-glass",
		"Seat belts and airbags":                  "seat-belt airbag",
		"Used motor vehicles; second-hand trucks": "motor-vehicle used-vehicle",
	},
	"electronics": {
		"笔记本电脑和平板电脑能效":                     "laptop tablet-pc",
		"Wireless LAN equipment (2.4 GHz)": "radio-equipment",
		"无线局域网（WLAN）系统":                    "radio-equipment",
		"Smartphones and phone chargers":   "mobile-phone phone-charger",
		"5G base stations":                 "base-station",
		"External power supplies":          "power-adapter",
		"液晶显示器和电视机":                        "monitor television",
		"DRAM memory modules":              "memory-chip",
		"Set-top boxes":                    "set-top-box",
		"teléfonos celulares":              "mobile-phone",
		"équipements radioélectriques":     "radio-equipment",
		"Consumer IoT security":            "iot-device",
		"Bluetooth headsets":               "bluetooth-headset",
		"充电宝":                              "power-bank",
		"光伏组件":                             "solar-panel",
	},
	"agrifood": {
		"鲜柑橘输往加拿大":                                "citrus",
		"Fresh oranges and mandarins":             "orange mandarin",
		"Citrus limon, lemons":                    "lemon",
		"Orange juice":                            "orange-juice",
		"Flavoured green tea":                     "tea",
		"Herbal tea":                              "herbal-tea",
		"干辣椒和花椒":                                  "dried-chilli sichuan-pepper",
		"Black pepper and white pepper":           "black-pepper",
		"Raw, roasted and fried groundnuts":       "groundnut",
		"Wood charcoal":                           "charcoal",
		"Live pigs and pork":                      "swine pork",
		"猪肉及非洲猪瘟":                                 "pork",
		"Poultry meat, hatching eggs":             "poultry-meat egg",
		"Infant formula and milk powder":          "infant-formula milk-powder",
		"Sparkling wine, cider and whisky":        "wine fermented-drinks spirits",
		"白酒、葡萄酒和啤酒":                               "spirits wine beer",
		"Soybean meal for feed":                   "oilcake feed",
		"Carrot (Daucus carota) seeds for sowing": "seeds-sowing",
		"榨菜":   "pickled-vegetable",
		"火锅底料": "sauce",
		"Rooted cuttings of Saintpaulia ionantha": "live-plant",
		"Vaping liquids":                            "e-cigarette",
		"Aguacates frescos (Persea americana)":      "avocado",
		"Carne de cerdo y tripas de cerdo":          "pork animal-casings",
		"Huile d'olive vierge":                      "olive-oil",
		"Arroz, milho e soja":                       "rice maize soybean",
		"Malt-based cocoa products":                 "cocoa",
		"Fresh sweet banana":                        "banana",
		"meat and bone meal":                        "meat-bone-meal",
		"wheat flour and noodles":                   "wheat-flour noodles",
		"fungos comestíveis e cogumelos":            "mushroom",
		"Departamento de ganadería: ganado bovino.": "cattle",
	},
	"other goods": {
		"LED设备，灯具组成部分":                         "led-lighting lighting",
		"Household refrigerators and freezers": "refrigerator",
		"单端荧光灯":                                "fluorescent-lamp",
		"Plugs, sockets and power cords":       "plug-socket electric-cable",
		"Lead-acid starter batteries":          "lead-acid-battery",
		"锂离子电池运输":                              "lithium-battery",
		"Primary cells: button batteries":      "primary-battery button-cell",
		"压力容器和锅炉":                              "pressure-vessel boiler",
		"Lifts and escalators":                 "elevator",
		"The ban which lifts the restrictions": "",
		"Centrifugal pumps; air compressors":   "pump compressor",
		"Distribution transformers":            "transformer",
		"Diesel generating sets":               "generating-set",
		"塑料拼图地垫、毛绒玩具":                          "puzzle-mat plush-toy",
		"Toys with button cells":               "toy button-cell",
		"Women's clothing and footwear":        "clothing footwear",
		"Ceramic tiles":                        "tile",
		"Steel rebar":                          "steel rebar",
		"Shampoo, toothpaste and soap":         "hair-product toothpaste soap",
		"Nail polish":                          "nail-polish",
		"Furniture polish":                     "polish",
		"White spirit (mineral turpentine)":    "white-spirit",
		"Petroleum jelly":                      "petroleum-jelly",
		"医用口罩":                                 "medical-mask",
		"Polish Committee for Standardization": "",
		"a book of rules":                      "",
		"skin care":                            "cosmetic",
	},
}

func TestFactsAreRecognised(t *testing.T) {
	for sector, rows := range facts {
		for text, want := range rows {
			if got := strings.Join(found(text), " "); got != want {
				t.Errorf("%s: %q has %q, want %q", sector, text, got, want)
			}
		}
	}
}

// A concept that is not found by its own name is dead weight: some longer or
// exceptional phrase swallows it.
func TestEveryNameFindsItsConcept(t *testing.T) {
	for _, c := range Concepts() {
		for lang, names := range c.Names {
			for _, n := range names {
				hits := FindConcepts(n)
				if !slices.ContainsFunc(hits, func(h ConceptHit) bool { return h.Concept.ID == c.ID && !h.Negated }) {
					t.Errorf("%s: %s is not found by its %s name %q", c.where, c.ID, lang, n)
				}
			}
		}
	}
}
