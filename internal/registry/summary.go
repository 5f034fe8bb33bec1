package registry

// Progress counts rows while an import runs. Rows is the sum of the others but
// for what waits in the current batch.
type Progress struct {
	Rows      int `json:"rows"`
	Accepted  int `json:"accepted"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
}

// maxListed bounds the errors and the remarks that a Summary keeps.
const maxListed = 1000

// Summary is what an import did: Rows = Accepted + Unchanged + Refused. Counts
// alone, as one JSON object, are its Progress.
type Summary struct {
	Progress
	Errors         []RowError `json:"errors,omitempty"` // the first thousand
	ErrorsLeftOut  int        `json:"errors_left_out,omitempty"`
	Remarks        []Remark   `json:"remarks,omitempty"` // the first thousand
	RemarksLeftOut int        `json:"remarks_left_out,omitempty"`
}

// refuse counts a bad row.
func (s *Summary) refuse(it *Items, e RowError) {
	s.Refused++
	if it.OnBad != nil {
		it.OnBad(e)
	}
	if len(s.Errors) < maxListed {
		s.Errors = append(s.Errors, e)
	} else {
		s.ErrorsLeftOut++
	}
}

func (s *Summary) remark(it *Items, remarks ...Remark) {
	for _, r := range remarks {
		if it.OnRemark != nil {
			it.OnRemark(r)
		}
		if len(s.Remarks) < maxListed {
			s.Remarks = append(s.Remarks, r)
		} else {
			s.RemarksLeftOut++
		}
	}
}
