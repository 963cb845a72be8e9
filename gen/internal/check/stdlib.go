package check

import (
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// This file is what Pawl knows of the standard library: an allow-list. A package, or a name of it, that is not here is
// rejected.

// verdict is what becomes of a name in workflow code.
type verdict int

const (
	forbidden verdict = iota
	allowed           // the same on every replay
	durable           // gen/internal/lower puts the run's own in its place
)

// entry is one row of the table: names with a verdict, and for forbidden ones the rule, the reason and the cure. Durable
// ones have the rule that they break in an initialiser, if it is one of their own.
type entry struct {
	verdict   verdict
	names     string
	rule      string
	why, cure string
}

// The names of a row are separated by blanks: "Sleep" is a function, variable or constant, "Time.Local" a method,
// "Time.*" all methods of a type, "*" the whole package. A method is found by its own name first, then by its type's,
// then by the star.

func allow(names string) entry { return entry{verdict: allowed, names: names} }
func lower(names string) entry { return entry{verdict: durable, names: names} }

// lowerOr is a row of durable names that break a rule where there is no run.
func lowerOr(rule, names string) entry { return entry{verdict: durable, names: names, rule: rule} }

func forbid(rule, why, cure, names string) entry {
	return entry{verdict: forbidden, names: names, rule: rule, why: why, cure: cure}
}

const (
	toActivity  = "move it to an activity"
	copyIt      = "read it in place, copy it (slices.Clone, maps.Clone), pass it as an input of the workflow,\nor accept it with //pawl:allow PWL225 and the reason"
	toInput     = "pass it as an input of the workflow, or read it in an activity"
	useUTC      = "use time.UTC, time.FixedZone, or time.LoadLocation with the name of a zone"
	useRange    = "range over the map itself, which goes by its keys' order, or use slices.Sorted(maps.Keys(m))"
	useSorted   = "range over a sorted slice of keys, or key the map by something with an order"
	useChannel  = "use a buffered channel of tokens, or sync.Mutex, which are durable"
	useRand     = "use math/rand/v2, which is seeded by the run, or make it in an activity"
	useUUID     = "use uuid.New of github.com/google/uuid, which draws from the run, or make it in an activity"
	useLog      = "log through the functions of log/slog or log, which are silent on replay"
	useError    = "return an error: the run fails, the worker lives"
	differs     = "differs between processes"
	outside     = "depends on the world outside of the run"
	orderOfMap  = "goes by Go's random map order"
	localZone   = "depends on the time zone of the host"
	intoRuntime = "depends on the internals of the process"
)

// pureMethods are the methods that every error of the standard library and of the engine may be asked.
var pureMethods = set("Error", "Unwrap", "Is", "As", "Timeout", "Temporary")

// stdlib is the table, by package path.
var stdlib = map[string][]entry{
	// Text, bytes, numbers.
	"bytes":               {allow("*")},
	"cmp":                 {allow("*")},
	"errors":              {allow("*")},
	"html":                {allow("*")},
	"math":                {allow("*")},
	"math/bits":           {allow("*")},
	"math/cmplx":          {allow("*")},
	"math/big":            {allow("*")},
	"regexp":              {allow("*")},
	"regexp/syntax":       {allow("*")},
	"strconv":             {allow("*")},
	"strings":             {allow("*")},
	"text/scanner":        {allow("*")},
	"text/tabwriter":      {allow("*")},
	"text/template":       {allow("*"), forbid(inputOutput, outside, toActivity, "ParseFiles ParseGlob ParseFS Template.ParseFiles Template.ParseGlob Template.ParseFS")},
	"text/template/parse": {allow("*")},
	"html/template":       {allow("*"), forbid(inputOutput, outside, toActivity, "ParseFiles ParseGlob ParseFS Template.ParseFiles Template.ParseGlob Template.ParseFS")},
	"unicode":             {allow("*")},
	"unicode/utf16":       {allow("*")},
	"unicode/utf8":        {allow("*")},
	"fmt": {
		allow("Append Appendf Appendln Errorf FormatString Sprint Sprintf Sprintln Sscan Sscanf Sscanln State.* Formatter.* Stringer.* GoStringer.* ScanState.* Scanner.*"),
		allow("Fprint Fprintf Fprintln Fscan Fscanf Fscanln"), // their reader or writer was checked where it was made
		lower("Print Printf Println"),
		forbid(inputOutput, "reads the standard input", toActivity, "Scan Scanf Scanln"),
	},

	// Collections.
	"container/heap": {allow("*")},
	"container/list": {allow("*")},
	"container/ring": {allow("*")},
	"iter":           {allow("Seq.* Seq2.*"), lowerOr(goStatement, "Pull Pull2")},
	"maps": {
		allow("Clone Collect Copy Equal Insert"),
		lowerOr(mapOrder, "All Keys Values DeleteFunc EqualFunc"),
	},
	"slices": {allow("*")},
	"sort":   {allow("*")},
	"unique": {allow("*")},

	// Encodings and hashes.
	"archive/tar":          {allow("*"), forbid(inputOutput, outside, toActivity, "Writer.AddFS FileInfoHeader")},
	"archive/zip":          {allow("NewReader NewWriter Reader.* Writer.* File.* FileHeader.* ErrFormat ErrAlgorithm ErrChecksum ErrInsecurePath"), forbid(inputOutput, outside, toActivity, "Writer.AddFS OpenReader FileInfoHeader")},
	"compress/bzip2":       {allow("*")},
	"compress/flate":       {allow("*")},
	"compress/gzip":        {allow("*")},
	"compress/lzw":         {allow("*")},
	"compress/zlib":        {allow("*")},
	"crypto":               {allow("Hash.* MD4 MD5 SHA1 SHA224 SHA256 SHA384 SHA512")},
	"crypto/aes":           {allow("*")},
	"crypto/hmac":          {allow("*")},
	"crypto/md5":           {allow("*")},
	"crypto/sha1":          {allow("*")},
	"crypto/sha256":        {allow("*")},
	"crypto/sha3":          {allow("*")},
	"crypto/sha512":        {allow("*")},
	"crypto/subtle":        {allow("ConstantTimeByteEq ConstantTimeCompare ConstantTimeCopy ConstantTimeEq ConstantTimeLessOrEq ConstantTimeSelect XORBytes")},
	"encoding":             {allow("*")},
	"encoding/ascii85":     {allow("*")},
	"encoding/asn1":        {allow("*")},
	"encoding/base32":      {allow("*")},
	"encoding/base64":      {allow("*")},
	"encoding/binary":      {allow("*"), forbid(machine, "depends on the byte order of the machine", "use binary.LittleEndian or binary.BigEndian", "NativeEndian")},
	"encoding/csv":         {allow("*")},
	"encoding/gob":         {forbid(mapOrder, "writes maps in Go's random order", "use encoding/json, or move it to an activity", "*")},
	"encoding/hex":         {allow("*")},
	"encoding/json":        {allow("*")},
	"encoding/pem":         {allow("*")},
	"encoding/xml":         {allow("*")},
	"hash":                 {allow("*")},
	"hash/adler32":         {allow("*")},
	"hash/crc32":           {allow("*")},
	"hash/crc64":           {allow("*")},
	"hash/fnv":             {allow("*")},
	"hash/maphash":         {forbid(entropy, "is seeded by the process", "use hash/fnv or crypto/sha256", "*")},
	"mime":                 {allow("BEncoding QEncoding ErrInvalidMediaParameter FormatMediaType ParseMediaType WordEncoder.* WordDecoder.*"), forbid(environment, differs, toInput, "AddExtensionType ExtensionsByType TypeByExtension")},
	"mime/quotedprintable": {allow("*")},
	"index/suffixarray":    {allow("*")},
	"go/constant":          {allow("*")},
	"image/color":          {allow("*")},
	"crypto/rand":          {forbid(entropy, "gives another value on every replay", useRand, "*")},
	"crypto/cipher":        {allow("NewCBCDecrypter NewCBCEncrypter NewCTR NewGCM NewGCMWithNonceSize NewGCMWithTagSize AEAD.* Block.* BlockMode.* Stream.* StreamReader.* StreamWriter.*")},
	"crypto/ed25519":       {allow("Verify VerifyWithOptions Sign NewKeyFromSeed PrivateKey.* PublicKey.*"), forbid(entropy, "gives another key on every replay", toActivity, "GenerateKey")},
	"crypto/hkdf":          {allow("*")},
	"crypto/pbkdf2":        {allow("*")},
	"crypto/x509":          {forbid(environment, differs, toInput, "SystemCertPool")},
	"crypto/x509/pkix":     {allow("*")},

	// Time.
	"time": {
		forbid(timeZone, "gives a time in the zone of the host where that has its offset", "use time.Parse", "Time.GobDecode Time.UnmarshalBinary Time.UnmarshalJSON Time.UnmarshalText"),
		allow("Date FixedZone ParseDuration UTC Time.* Duration.* Month.* Weekday.* Location.* ParseError.*"),
		lower("Now Since Until Sleep"),
		lower("Parse Unix UnixMicro UnixMilli"), // in the zone of the host, if it fits; in a run in UTC or a fixed zone
		lowerOr(timers, "After AfterFunc NewTicker NewTimer Tick Ticker.Reset Ticker.Stop Timer.Reset Timer.Stop"),
		lowerOr(timeZone, "LoadLocation"),
		forbid(timeZone, localZone, useUTC, "Local LoadLocationFromTZData Time.Local"),
		// ParseInLocation takes the abbreviations of the zone given to it, and that zone was checked where it was named.
		allow("ParseInLocation"),
	},

	// Context.
	"context": {
		allow("Background TODO WithValue Canceled DeadlineExceeded Context.*"),
		lowerOr(contexts, "AfterFunc Cause WithCancel WithCancelCause WithDeadline WithDeadlineCause WithTimeout WithTimeoutCause WithoutCancel"),
	},

	// Randomness.
	"math/rand": {
		allow("New NewSource NewZipf Rand.* Source.* Source64.* Zipf.*"),
		lower("ExpFloat64 Float32 Float64 Int Int31 Int31n Int63 Int63n Intn NormFloat64 Perm Read Shuffle Uint32 Uint64"),
		forbid(entropy, "seeds a source that all runs share", "drop it: math/rand is seeded by the run", "Seed"),
	},
	"math/rand/v2": {
		allow("New NewPCG NewChaCha8 NewZipf Rand.* Source.* PCG.* ChaCha8.* Zipf.*"),
		lower("ExpFloat64 Float32 Float64 Int Int32 Int32N Int64 Int64N IntN N NormFloat64 Perm Shuffle Uint Uint32 Uint32N Uint64 Uint64N UintN"),
	},

	// Logging.
	"log": {
		lower("Default Output Panic Panicf Panicln Print Printf Println Prefix Flags"),
		allow("Logger.*"),
		forbid(processEnd, "ends the worker and all runs that it carries", useError, "Fatal Fatalf Fatalln Logger.Fatal Logger.Fatalf Logger.Fatalln"),
		forbid(inputOutput, "writes on every replay again", useLog, "New Writer SetFlags SetOutput SetPrefix Logger.SetOutput Logger.SetFlags Logger.SetPrefix Logger.Writer"),
	},
	"log/slog": {
		lower("Debug DebugContext Info InfoContext Warn WarnContext Error ErrorContext Log LogAttrs With Default"),
		allow("Any Bool Duration Float64 Group GroupAttrs Int Int64 String Time Uint64 AnyValue BoolValue DurationValue Float64Value GroupValue Int64Value IntValue StringValue TimeValue Uint64Value"),
		allow("Attr.* Level.* Kind.* Value.* Leveler.* LogValuer.* Logger.* DiscardHandler"),
		forbid(environment, "depends on the settings of the process, and is false on replay", "log without asking: what is not wanted is dropped", "Logger.Enabled"),
		forbid(inputOutput, "writes on every replay again", useLog,
			"New NewJSONHandler NewTextHandler NewMultiHandler NewLogLogger NewRecord SetDefault SetLogLoggerLevel Handler.* JSONHandler.* TextHandler.* MultiHandler.* LevelVar.* Record.* Logger.Handler"),
	},

	// Names and addresses, without a look at the host.
	"embed":     {allow("FS.*")},
	"io/fs":     {allow("ErrClosed ErrExist ErrInvalid ErrNotExist ErrPermission SkipAll SkipDir FileMode.* PathError.* ValidPath FormatDirEntry FormatFileInfo Glob ReadDir ReadFile ReadLink Stat Sub WalkDir FS.* File.* FileInfo.* DirEntry.* GlobFS.* ReadDirFS.* ReadFileFS.* ReadDirFile.* StatFS.* SubFS.* FileInfoToDirEntry")},
	"net/mail":  {forbid(timeZone, "gives a time in the zone of the host where that has its offset", "use time.Parse", "ParseDate Header.Date"), allow("ParseAddress ParseAddressList Address.* AddressParser.* Header.* ErrHeaderNotPresent ReadMessage")},
	"net/netip": {allow("*")},
	"net/textproto": {
		allow("CanonicalMIMEHeaderKey MIMEHeader.* TrimBytes TrimString Error.* ProtocolError.*"),
	},
	"net/url": {allow("*")},
	"net": {
		allow("CIDRMask IPv4 IPv4Mask JoinHostPort SplitHostPort ParseCIDR ParseIP ParseMAC IP.* IPMask.* IPNet.* HardwareAddr.* IPv4bcast IPv4zero IPv6zero ErrClosed Error.*"),
		forbid(inputOutput, outside, toActivity, "*"),
	},
	"net/http": {
		allow("StatusText CanonicalHeaderKey Header.* ParseTime ErrNoCookie ErrNoLocation ErrServerClosed"),
		forbid(inputOutput, outside, toActivity, "*"),
	},
	"path": {allow("*")},
	"path/filepath": {
		allow("Base Clean Dir Ext FromSlash IsAbs IsLocal Join Localize Match Rel Split SplitList ToSlash VolumeName ErrBadPattern SkipAll SkipDir"),
		forbid(inputOutput, outside, toActivity, "*"),
	},

	// Readers and writers in memory; what is behind them was checked where it was made.
	"bufio": {allow("*")},
	"io":    {allow("*"), forbid(channels, "waits for another goroutine", "use a bytes.Buffer, or send the bytes on a channel", "Pipe PipeReader.* PipeWriter.*")},

	// Reflection over values, not over code, maps and channels.
	"reflect": {
		allow("DeepEqual TypeFor TypeOf ValueOf Zero Indirect New MakeSlice Append AppendSlice Copy Swapper PointerTo SliceOf MapOf ArrayOf VisibleFields TypeAssert"),
		allow("Kind.* ChanDir.* StructTag.* StructField.* ValueError.* Type.* Value.* Method.*"),
		forbid(mapOrder, orderOfMap, useRange, "Value.MapKeys Value.MapRange Value.SetIterKey Value.SetIterValue MapIter.* Value.Seq Value.Seq2"),
		forbid(channels, "works on channels behind the compiler's back", "use the channel by name, in a send, a receive or a select", "Select MakeChan ChanOf Value.Send Value.Recv Value.TrySend Value.TryRecv Value.Close"),
		forbid(machine, "calls code behind the compiler's back", "call it by name", "MakeFunc Value.Call Value.CallSlice Value.Method Value.MethodByName Value.Methods Type.Method Type.MethodByName Type.Methods FuncOf"),
		forbid(machine, "gives an address, which differs on every replay", "compare values instead",
			"Value.Pointer Value.UnsafePointer Value.UnsafeAddr Value.InterfaceData NewAt SliceAt"),
	},
	"structs": {allow("*")},

	// Concurrency.
	"sync": {
		lowerOr(syncObjects, "Mutex.Lock Mutex.TryLock Mutex.Unlock Locker.Lock Locker.Unlock"),
		lowerOr(syncObjects, "RWMutex.Lock RWMutex.RLock RWMutex.RUnlock RWMutex.TryLock RWMutex.TryRLock RWMutex.Unlock"),
		lowerOr(syncObjects, "Cond.Broadcast Cond.Signal Cond.Wait WaitGroup.Add WaitGroup.Done WaitGroup.Go WaitGroup.Wait"),
		lowerOr(syncObjects, "Once.Do OnceFunc OnceValue OnceValues Map.Range"),
		allow("Map.* NewCond RWMutex.RLocker"),
		forbid(syncObjects, "depends on garbage collection", "make the value where it is needed", "Pool.*"),
	},
	"sync/atomic":       {allow("*")},
	importpath.Errgroup: {lowerOr(syncObjects, "Group.Go Group.SetLimit Group.TryGo Group.Wait WithContext")},

	"golang.org/x/sync/semaphore":    {forbid(syncObjects, "orders goroutines of the machine", useChannel, "*")},
	"golang.org/x/sync/singleflight": {forbid(syncObjects, "orders goroutines of the machine", useChannel, "*")},

	// The process and its host.
	"expvar":        {forbid(environment, "is shared by all runs of the process", toActivity, "*")},
	"flag":          {forbid(environment, differs, toInput, "*")},
	"os/user":       {forbid(environment, differs, toInput, "*")},
	"runtime":       {lower("Gosched"), allow("Goexit"), forbid(machine, intoRuntime, toActivity, "*")},
	"runtime/debug": {forbid(machine, intoRuntime, toActivity, "*")},
	"unsafe":        {forbid(machine, "goes behind the compiler's back", toActivity, "*")},
	"weak":          {forbid(machine, "depends on garbage collection", "keep an ordinary pointer", "*")},
	"C":             {forbid(machine, "is C code", toActivity, "*")},
	"syscall/js":    {forbid(machine, intoRuntime, toActivity, "*")},
	"os": {
		allow("ErrClosed ErrDeadlineExceeded ErrExist ErrInvalid ErrNotExist ErrPermission ErrProcessDone ErrNoDeadline IsExist IsNotExist IsPermission IsTimeout IsPathSeparator Expand"),
		forbid(environment, differs, toInput,
			"Args Environ ExpandEnv Getegid Getenv Geteuid Getgid Getgroups Getpagesize Getpid Getppid Getuid Getwd Hostname LookupEnv Setenv Unsetenv Clearenv TempDir UserCacheDir UserConfigDir UserHomeDir Executable"),
		forbid(processEnd, "ends the worker and all runs that it carries", useError, "Exit"),
		forbid(inputOutput, "is written on every replay again", useLog, "Stdout Stderr"),
		forbid(inputOutput, outside, toActivity, "*"),
	},
	"database/sql": {
		allow("ErrConnDone ErrNoRows ErrTxDone Null.* NullBool.* NullByte.* NullFloat64.* NullInt16.* NullInt32.* NullInt64.* NullString.* NullTime.*"),
		forbid(inputOutput, outside, toActivity, "*"),
	},
	"database/sql/driver": {allow("ErrBadConn ErrRemoveArgument ErrSkip Valuer.*")},

	// Pawl itself.
	importpath.Pawl: {
		allow("Final Info"),
		lower("WaitUntil"),
		forbid(inputOutput, "reaches the engine from outside of a run", "call it outside of workflows, or in an activity", "*"),
	},

	// Makers of random ids.
	"github.com/google/uuid":        uuids,
	"github.com/gofrs/uuid":         uuids,
	"github.com/gofrs/uuid/v5":      uuids,
	"github.com/satori/go.uuid":     uuids,
	"github.com/oklog/ulid":         randomIDs,
	"github.com/oklog/ulid/v2":      randomIDs,
	"github.com/rs/xid":             randomIDs,
	"github.com/segmentio/ksuid":    randomIDs,
	"github.com/matoous/go-nanoid":  randomIDs,
	"github.com/teris-io/shortid":   randomIDs,
	"github.com/bwmarrin/snowflake": randomIDs,
}

var randomIDs = []entry{forbid(entropy, "gives another id on every replay", useUUID, "*")}

// uuids may be parsed, compared and printed, and derived from names. Random ones are drawn from the run's chance; those
// made of the host's address and clock are not to be had.
var uuids = []entry{
	lower("New NewRandom NewString NewV4 NewV7"),
	allow("Parse ParseBytes MustParse FromBytes FromString FromStringOrNil FromBytesOrNil Must Validate IsInvalidLengthError UUID.* NullUUID.* UUIDs.* Nil NewMD5 NewSHA1 NewHash NewV3 NewV5 NamespaceDNS NamespaceURL NamespaceOID NamespaceX500 NameSpaceDNS NameSpaceURL NameSpaceOID NameSpaceX500 Max"),
	randomIDs[0],
}

// families are what is said of a package that the table does not have, by the beginning of its path.
var families = []struct {
	prefix string
	entry  entry
}{
	{"crypto", forbid(entropy, "may draw randomness that no replay can repeat", toActivity, "*")},
	{"database", forbid(inputOutput, outside, toActivity, "*")},
	{"io/ioutil", forbid(inputOutput, outside, toActivity, "*")},
	{"net", forbid(inputOutput, outside, toActivity, "*")},
	{"os", forbid(inputOutput, outside, toActivity, "*")},
	{"plugin", forbid(machine, intoRuntime, toActivity, "*")},
	{"runtime", forbid(machine, intoRuntime, toActivity, "*")},
	{"syscall", forbid(inputOutput, outside, toActivity, "*")},
	{"testing", forbid(machine, "is for tests", "keep tests out of workflow code", "*")},
	{importpath.Pawl + "/internal/runtime", forbid(inputOutput, "is the engine", "call it outside of workflows", "*")},
	{importpath.Pawl + "/runtime", forbid(inputOutput, "is the engine", "call it outside of workflows", "*")},
}

// lookup finds the row for a name of a package outside of the author's module; method names have their type in front.
func lookup(pkg, name string) entry {
	if e, ok := find(stdlib[pkg], name); ok {
		return e
	}
	for _, f := range families {
		if pkg == f.prefix || strings.HasPrefix(pkg, f.prefix+"/") {
			return f.entry
		}
	}
	if importpath.IsStd(pkg) {
		return forbid(unknownStd, "is not known to give the same on every replay", toActivity+", or accept it with //pawl:allow "+unknownStd+" and the reason", name)
	}
	return forbid(unknownModule, "is third-party code that is not known to give the same on every replay", takeWord, name)
}

// find looks for the most particular row: the name itself, all methods of its type, the whole package.
func find(rows []entry, name string) (entry, bool) {
	candidates := []string{name}
	if typ, _, method := strings.Cut(name, "."); method {
		candidates = append(candidates, typ+".*")
	}
	for _, c := range append(candidates, "*") {
		for _, e := range rows {
			if strings.Contains(" "+e.names+" ", " "+c+" ") {
				return e, true
			}
		}
	}
	return entry{}, false
}

// IsDurable reports whether fn is a function of the standard library in whose place workflow code has the run's own.
func IsDurable(fn *types.Func) bool {
	return fn.Pkg() != nil && lookup(fn.Pkg().Path(), gotypes.LocalName(fn)).verdict == durable
}
