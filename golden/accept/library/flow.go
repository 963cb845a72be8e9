// Package library computes with what the standard library has for values in memory: it is called as it is.
package library

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"container/heap"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"math/big"
	"math/rand"
	randv2 "math/rand/v2"
	"net/netip"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
	"unique"
)

//go:generate go tool pawl generate

// words, page and rates are package variables that nothing writes.
var (
	words = regexp.MustCompile(`\w+`)
	page  = template.Must(template.New("page").Parse(`{{range $k, $v := .}}<b>{{$k}}</b>{{$v}} {{end}}`))
	rates = map[string]float64{"EUR": 1, "USD": 1.1}
)

// Render renders.
//
//pawl:activity
func Render(ctx context.Context, lines []string) (int, error) { return len(lines), nil }

type queue struct{ sort.IntSlice }

func (q *queue) Push(x any) { q.IntSlice = append(q.IntSlice, x.(int)) }
func (q *queue) Pop() (x any) {
	x, q.IntSlice = q.IntSlice[q.Len()-1], q.IntSlice[:q.Len()-1]
	return x
}

type item struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

// Report hands an activity what it has computed.
//
//pawl:workflow
func Report(ctx context.Context, text string) (lines []string, count int, err error) {
	note := func(a ...any) { lines = append(lines, fmt.Sprint(a...)) }
	note(words.FindAllString(text, -1), utf8.RuneCountInString(text), strconv.Quote(text))

	ages := map[string]int{"Cy": 3, "Ada": 36, "Bo": 2}
	data, err := json.Marshal(ages)
	note(string(data), err, ages)
	var back map[string]any
	note(json.Unmarshal(data, &back), back["Bo"])
	var html strings.Builder
	note(page.Execute(&html, ages), html.String())

	mac := hmac.New(sha256.New, []byte("key"))
	io.WriteString(mac, text)
	note(hex.EncodeToString(mac.Sum(nil)[:4]))

	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(data)
	note(w.Close())
	r, err := gzip.NewReader(&packed)
	if err != nil {
		return nil, 0, err
	}
	unpacked, err := io.ReadAll(bufio.NewReader(r))
	note(bytes.Equal(unpacked, data), err)
	rows, err := csv.NewReader(strings.NewReader("a,1\nb,2\n")).ReadAll()
	note(rows, err)

	items := []item{{"pear", 2}, {"fig", 1}, {"kiwi", 2}, {"nut", 1}}
	sort.Slice(items, func(i, j int) bool { return items[i].Price < items[j].Price })
	slices.SortStableFunc(items, func(a, b item) int { return strings.Compare(a.Name, b.Name) })
	q := &queue{[]int{5, 2, 8}}
	heap.Init(q)
	heap.Push(q, 1)
	note(items, heap.Pop(q))

	x, y, z := 0.1, rates["USD"], 0.3
	note(float64(x*y)+z, math.Sqrt(2), new(big.Int).Exp(big.NewInt(3), big.NewInt(50), nil))
	u, err := url.Parse("https://example.com/a/../b?q=1")
	note(path.Clean(u.Path), u.Query(), err, netip.MustParseAddr("10.0.0.1").Next())
	note(unique.Make("a") == unique.Make(strings.ToLower("A")), reflect.DeepEqual(ages, map[string]int{}), reflect.TypeOf(items))
	source, chacha := rand.New(rand.NewSource(7)), randv2.New(randv2.NewChaCha8([32]byte{1}))
	note(source.Intn(100), chacha.IntN(100))
	count, err = Render(ctx, lines)
	return lines, count, err
}
