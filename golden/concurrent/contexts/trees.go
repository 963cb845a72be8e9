package contexts

// Trees: who is cancelled with whom, and who is not.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Middle cancels a node in the middle of a tree: its children end; its parent and its siblings continue.
//
//pawl:workflow
func Middle(ctx context.Context) (string, error) {
	root, cancelRoot := context.WithCancel(ctx)
	defer cancelRoot()
	middle, cancelMiddle := context.WithCancel(root)
	leaf, cancelLeaf := context.WithCancel(middle)
	defer cancelLeaf()
	beside, cancelBeside := context.WithCancel(root)
	defer cancelBeside()
	cancelMiddle()
	<-leaf.Done()
	return fmt.Sprint(root.Err(), ", ", middle.Err(), ", ", leaf.Err(), ", ", beside.Err()), nil
}

// node is a service with parts; each part lives in the context of the one above.
type node struct {
	name  string
	parts []*node
}

func (n *node) run(ctx context.Context, ended chan<- string, wg *sync.WaitGroup) {
	defer wg.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Add(len(n.parts))
	for _, p := range n.parts {
		go p.run(ctx, ended, wg)
	}
	<-ctx.Done()
	ended <- n.name
}

// Services end all when the root does.
//
//pawl:workflow
func Services(ctx context.Context) (string, error) {
	tree := &node{"app", []*node{{"db", []*node{{name: "pool"}, {name: "log"}}}, {name: "http"}}}
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	start := time.Now()
	ended := make(chan string, 5)
	var wg sync.WaitGroup
	wg.Add(1)
	go tree.run(ctx, ended, &wg)
	wg.Wait()
	close(ended)
	var names []string
	for name := range ended {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Sprint(names, elapsed(start)), nil
}

// BornDead derives contexts from one that has ended: they have ended too.
//
//pawl:workflow
func BornDead(ctx context.Context) (string, error) {
	dead, cancel := context.WithCancel(ctx)
	cancel()
	cancel()
	child, cancelChild := context.WithTimeout(dead, time.Hour)
	defer cancelChild()
	select {
	case <-child.Done():
	default:
		return "alive", nil
	}
	_, err := Cook(child, 5)
	return fmt.Sprint(child.Err(), " ", err != nil), nil
}

// generate counts until ctx ends, and then closes its channel.
func generate(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for n := 1; ; n++ {
			select {
			case out <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Generator is stopped by its reader, which takes at most one number more.
//
//pawl:workflow
func Generator(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	numbers := generate(ctx)
	sum := 0
	for n := range numbers {
		sum += n
		if n == 5 {
			break
		}
	}
	cancel()
	more := 0
	for range numbers {
		more++
	}
	return fmt.Sprint(sum, " ", more < 1000), nil
}

// Workers each do a job of an hour over and over, until there are no more or the context ends in the middle of one.
//
//pawl:workflow
func Workers(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 150*time.Minute)
	defer cancel()
	jobs := make(chan int)
	done := make([]int, 2)
	var wg sync.WaitGroup
	for w := range done {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case j := <-jobs:
					select {
					case <-ctx.Done():
						return
					case <-time.After(time.Duration(j) * time.Minute):
						done[w]++
					}
				}
			}
		})
	}
	offered := 0
feed:
	for ; ; offered++ {
		select {
		case jobs <- 60:
		case <-ctx.Done():
			break feed
		}
	}
	wg.Wait()
	return fmt.Sprint(done, offered), nil
}

// Merged ends when either of two contexts does.
//
//pawl:workflow
func Merged(ctx context.Context) (string, error) {
	merge := func(a, b context.Context) (context.Context, context.CancelFunc) {
		both, cancel := context.WithCancelCause(a)
		stop := context.AfterFunc(b, func() { cancel(context.Cause(b)) })
		return both, func() {
			stop()
			cancel(context.Canceled)
		}
	}
	start := time.Now()
	var log []string
	for _, hours := range [][2]time.Duration{{1, 5}, {5, 2}} {
		a, cancelA := context.WithTimeout(ctx, hours[0]*time.Hour)
		b, cancelB := context.WithTimeout(ctx, hours[1]*time.Hour)
		both, cancel := merge(a, b)
		<-both.Done()
		log = append(log, fmt.Sprint(context.Cause(both), "@", elapsed(start)))
		cancel()
		cancelA()
		cancelB()
	}
	return strings.Join(log, ", "), nil
}

// scoped is a context with a name of its own.
type scoped struct {
	context.Context
	name string
}

type nameKey struct{}

// Value knows the name; all else it asks the context within.
func (s scoped) Value(key any) any {
	if key == (nameKey{}) {
		return s.name
	}
	return s.Context.Value(key)
}

// OwnContext derives from a context of the author's own type.
//
//pawl:workflow
func OwnContext(ctx context.Context) (string, error) {
	outer, cancelOuter := context.WithCancel(ctx)
	inner, cancelInner := context.WithCancel(scoped{outer, "kitchen"})
	defer cancelInner()
	ended := make(chan any)
	go func() {
		<-inner.Done()
		ended <- inner.Value(nameKey{})
	}()
	cancelOuter()
	return fmt.Sprint(<-ended, " ", inner.Err(), " ", ctx.Err()), nil
}

// userKey and roomKey are keys of one kind and of different types.
type (
	userKey int
	roomKey int
)

// Values are found by key and type of key, the innermost first.
//
//pawl:workflow
func Values(ctx context.Context) (string, error) {
	outer := context.WithValue(ctx, userKey(0), "ann")
	inner := context.WithValue(context.WithValue(outer, roomKey(0), 7), userKey(0), "bob")
	lookUp := func(ctx context.Context) string {
		return fmt.Sprint(ctx.Value(userKey(0)), " ", ctx.Value(roomKey(0)), " ", ctx.Value(userKey(1)))
	}
	found := make(chan string)
	for _, c := range []context.Context{outer, inner} {
		go func() { found <- lookUp(c) }()
	}
	both := []string{<-found, <-found}
	slices.Sort(both)
	return strings.Join(both, ", "), nil
}
