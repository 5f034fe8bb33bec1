package console

import (
	"bytes"
	"encoding/csv"
	"errors"
	"mime/multipart"
	"net/http"
	"strings"

	"tbtwatch/internal/auth"
	"tbtwatch/internal/export"
	"tbtwatch/internal/portal"
	"tbtwatch/internal/trade"
)

// mostListed bounds what the page of an import lists of each kind.
const mostListed = 100

// myImportBody is the page of an import, before and after the file was read.
// What the next step needs is in the page: nothing is kept here meanwhile.
type myImportBody struct {
	Problem string
	Stale   bool // somebody wrote meanwhile: look again
	Plan    *portal.Plan
	Good    string // rows to be confirmed, as CSV
	Refused string // rows to be mended, as CSV
	Kept    string
	Changes bool // there is something to confirm
	Most    int
}

func newImportBody(plan *portal.Plan) (myImportBody, error) {
	b := myImportBody{Plan: plan, Most: mostListed, Kept: strings.Join(plan.Kept(), "\n")}
	b.Changes = len(plan.Added)+len(plan.Changed) > 0 || plan.CanRemove && len(plan.Missing) > 0
	var good, refused bytes.Buffer
	if err := export.WriteCSV(&good, plan.Good()); err != nil {
		return b, err
	}
	if err := export.WriteCSV(&refused, plan.Refused()); err != nil {
		return b, err
	}
	b.Good, b.Refused = good.String(), refused.String()
	return b, nil
}

func (p tenants) showMyImport(w http.ResponseWriter, r *http.Request, status int, b myImportBody) error {
	return p.render(w, r, status, "myimport", "my.import", "myproducts", b)
}

func (p tenants) myImport(w http.ResponseWriter, r *http.Request, _ auth.TenantScope) error {
	return p.showMyImport(w, r, http.StatusOK, myImportBody{})
}

// upload is the one file of a form, read as a stream: its name is not used.
func upload(w http.ResponseWriter, r *http.Request) (*multipart.Part, error) {
	r.Body = http.MaxBytesReader(w, r.Body, portal.MostUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errNoFile
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, errNoFile
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

var errNoFile = trade.Refusef("choose a file first; 请先选择文件")

func (p tenants) planMyImport(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	var plan *portal.Plan
	file, err := upload(w, r)
	if err == nil {
		plan, err = p.portal.PlanImport(r.Context(), t, file)
	}
	if problem, ok := uploadProblem(err, langOf(r)); ok {
		return p.showMyImport(w, r, http.StatusUnprocessableEntity, myImportBody{Problem: problem})
	}
	if err != nil {
		return err
	}
	b, err := newImportBody(plan)
	if err != nil {
		return err
	}
	return p.showMyImport(w, r, http.StatusOK, b)
}

// uploadProblem says what was wrong with the file as a whole, in words.
func uploadProblem(err error, lang string) (string, bool) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return label(lang, "my.import.large", portal.MostUpload>>20), true
	}
	return refusal(err, lang)
}

// importForm reads the second step's form. Its rows are read, judged and
// compared again: what the page held between the steps is not believed.
func importForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4*portal.MostUpload)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return trade.Refusef("the form is incomplete: upload the file again; 表单不完整，请重新上传")
	}
	return nil
}

func (p tenants) confirmMyImport(w http.ResponseWriter, r *http.Request, t auth.TenantScope) error {
	if err := importForm(w, r); err != nil {
		return err
	}
	var kept []string
	for _, id := range strings.Split(r.PostFormValue("kept"), "\n") {
		if id = strings.TrimSpace(id); id != "" {
			kept = append(kept, id)
		}
	}
	whole := r.PostFormValue("whole") != "" // every row of the file told which product it is
	_, plan, err := p.portal.Import(r.Context(), t, strings.NewReader(r.PostFormValue("rows")), kept, r.PostFormValue("stamp"), whole && r.PostFormValue("remove") != "")
	if errors.Is(err, trade.ErrConflict) && plan != nil {
		plan.CanRemove = plan.CanRemove && whole // the good rows alone do not tell
		b, err := newImportBody(plan)
		if err != nil {
			return err
		}
		b.Stale = true
		return p.showMyImport(w, r, http.StatusConflict, b)
	}
	if problem, ok := uploadProblem(err, langOf(r)); ok {
		return p.showMyImport(w, r, http.StatusUnprocessableEntity, myImportBody{Problem: problem})
	}
	if err != nil {
		return err
	}
	return done(w, r, "/my/products", "imported")
}

// myRefused hands the refused rows back as a file to be mended. They come from
// the page; cells that a spreadsheet would run are made harmless once more.
func (p tenants) myRefused(w http.ResponseWriter, r *http.Request, _ auth.TenantScope) error {
	if err := importForm(w, r); err != nil {
		return err
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.PostFormValue("rows"), "\ufeff")))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		return trade.Refusef("the form is incomplete: upload the file again; 表单不完整，请重新上传")
	}
	for _, row := range rows {
		for i := range row {
			row[i] = export.Restore(row[i])
		}
	}
	return csvFile(w, "refused-rows.csv", rows)
}
