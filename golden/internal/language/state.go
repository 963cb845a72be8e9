// The rows about package variables, input and output, and the process.

package language

var state = Theme{
	Title: "State and the world outside",
	Intro: "A replay only sees the run's own variables and its history.",
	Rows: []Row{
		rejected("PWL221", "writing a package variable", "all runs share it", "reject/variables", "count++", "reject/locks", "shared.add()", "reject/receivers", "sku.Longest()", "reject/receivers", "total.Add("),
		rejected("PWL222", "reading a package variable that is written somewhere", "a replay may read a different value", "reject/variables", `return rates["EUR"], nil`, "reject/elsewhere", "n += prices.P5"),
		rejected("PWL225", "passing on what a package variable points to", "it may be written there", "reject/aliases", "r := rates", "reject/aliases", "raise(base)", "reject/receivers", "fmt.Sprint(calls)"),
		asIs("reading a package variable that is never written", "if its initializer gives the same value in every process", "accept/library", "words.FindAllString(", "accept/library", `rates["USD"]`),
		rejected("PWL211", "a package variable initialized from the environment or flags", "differs between processes", "reject/variables", `os.Getenv("REGION")`, "reject/environment", "verbose = flag.Bool"),
		rejected("PWL224", "a package variable that holds a function which needs the run", "it holds the original function, which does not know the run", "reject/variables", "pause   = func()"),
		rejected("PWL210", "`os`, `os/exec`, `net`, `net/http`, `database/sql`, `syscall`", "belong in an activity", "reject/files", "os.ReadFile(", "reject/files", "http.Get(url)", "reject/outside", "exec.Command(", "reject/outside", "sql.Open(", "reject/outside", "net.LookupHost(", "reject/outside", "syscall.Getuid()"),
		rejected("PWL214", "`plugin`, cgo, `testing`", "cannot be part of a run", "reject/outside", "plugin.Open(", "reject/cgo", "C.twice(", "reject/internals", "testing.Testing()"),
		asIs("`embed.FS`, and other variables of `//go:embed`", "are part of the program: changing the files changes the code", "accept/embedded", "texts.ReadDir(", "accept/embedded", "strings.TrimSpace(greeting)"),
		asIs("in-memory readers and writers", "`bytes.Buffer`, `strings.Reader`, `bufio`, `gzip`", "accept/library", "bufio.NewReader(r)", "accept/library", "gzip.NewWriter(&packed)"),
		rejected("PWL211", "`os.Getenv`, `Args`, `Hostname`, `Getpid`, `TempDir`; `flag`; `user.Current`; MIME types and certificates of the host", "differ between processes: pass them as inputs", "reject/environment", "os.Getenv(\"REGION\")", "reject/environment", "os.Args[0]", "reject/environment", "os.Hostname()", "reject/outside", "os.TempDir()", "reject/outside", "user.Current()", "reject/outside", "mime.TypeByExtension(", "reject/outside", "x509.SystemCertPool()"),
		durable("`fmt.Print*`, `print`, `log.Print*`, `log.Panic*`", "printed once, not on replay. Package log prints the run's time", "accept/printing", `fmt.Println("hello", name)`, "accept/printing", "log.Printf("),
		durable("`log/slog`, `slog.Default()`, loggers derived from it", "logged once, not on replay, with the run's time, the workflow id and the run id", "accept/printing", "slog.Default()", "accept/printing", "slog.Warn("),
		rejected("PWL210", "other loggers and handlers", "write again on every replay", "reject/outside", "log.New(io.Discard", "reject/outside", "slog.NewTextHandler("),
		warned("PWL243", "a `*slog.Logger` or `*log.Logger` in a package variable", "does not know the run, and writes again on every replay",
			"reject/neighbours", `logger.Info("counted"`, "accept/unusual", `logger.Info("counted"`),
		rejected("PWL217", "`os.Exit`, `log.Fatal`", "end the worker and all its runs", "reject/process", "os.Exit(1)", "reject/process", "log.Fatal("),
		rejected("PWL212", "the parts of `crypto` that may use randomness", "hashes, HMAC and ciphers are allowed", "reject/secrets", "ecdh.P256()"),
		asIs("`regexp`, `strconv`, `math/big`, `crypto/sha256`, `hmac`, `net/url`, `html/template` …", "are on the list of packages known to be deterministic", "accept/library", "hmac.New(sha256.New", "accept/library", "url.Parse(", "accept/library", "big.NewInt(3)"),
		rejected("PWL218", "other packages of the standard library", "are not known to be deterministic", "reject/unknown-std", "version.IsValid(tag)"),
		rejected("PWL226", "fields of a receiver of activities", "exist only in workers", "reject/activity-state", `f.Payments.Currency == ""`),
	},
}
