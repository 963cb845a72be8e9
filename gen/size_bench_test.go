package gen_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// corpus are the packages with workflows as people write them.
func corpus(b *testing.B) (dirs []string) {
	b.Helper()
	for _, pattern := range []string{"../golden/concurrent/*/pawl.gen.go", "../examples/*/pawl.gen.go", "../examples/*/*/pawl.gen.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			dirs = append(dirs, filepath.Dir(f))
		}
	}
	return dirs
}

// BenchmarkSize weighs what is generated against what the authors wrote: copies and stubs, in bytes per byte.
func BenchmarkSize(b *testing.B) {
	var source, copied, lowered, stubs float64
	for _, dir := range corpus(b) {
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, f := range files {
			info, err := os.Stat(f)
			if err != nil {
				b.Fatal(err)
			}
			size := float64(info.Size())
			switch {
			case strings.HasSuffix(f, "_test.go"):
			case filepath.Base(f) == "pawl.gen.go":
				stubs += size
			case strings.HasSuffix(f, ".pawl.go"):
				lowered += size
			default:
				source += size
				if _, err := os.Stat(strings.TrimSuffix(f, ".go") + ".pawl.go"); err == nil {
					copied += size
				}
			}
		}
	}
	for range b.N {
	}
	b.ReportMetric(source/1000, "source-kB")
	b.ReportMetric(lowered/copied, "copy-B/B")
	b.ReportMetric(stubs/source, "stubs-B/B")
	b.ReportMetric((lowered+stubs)/source, "all-B/B")
	b.ReportMetric(0, "ns/op")
}

// A package with copies is compiled twice, as it were: the author's functions stay, for plain tests. So the ratio of a
// package that is nothing but workflows, as pubsub is, cannot come below 2; what the copies call that is generic in the
// type of a channel's elements, and a handle for each workflow, come to it. (A handle without promoted methods, and one
// generic handle, were tried: nothing, where result types differ.)
//
// BenchmarkBuild has the go command compile a package as its author wrote it, and with what is generated for it, in
// turns. Every build compiles this package again, and nothing else.
func BenchmarkBuild(b *testing.B) {
	for _, name := range []string{"examples/orders/shop", "golden/concurrent/pubsub"} { // one workflow, and 25 small ones
		b.Run(filepath.Base(name), func(b *testing.B) {
			root, err := filepath.Abs("..")
			if err != nil {
				b.Fatal(err)
			}
			plain, full := corpusModule(b, root, name, false), corpusModule(b, root, name, true)
			var took [2]time.Duration
			for i := -1; i < b.N; i++ { // the first round fills the cache
				for j, dir := range []string{plain, full} {
					d := build(b, dir, i)
					if i >= 0 {
						took[j] += d
					}
				}
			}
			b.ReportMetric(float64(took[0].Milliseconds())/float64(b.N), "source-ms")
			b.ReportMetric(float64(took[1].Milliseconds())/float64(b.N), "generated-ms")
			b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// corpusModule makes a module of one package, with or without its generated files.
func corpusModule(b *testing.B, root, name string, generated bool) string {
	b.Helper()
	dir := b.TempDir()
	for _, f := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			b.Fatal(err)
		}
		if f == "go.mod" {
			text = []byte(strings.Replace(string(text), "module github.com/pawlhq/pawl\n", "module example.com/m\n", 1))
			text = append(text, "\nrequire github.com/pawlhq/pawl v0.0.0\nreplace github.com/pawlhq/pawl => "+root+"\n"...)
			text = []byte(strings.Replace(string(text), "tool github.com/pawlhq/pawl/cmd/pawl\n", "", 1))
		}
		put(b, filepath.Join(dir, f), text)
	}
	files, _ := filepath.Glob(filepath.Join(root, name, "*.go"))
	for _, f := range files {
		base := filepath.Base(f)
		isGenerated := base == "pawl.gen.go" || strings.HasSuffix(base, ".pawl.go")
		if strings.HasSuffix(base, "_test.go") || isGenerated && !generated {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		put(b, filepath.Join(dir, base), text)
	}
	return dir
}

func build(b *testing.B, dir string, round int) time.Duration {
	b.Helper()
	put(b, filepath.Join(dir, "round.go"), fmt.Appendf(nil, "package %s\n\nconst round = %d\n", packageOf(b, dir), time.Now().UnixNano()+int64(round)))
	cmd := exec.Command("go", "build", "-mod=mod", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return time.Since(begun)
}

// packageOf is the name of the package in dir.
func packageOf(b *testing.B, dir string) string {
	b.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	file, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.PackageClauseOnly)
	if err != nil {
		b.Fatal(err)
	}
	return file.Name.Name
}

func put(b *testing.B, name string, text []byte) {
	b.Helper()
	if err := os.WriteFile(name, text, 0o666); err != nil {
		b.Fatal(err)
	}
}
