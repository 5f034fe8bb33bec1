package matcher

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestZZDebug(t *testing.T) {
	for _, l := range strings.Split(os.Getenv("DBG"), "\n") {
		n, err := ReadLine([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		r := Read(&n)
		fmt.Println(mentionWords(&r))
	}
}
