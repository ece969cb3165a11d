package pattern

import (
	"strings"
	"unicode"
)

// propertySet returns the characters of \p{expression}. ok is false for a property
// that does not exist, or whose characters the standard library does not know.
func propertySet(expression string) (set charSet, ok bool) {
	name, value, hasValue := strings.Cut(expression, "=")
	if !hasValue {
		for _, find := range []func(string) (charSet, bool){categorySet, binarySet, scriptSet} {
			if set, ok := find(expression); ok {
				return set, true
			}
		}
		return nil, false
	}
	switch name {
	case "General_Category", "gc":
		return categorySet(value)
	case "Script", "sc":
		return scriptSet(value)
	}
	return nil, false
}

func categorySet(name string) (charSet, bool) {
	if short, ok := unicode.CategoryAliases[name]; ok {
		name = short
	}
	table, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return tableSet(table), true
}

func scriptSet(name string) (charSet, bool) {
	if long, ok := scriptCodes[name]; ok {
		name = long
	}
	table, ok := unicode.Scripts[name]
	if !ok {
		return nil, false
	}
	return tableSet(table), true
}

func binarySet(name string) (charSet, bool) {
	if long, ok := propertyAliases[name]; ok {
		name = long
	}
	if derive, ok := derivedProperties[name]; ok {
		return derive(), true
	}
	table, ok := unicode.Properties[name]
	// Properties of these names exist to derive others from, or are of old versions of Unicode;
	// patterns cannot name them.
	if !ok || strings.HasPrefix(name, "Other_") || name == "Hyphen" || name == "Prepended_Concatenation_Mark" {
		return nil, false
	}
	return tableSet(table), true
}

// propertyAliases are the short names of binary properties (ECMA-262, table
// "Binary Unicode property aliases").
var propertyAliases = map[string]string{
	"AHex": "ASCII_Hex_Digit", "Alpha": "Alphabetic", "Bidi_C": "Bidi_Control", "CI": "Case_Ignorable",
	"DI": "Default_Ignorable_Code_Point", "Dep": "Deprecated", "Dia": "Diacritic", "EMod": "Emoji_Modifier", "Ext": "Extender",
	"Gr_Base": "Grapheme_Base", "Gr_Ext": "Grapheme_Extend", "Hex": "Hex_Digit", "IDC": "ID_Continue", "IDS": "ID_Start",
	"IDSB": "IDS_Binary_Operator", "IDST": "IDS_Trinary_Operator", "Ideo": "Ideographic", "Join_C": "Join_Control",
	"LOE": "Logical_Order_Exception", "Lower": "Lowercase", "NChar": "Noncharacter_Code_Point", "Pat_Syn": "Pattern_Syntax",
	"Pat_WS": "Pattern_White_Space", "QMark": "Quotation_Mark", "RI": "Regional_Indicator", "SD": "Soft_Dotted",
	"STerm": "Sentence_Terminal", "Term": "Terminal_Punctuation", "UIdeo": "Unified_Ideograph", "Upper": "Uppercase",
	"VS": "Variation_Selector", "space": "White_Space",
}

// derivedProperties are the binary properties that Unicode derives from others
// (Unicode Standard Annex 44, "Derived Properties", and file DerivedCoreProperties).
var derivedProperties = map[string]func() charSet{
	"Any":      func() charSet { return anyChar },
	"ASCII":    func() charSet { return setOf(charRange{0, unicode.MaxASCII}) },
	"Assigned": func() charSet { return tableSet(unicode.Cn).complement() },
	"Alphabetic": func() charSet {
		return tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Other_Uppercase, unicode.Other_Lowercase)
	},
	"Lowercase": lowercase,
	"Uppercase": uppercase,
	"Cased":     func() charSet { return tableSet(unicode.Lt).union(lowercase(), uppercase()) },
	"Case_Ignorable": func() charSet {
		// The last are those whose Word_Break is MidLetter, MidNumLet or Single_Quote.
		return tableSet(unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk).
			union(charsOf("'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"))
	},
	"Math":           func() charSet { return tableSet(unicode.Sm, unicode.Other_Math) },
	"ID_Start":       idStart,
	"ID_Continue":    idContinue,
	"Emoji_Modifier": func() charSet { return setOf(charRange{0x1F3FB, 0x1F3FF}) },
	"Default_Ignorable_Code_Point": func() charSet {
		return tableSet(unicode.Other_Default_Ignorable_Code_Point, unicode.Cf, unicode.Variation_Selector).
			without(tableSet(unicode.White_Space, unicode.Prepended_Concatenation_Mark).
				union(setOf(charRange{0xFFF9, 0xFFFB}, charRange{0x13430, 0x13440})))
	},
	"Grapheme_Extend": graphemeExtend,
	"Grapheme_Base": func() charSet {
		return tableSet(unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Cn, unicode.Zl, unicode.Zp).union(graphemeExtend()).complement()
	},
}

func lowercase() charSet { return tableSet(unicode.Ll, unicode.Other_Lowercase) }

func uppercase() charSet { return tableSet(unicode.Lu, unicode.Other_Uppercase) }

func graphemeExtend() charSet {
	return tableSet(unicode.Me, unicode.Mn, unicode.Other_Grapheme_Extend)
}

func idStart() charSet {
	return tableSet(unicode.L, unicode.Nl, unicode.Other_ID_Start).without(patternChars())
}

func idContinue() charSet {
	return idStart().union(tableSet(unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)).without(patternChars())
}

func patternChars() charSet { return tableSet(unicode.Pattern_Syntax, unicode.Pattern_White_Space) }
