package words

import "strconv"

// CurvesLabel is what is read aloud for distribution functions.
const CurvesLabel = "For each value, the share of the results that are at most this value. The quartiles are in the table above."

// Spread is a group with the share of its deviation in its mean.
type Spread struct {
	Name  string
	Share float64
}

// Least keeps the group that varies least.
func (s *Spread) Least(name string, share float64) {
	if s.Name == "" || share < s.Share {
		s.Name, s.Share = name, share
	}
}

// Most keeps the group that varies most.
func (s *Spread) Most(name string, share float64) {
	if s.Name == "" || share > s.Share {
		s.Name, s.Share = name, share
	}
}

// Percent is a share with two digits.
func Percent(share float64) string {
	const percent, exact = 100, 10
	if share*percent >= exact {
		return strconv.FormatFloat(share*percent, 'f', 0, 64) + NoBreak + "%"
	}
	return strconv.FormatFloat(share*percent, 'f', 1, 64) + NoBreak + "%"
}

// SpreadAnswer says which group varies most and least.
func SpreadAnswer(results, groups int, kind string, steadiest, widest Spread) Sentence {
	if groups == 0 {
		return nil
	}
	sentence := Sentence{plain(Plural(results, "result") + " of " + Plural(groups, kind) + ". ")}
	switch steadiest.Name {
	case "":
		return append(sentence, plain("No "+kind+" has 4 results yet: how much they vary cannot be told."))
	case widest.Name:
		return append(sentence, strong(widest.Name), plain(" varies by "+Percent(widest.Share)+" (standard deviation)."))
	}
	return append(sentence, strong(widest.Name), plain(" varies most, by "+Percent(widest.Share)+"; "),
		strong(steadiest.Name), plain(" least, by "+Percent(steadiest.Share)+" (standard deviation)."))
}
