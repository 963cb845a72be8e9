package language

// This file is about package variables, input and output, and the process.

var state = Theme{
	Title: "State and the world outside",
	Intro: "What is not in the run's own variables or in its history is not there on a replay.",
	Rows: []Row{
		rejected("PWL221", "writing a package variable", "all runs share it", "reject/variables", "count++", "reject/locks", "shared.add()", "reject/receivers", "sku.Longest()", "reject/receivers", "total.Add("),
		rejected("PWL222", "reading one that something writes", "a replay may read another value", "reject/variables", `return rates["EUR"], nil`),
		rejected("PWL225", "handing on what a package variable points to", "it may be written there", "reject/aliases", "r := rates", "reject/aliases", "raise(base)", "reject/receivers", "fmt.Sprint(calls)"),
		asIs("reading one that nothing writes", "with an initialiser that is the same in each process", "accept/library", "words.FindAllString(", "accept/library", `rates["USD"]`),
		rejected("PWL211", "one that is initialised from environment or flags", "differs between processes", "reject/variables", `os.Getenv("REGION")`, "reject/environment", "verbose = flag.Bool"),
		rejected("PWL224", "one that holds a function which needs the run", "holds the original, which does not know the run", "reject/variables", "pause   = func()"),
		rejected("PWL210", "`os`, `os/exec`, `net`, `net/http`, `database/sql`, `syscall`", "belong into an activity", "reject/files", "os.ReadFile(", "reject/files", "http.Get(url)", "reject/outside", "exec.Command(", "reject/outside", "sql.Open(", "reject/outside", "net.LookupHost(", "reject/outside", "syscall.Getuid()"),
		rejected("PWL214", "`plugin`, cgo, `testing`", "are no part of a run", "reject/outside", "plugin.Open(", "reject/cgo", "C.twice(", "reject/internals", "testing.Testing()"),
		asIs("`embed.FS`, and other variables of `//go:embed`", "are part of the program: other files are other code", "accept/embedded", "texts.ReadDir(", "accept/embedded", "strings.TrimSpace(greeting)"),
		asIs("readers and writers in memory", "`bytes.Buffer`, `strings.Reader`, `bufio`, `gzip`", "accept/library", "bufio.NewReader(r)", "accept/library", "gzip.NewWriter(&packed)"),
		rejected("PWL211", "`os.Getenv`, `Args`, `Hostname`, `Getpid`, `TempDir`; `flag`; `user.Current`; MIME types and certificates of the host", "differ between processes: pass them as inputs", "reject/environment", "os.Getenv(\"REGION\")", "reject/environment", "os.Args[0]", "reject/environment", "os.Hostname()", "reject/outside", "os.TempDir()", "reject/outside", "user.Current()", "reject/outside", "mime.TypeByExtension(", "reject/outside", "x509.SystemCertPool()"),
		durable("`fmt.Print*`, `print`, `log.Print*`, `log.Panic*`", "once, and not on a replay", "accept/printing", `fmt.Println("hello", name)`, "accept/printing", "log.Printf("),
		durable("`log/slog`, `slog.Default()`, loggers made of it", "once, at the run's time, with workflow and run", "accept/printing", "slog.Default()", "accept/printing", "slog.Warn("),
		rejected("PWL210", "other loggers and handlers", "write on every replay again", "reject/outside", "log.New(io.Discard", "reject/outside", "slog.NewTextHandler("),
		rejected("PWL217", "`os.Exit`, `log.Fatal`", "end the worker with all its runs", "reject/process", "os.Exit(1)", "reject/process", "log.Fatal("),
		rejected("PWL212", "`crypto` as far as it may draw randomness", "hashes, HMAC and ciphers may be used", "reject/secrets", "ecdh.P256()"),
		asIs("`regexp`, `strconv`, `math/big`, `crypto/sha256`, `hmac`, `net/url`, `html/template` …", "the list of what is known to be the same on every replay", "accept/library", "hmac.New(sha256.New", "accept/library", "url.Parse(", "accept/library", "big.NewInt(3)"),
		rejected("PWL218", "what is not on the list", "is not known", "reject/unknown-std", "version.IsValid(tag)"),
		rejected("PWL226", "fields of the receiver of activities", "are in the workers alone", "reject/activity-state", `f.Payments.Currency == ""`),
	},
}
