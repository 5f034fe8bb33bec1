package matcher

import (
	"context"
	"runtime"
	"strings"
	"sync"

	"tbtwatch/internal/index"
	"tbtwatch/internal/trade"
)

// batchSize is how many notices are matched at once before they are emitted.
const batchSize = 64

// MatchAll matches notices against products without any server and emits the
// matches in the order of the notices, each notice's own sorted. A follow-up
// without codes finds its parent among the notices wherever that stands.
// An error of emit, or the end of ctx, ends the run.
func MatchAll(ctx context.Context, products []trade.Product, notices []trade.Notice, emit func(trade.Match) error) error {
	set := index.NewSet()
	each(len(products), func(i int) { set.Put(products[i], uint64(i)+1) })
	b := &batch{set: set, notices: notices, families: Families(notices), products: map[[2]string]*registered{}}
	for i := range products {
		b.products[[2]string{products[i].Exporter, products[i].ID}] = &registered{product: &products[i]}
	}
	b.findParents()
	for from := 0; from < len(notices); from += batchSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		results := make([][]trade.Match, min(batchSize, len(notices)-from))
		each(len(results), func(i int) { results[i] = b.match(from + i) })
		for _, matches := range results {
			for _, m := range matches {
				if err := emit(m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// each calls fn for 0 … n-1 on all processors.
func each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				fn(i)
			}
		})
	}
	wg.Wait()
}

// batch is one run of MatchAll.
type batch struct {
	set      *index.Set
	notices  []trade.Notice
	families []string
	products map[[2]string]*registered
	parents  map[int][]int         // follow-up without codes → whom it inherits from
	own      map[int][]trade.Match // matches of those parents
}

// findParents links follow-ups to their parents and matches the parents.
func (b *batch) findParents() {
	members := map[string][]int{}
	for i, f := range b.families {
		members[f] = append(members[f], i)
	}
	b.parents, b.own = map[int][]int{}, map[int][]trade.Match{}
	var needed []int
	for i := range b.notices {
		if !uncodedFollowUp(&b.notices[i]) {
			continue
		}
		b.parents[i] = parentsAmong(b.notices, members[b.families[i]], i)
		for _, p := range b.parents[i] {
			if _, known := b.own[p]; !known {
				b.own[p] = nil
				needed = append(needed, p)
			}
		}
	}
	results := make([][]trade.Match, len(needed))
	each(len(needed), func(i int) { results[i] = b.matchOwn(needed[i]) })
	for i, p := range needed {
		b.own[p] = results[i]
	}
}

// matchOwn matches a notice by what it says itself.
func (b *batch) matchOwn(i int) []trade.Match {
	r := Read(&b.notices[i])
	out := Match(&r, b.set)
	for j := range out {
		p := b.products[[2]string{out[j].Exporter, out[j].Product}]
		p.once.Do(func() { p.profile = index.NewProfile(*p.product, 0) })
		fill(&out[j], &r, p.profile)
	}
	return out
}

// registered is a product with its words, for those that are matched.
type registered struct {
	product *trade.Product
	once    sync.Once
	profile *index.Profile
}

// match is matchOwn with what the notice inherits. An addendum without codes
// reaches exactly its parents' products; what it says itself is further
// evidence for them. A revision, and a follow-up whose parents touch nothing,
// may bring products of its own.
func (b *batch) match(i int) []trade.Match {
	own, known := b.own[i]
	if !known {
		own = b.matchOwn(i)
	}
	n := &b.notices[i]
	var inherited []trade.Match
	for _, p := range b.parents[i] {
		inherited = merge(inherited, Inherit(n, b.notices[p].ID, b.own[p]))
	}
	if len(inherited) > 0 && n.Kind != trade.KindRevision {
		own = among(own, inherited)
	}
	out := merge(own, inherited)
	for j := range out {
		out[j].Family, out[j].Notice = b.families[i], asGiven(n)
	}
	return out
}

// among keeps the matches whose product is in the list, too.
func among(matches, list []trade.Match) []trade.Match {
	known := make(map[[2]string]bool, len(list))
	for _, m := range list {
		known[[2]string{m.Exporter, m.Product}] = true
	}
	var out []trade.Match
	for _, m := range matches {
		if known[[2]string{m.Exporter, m.Product}] {
			out = append(out, m)
		}
	}
	return out
}

// asGiven is the notice's identity as its line has it, blanks around it included.
func asGiven(n *trade.Notice) string {
	for _, key := range []string{"symbol", "id"} {
		if s := n.Fields[key]; strings.TrimSpace(s) == n.ID {
			return s
		}
	}
	return n.ID
}
