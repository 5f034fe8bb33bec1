package registry

import (
	"archive/zip"
	"bufio"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook. Measured by what is really unpacked, because a zip
// bomb lies about its size.
const (
	maxWorkbook = 512 << 20 // bytes as uploaded
	maxUnpacked = 4 << 30   // bytes of all parts
	maxRatio    = 400       // unpacked to packed, for a part of more than 64 MiB
	maxParts    = 10_000
)

// xlsxSource reads the rows of one worksheet.
type xlsxSource struct {
	file *excelize.File
	rows *excelize.Rows
	temp string // to remove on close
	n    int
}

// spool writes r to a temporary file and returns its path.
func spool(r io.Reader) (string, error) {
	f, err := os.CreateTemp("", "tbtwatch-upload-*.xlsx")
	if err != nil {
		return "", fmt.Errorf("registry: keeping the upload: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(r, maxWorkbook+1))
	if err == nil && n > maxWorkbook {
		err = refuse("the workbook is larger than %d MiB; split it", "工作簿超过 %d MiB；请拆分", maxWorkbook>>20)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// newXLSXSource opens the workbook at path and chooses the first sheet whose
// first line names a known column, else the first sheet.
func newXLSXSource(path string, k Kind, unpacked int64) (*xlsxSource, error) {
	unpacked = cmp.Or(unpacked, maxUnpacked)
	if err := checkWorkbook(path, unpacked); err != nil {
		return nil, err
	}
	f, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: unpacked})
	if err != nil {
		return nil, refuse("the workbook cannot be opened (%v); save it again as .xlsx or as CSV", "工作簿无法打开（%v）；请重新另存为 .xlsx 或 CSV", err)
	}
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.Join(refuse("the workbook has no sheet; put the table on one", "工作簿中没有工作表；请将表格放入工作表"), f.Close())
	}
	chosen := sheets[0]
	for _, name := range sheets {
		if firstRowKnown(f, name, k) {
			chosen = name
			break
		}
	}
	rows, err := f.Rows(chosen)
	if err != nil {
		return nil, errors.Join(refuse("sheet %q cannot be read (%v); save the workbook again", "工作表 %q 无法读取（%v）；请重新保存工作簿", chosen, err), f.Close())
	}
	return &xlsxSource{file: f, rows: rows}, nil
}

func firstRowKnown(f *excelize.File, sheet string, k Kind) bool {
	rows, err := f.Rows(sheet)
	if err != nil {
		return false // a chart sheet has no rows
	}
	s := &xlsxSource{file: f, rows: rows}
	defer func() { _ = rows.Close() }() // read only
	_, cells, _, err := s.next()
	return err == nil && known(k, cells) > 0
}

// next returns the next row that is not empty, with its number. Formula cells
// give the value that the workbook stores beside the formula.
func (s *xlsxSource) next() (int, []string, *Problem, error) {
	for s.rows.Next() {
		s.n++
		cells, err := s.rows.Columns()
		if err != nil {
			return s.n, nil, nil, refuse("row %d of the workbook cannot be read (%v); save the workbook again", "工作簿第 %d 行无法读取（%v）；请重新保存工作簿", s.n, err)
		}
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			return s.n, cells, nil, nil
		}
	}
	if err := s.rows.Error(); err != nil {
		return s.n, nil, nil, refuse("the workbook breaks off after row %d (%v); save it again", "工作簿在第 %d 行之后中断（%v）；请重新保存", s.n, err)
	}
	return 0, nil, nil, io.EOF
}

func (s *xlsxSource) close() error {
	err := errors.Join(s.rows.Close(), s.file.Close())
	if s.temp != "" {
		err = errors.Join(err, os.Remove(s.temp))
	}
	return err
}

// checkWorkbook unpacks every part once without keeping it: within the limits,
// checksums right, worksheets and shared strings whole. excelize takes the end
// of a damaged sheet for the end of its rows, which would drop rows silently.
func checkWorkbook(path string, unpacked int64) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return refuse("the workbook is no whole .xlsx file (%v); upload it again", "工作簿不是完整的 .xlsx 文件（%v）；请重新上传", err)
	}
	defer func() { _ = z.Close() }() // read only
	if len(z.File) > maxParts {
		return refuse("the workbook has %d parts; at most %d are taken", "工作簿含 %d 个部件；最多 %d 个", len(z.File), maxParts)
	}
	left, all := unpacked, extent{}
	for _, part := range z.File {
		n, size, err := checkPart(part, left)
		if err != nil {
			return refuse("the workbook is damaged in %s: %v; save it again and upload it whole", "工作簿的 %s 已损坏（%v）；请重新保存并完整上传", part.Name, err)
		}
		if left -= n; left < 0 || n > 64<<20 && n/maxRatio > int64(part.CompressedSize64) {
			return refuse("the workbook unpacks to far more than it should (%s): refused as a zip bomb", "工作簿解压后远超应有大小（%s）：按压缩炸弹拒绝", part.Name)
		}
		all.text, all.cells = max(all.text, size.text), max(all.cells, size.cells)
	}
	if all.text*all.cells > unpacked { // a text that is stored once may stand in every cell of a row
		return refuse("a row of the workbook may unpack to %d cells of %d bytes: refused as a zip bomb", "工作簿中有一行可展开为 %d 个 %d 字节的单元格：按压缩炸弹拒绝", all.cells, all.text)
	}
	return nil
}

// extent is how long the longest text of a part is, in bytes, and how many
// cells its widest row has.
type extent struct{ text, cells int64 }

// checkPart returns the unpacked size, limit+1 at most, and the extent of a
// sheet or of the shared strings.
func checkPart(part *zip.File, limit int64) (int64, extent, error) {
	r, err := part.Open()
	if err != nil {
		return 0, extent{}, err
	}
	defer func() { _ = r.Close() }() // read only
	// A little more than the ratio allows is enough to see that it is exceeded.
	if fair := int64(part.CompressedSize64)*maxRatio + 65<<20; fair < limit {
		limit = fair
	}
	bounded := &io.LimitedReader{R: r, N: limit + 1}
	lower := strings.ToLower(part.Name)
	isXML := strings.HasPrefix(lower, "xl/worksheets/") && strings.HasSuffix(lower, ".xml") || lower == "xl/sharedstrings.xml"
	if !isXML {
		n, err := io.Copy(io.Discard, bounded)
		return n, extent{}, err
	}
	size, err := wellFormed(bounded)
	if bounded.N <= 0 {
		return limit + 1, size, nil
	}
	return limit + 1 - bounded.N, size, err
}

// wellFormed reads r to its end.
func wellFormed(r io.Reader) (size extent, err error) {
	b := bufio.NewReaderSize(r, 64<<10)
	d := xml.NewDecoder(b)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	depth, text, cells := 0, int64(0), int64(0)
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && depth != 0 {
			return size, io.ErrUnexpectedEOF
		}
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "row":
				cells = 0
			case "c":
				cells++
				text, size.cells = 0, max(size.cells, cells)
			case "si":
				text = 0
			}
		case xml.CharData:
			text += int64(len(t))
			size.text = max(size.text, text)
		case xml.EndElement:
			depth--
		}
	}
}
