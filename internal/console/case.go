package console

import (
	"errors"
	"net/http"
	"strconv"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/trade"
	"tbtwatch/internal/triage"
	"tbtwatch/internal/view"
)

// caseBody is everything that a person needs to judge a case, and the buttons.
type caseBody struct {
	view.CaseDetail
	Deliveries []view.DeliveryRow
	Delivered  int            // in all
	Moves      moves          // what may be done now
	Levels     []triage.Level // that a person may set
	Mine       bool           // the reader works on it
	Experts    []expert
	Judges     []string         // whom the case can be given to
	Choices    []trade.Exporter // firms that may be chosen for a response
	Conflict   *wording         // what somebody wrote while the case changed under them
	Refused    string           // why the last action was refused
	Kept       *wording         // what was written for it

	Waits  *caseWaiting // nil: nobody was told
	Braked view.Braked  // what of the last release waits for the lead

	Comparisons []comparison
	Compare     trade.Comparison // what the form for a further one begins with
	Drill       *view.Drill      // the last exercise, for who may send one
}

// answerRows is how many answers of firms a case's page shows.
const answerRows = 50

// LastAnswers are the answers that the page shows, oldest first.
func (b caseBody) LastAnswers() []view.ResponseRow { return b.Responses[b.EarlierAnswers():] }

// EarlierAnswers is how many answers came before those.
func (b caseBody) EarlierAnswers() int { return max(0, len(b.Responses)-answerRows) }

// moves says which buttons there are.
type moves struct{ Release, Dismiss, Reopen, Review, Edit, Undo, Grade, Codes, Void, Exercise bool }

// wording is what a person wrote: headline and summary, or a comparison.
type wording struct {
	Headline, Summary trade.Text
	Compared          trade.Comparison
}

const deliveryRows = 60

func (s *site) caseBody(r *http.Request, key string) (caseBody, error) {
	d, err := s.View.Case(r.Context(), key)
	if err != nil {
		return caseBody{}, err
	}
	told, err := s.View.DeliveriesOf(r.Context(), d.Case.Family, deliveryRows)
	if err != nil {
		return caseBody{}, err
	}
	person := auth.Actor(r.Context()).Name
	b := caseBody{CaseDetail: d, Deliveries: told.Rows, Delivered: told.Total, Levels: s.View.Policy.Levels, Mine: d.Case.Assignee == person, Comparisons: s.comparisons(&d.Case), Waits: s.caseWaits(r, key)}
	people, ics := s.Guard.Users(), d.Latest.ICS
	if d.Family.Codes.Any() {
		ics = d.Family.Codes.ICS
	}
	if b.Braked, err = s.View.Braked(r.Context(), d.Case.Family, d.Case.Release); err != nil {
		return caseBody{}, err
	}
	b.Experts, b.Judges = expertsOf(people, d.Case.Sectors, ics), judges(people)
	for _, f := range d.Firms {
		b.Choices = append(b.Choices, f.Exporter)
	}
	can := func(to trade.CaseState) bool { return s.Desk != nil && d.Case.State.Move(to) == nil }
	b.Moves = moves{
		Release: can(trade.CaseReleased) && d.Case.Direct+d.Case.Likely > 0, Dismiss: can(trade.CaseIrrelevant),
		Reopen: can(trade.CaseOpen) && d.Case.State != trade.CaseInReview, Review: can(trade.CaseInReview), Edit: s.Desk != nil,
		Grade: s.Desk != nil && !d.Case.Withdrawn, Codes: s.Desk != nil && s.Recode != nil,
	}
	if b.Moves.Exercise = b.Moves.Release && auth.Actor(r.Context()).Can(auth.Oversee); b.Moves.Exercise {
		if b.Drill, err = s.View.Drill(r.Context(), d.Case.Family); err != nil {
			return caseBody{}, err
		}
	}
	if n := len(d.Releases); s.Desk != nil && n > 0 {
		b.Moves.Void = d.Releases[n-1].Recalls == 0
	}
	if s.Desk != nil {
		_, b.Moves.Undo = triage.Undoable(&d.Case, person)
	}
	return b, nil
}

func (s *site) showCase(w http.ResponseWriter, r *http.Request) error {
	b, err := s.caseBody(r, r.PathValue("key"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case", "case.title", "cases", b)
}

// decided does what a form about a case asks, with what the person saw.
func (s *site) decided(r *http.Request, key string, do func(family string, seq uint64, by string) error) error {
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	e, err := s.Bus.Cases.Get(r.Context(), key)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(r.PostFormValue("seq"), 10, 64)
	if err != nil || seq == 0 {
		return trade.Refusef("%s", label(langOf(r), "error.form"))
	}
	return do(e.Value.Family, seq, auth.Actor(r.Context()).Name)
}

// act does what a form of the case page asks and comes back to the page. When
// somebody else was quicker, or the action is refused, the page says so and
// nothing is lost.
func (s *site) act(w http.ResponseWriter, r *http.Request, key string, do func(family string, seq uint64, by string) error, said string, typed *wording) error {
	err := s.decided(r, key, do)
	var refused *trade.Refused
	if err == nil {
		return done(w, r, "/cases/"+key, said)
	}
	if !errors.Is(err, trade.ErrConflict) && !errors.As(err, &refused) {
		return err
	}
	b, errBody := s.caseBody(r, key)
	if errBody != nil {
		return errBody
	}
	status := http.StatusConflict
	if refused != nil {
		status, b.Refused, b.Kept = http.StatusUnprocessableEntity, refused.Reason, typed
	} else if b.Conflict = typed; typed == nil {
		b.Conflict = &wording{}
	}
	if typed != nil {
		b.Compare = typed.Compared
	}
	return s.render(w, r, status, "case", "case.title", "cases", b)
}

func (s *site) release(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Release(r.Context(), family, seq, by, r.PostFormValue("reason"))
	}, "released", nil)
}

func (s *site) decide(w http.ResponseWriter, r *http.Request, to trade.CaseState, said string) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Decide(r.Context(), family, seq, to, by, r.PostFormValue("reason"))
	}, said, nil)
}

func (s *site) dismiss(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, trade.CaseIrrelevant, "dismissed")
}

func (s *site) reopen(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, trade.CaseOpen, "reopened")
}

func (s *site) review(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, trade.CaseInReview, "reviewing")
}

func (s *site) edit(w http.ResponseWriter, r *http.Request) error {
	f := r.PostFormValue
	typed := &wording{Headline: trade.Text{ZH: f("headline_zh"), EN: f("headline_en")}, Summary: trade.Text{ZH: f("summary_zh"), EN: f("summary_en")}}
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Edit(r.Context(), family, seq, typed.Headline, typed.Summary, by)
	}, "edited", typed)
}

// assign hands the case to the person named, or to the reader.
func (s *site) assign(w http.ResponseWriter, r *http.Request) error {
	to := r.PostFormValue("to")
	if to == me || r.PostFormValue("mine") != "" {
		to = auth.Actor(r.Context()).Name
	}
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Assign(r.Context(), family, seq, to, by)
	}, "assigned", nil)
}

func (s *site) grade(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.SetLevel(r.Context(), family, seq, r.PostFormValue("level"), by, r.PostFormValue("reason"))
	}, "graded", nil)
}

func (s *site) undo(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, r.PathValue("key"), func(family string, seq uint64, by string) error {
		return s.Desk.Undo(r.Context(), family, seq, by)
	}, "undone", nil)
}

// comment adds to the history; it needs no place in it, as nothing is overwritten.
func (s *site) comment(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	if s.Desk == nil {
		return trade.Refusef("%s", label(langOf(r), "error.stage"))
	}
	e, err := s.Bus.Cases.Get(r.Context(), key)
	if err != nil {
		return err
	}
	if err := s.Desk.Comment(r.Context(), e.Value.Family, r.PostFormValue("text"), auth.Actor(r.Context()).Name); err != nil {
		return err
	}
	return done(w, r, "/cases/"+key, "commented")
}
